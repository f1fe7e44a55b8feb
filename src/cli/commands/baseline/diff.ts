/** `integ baseline diff`: compares two baselines, the older one first. */
import { compareBaselines } from '../../../app/check/compare-baselines.ts';
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
import { openGeneration } from '../../../app/generation/on-disk.ts';
import type { BaselineReader } from '../../../baseline/reader.ts';
import { takeTurns } from '../../../system/turns.ts';
import type { CommandContext } from '../../context.ts';
import { deliver } from '../../output.ts';
import type { BaselineDiffOptions } from './define.ts';

export async function runBaselineDiff(
  context: CommandContext,
  options: BaselineDiffOptions,
  [olderName, newerName]: readonly [string, string],
): Promise<number> {
  const older = await openOperand(context, olderName);
  try {
    const newer = await openOperand(context, newerName);
    try {
      const report = await takeTurns(compareBaselines(context, older, newer));
      await deliver(context, report, { ...options, isStored: false });
      return report.exitCode;
    } finally {
      newer.close();
    }
  } finally {
    older.close();
  }
}

/** A number is always a generation: which baseline it means must not hang on the directory that the command runs in. */
function openOperand(context: CommandContext, operand: string): Promise<BaselineReader> {
  if (/^[0-9]+$/.test(operand)) return openGeneration(context, operand);
  return openBaselineSource(context, { file: operand, expectSeal: undefined });
}
