/** `integ review`: decides about the findings of a report in the terminal, and accepts what was chosen. */
import { UserError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import { acceptFindings } from '../accept-findings.ts';
import { openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { originOf, type ReasonOptions } from '../new-generation.ts';
import { runSession } from '../review/session.ts';
import { openHistory } from '../run-history.ts';
import { readReport, reportOperand } from '../stored-report.ts';

interface ReviewOptions extends ReasonOptions {
  readonly expectSeal?: string;
}

export async function runReview(
  context: Context,
  operands: readonly string[],
  options: ReviewOptions,
): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UserError('usage', 'review needs a terminal', {
      hint: 'in a script use integ report show and integ accept',
    });
  }
  const report = reportToReview(context, operands[0], options.expectSeal);
  const outcome = await runSession(report, { color: context.terminal.hasColor, onSignal: context.onSignal });
  if (outcome === 'nothing') {
    context.terminal.note('nothing was accepted, and nothing was written');
    return 0;
  }
  const chosen = new Set(outcome.indexes);
  await acceptFindings(context, {
    id: report.id,
    selection: { text: 'the review', takes: (_change, _state, index) => chosen.has(index), meets: () => false },
    origin: originOf('accept', { ...options, reason: outcome.reason }),
    expectSeal: options.expectSeal,
  });
  return 0;
}

function reportToReview(context: Context, operand: string | undefined, expectSeal: string | undefined): Report {
  const baseline = openBaselineSource(context, { file: context.baselineFile, expectSeal });
  try {
    const { history, place } = openHistory(context);
    try {
      return readReport(history, history.find({ id: reportOperand(operand), lineage: place.lineage(baseline.header) }));
    } finally {
      history.close();
    }
  } finally {
    baseline.close();
  }
}
