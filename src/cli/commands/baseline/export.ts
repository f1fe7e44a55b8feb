/** `integ baseline export`: a verified copy of a baseline, to be kept where nobody on this host can change it. */
import { statSync } from 'node:fs';
import { openBaselineSource, readStandardInput } from '../../../app/generation/baseline-source.ts';
import { signatureText, trustBaseline } from '../../../app/generation/signers.ts';
import { copyBaseline } from '../../../baseline/copy.ts';
import { BaselineReader } from '../../../baseline/reader.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { formatCount } from '../../../report/quantities.ts';
import { readingProblem, readSmallFile } from '../../../system/small-file.ts';
import type { CommandContext } from '../../context.ts';
import type { BaselineExportOptions } from './define.ts';

const STANDARD = '-';

export async function runBaselineExport(
  context: CommandContext,
  { expectSeal, signers }: BaselineExportOptions,
  [target]: readonly [string],
): Promise<number> {
  const source = context.baselineFile;
  if (target === STANDARD) return exportToOutput(context, source, { expectSeal, signers });
  const bytes = source === STANDARD ? readStandardInput() : source;
  const baseline =
    typeof bytes === 'string'
      ? await openBaselineSource(context, { file: bytes, expectSeal })
      : await BaselineReader.openInTurns(bytes, expectSeal === undefined ? {} : { expectSeal });
  try {
    const { verdict } = trustBaseline(context, baseline, signers);
    await copyBaseline({ source: bytes, target, seal: baseline.seal });
    context.terminal.print(
      [
        `Baseline exported: ${printableText(target)}`,
        `  ${formatCount(baseline.entryCount)} objects of ${printableText(baseline.header.host)}, sequence ${baseline.header.sequence}`,
        `  seal ${baseline.seal}`,
        `  signature ${signatureText(verdict)}`,
        `Check with it: integ check --baseline ${printableText(target)}`,
        '',
      ].join('\n'),
    );
    return 0;
  } finally {
    baseline.close();
  }
}

interface Demands {
  readonly expectSeal: string | undefined;
  readonly signers: string | undefined;
}

/** The bytes are verified in memory: nothing is written before all of it is known to be right. */
async function exportToOutput(
  context: CommandContext,
  source: string,
  { expectSeal, signers }: Demands,
): Promise<number> {
  if (process.stdout.isTTY) {
    throw new UserError('usage', 'a baseline is not written to a terminal', {
      hint: 'name a file, or redirect the output',
    });
  }
  const bytes = source === STANDARD ? readStandardInput() : await readChecked(context, source);
  const baseline = await BaselineReader.openInTurns(bytes, expectSeal === undefined ? {} : { expectSeal });
  try {
    const { verdict } = trustBaseline(context, baseline, signers);
    context.terminal.printBytes(bytes);
    const what = `sequence ${baseline.header.sequence}, seal ${baseline.seal}`;
    context.terminal.note(`baseline exported: ${what}, signature ${signatureText(verdict)}`);
    return 0;
  } finally {
    baseline.close();
  }
}

/** Opening it first gives the errors of every command for a file that is missing, damaged or not to be read. */
async function readChecked(context: CommandContext, file: string): Promise<Buffer> {
  (await openBaselineSource(context, { file, expectSeal: undefined })).close();
  try {
    return readSmallFile(file, statSync(file).size);
  } catch (error) {
    const { kind, reason } = readingProblem(error);
    throw new UserError(kind, `cannot read baseline ${printableText(file)}: ${reason}`, {
      hint: 'try again when nobody writes it',
      cause: error,
    });
  }
}
