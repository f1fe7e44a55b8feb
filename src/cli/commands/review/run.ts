/** `integ review`: decides about the findings of a report in the terminal, and accepts what was chosen. */
import { acceptFindings } from '../../../app/generation/accept.ts';
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
import { requireMeant } from '../../../app/generation/latest-report.ts';
import { originOf } from '../../../app/generation/new-generation.ts';
import { recordedRulesOf } from '../../../app/generation/selection.ts';
import { openHistory } from '../../../app/history/run-history.ts';
import { readReport, reportedOrigin, reportedPath, reportOperand } from '../../../app/history/stored-report.ts';
import type { BaselineReader } from '../../../baseline/reader.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { Report } from '../../../model/report.ts';
import { confirmation } from '../../confirm.ts';
import type { CommandContext } from '../../context.ts';
import { acceptedText } from '../../generation-text.ts';
import type { KnownBesides } from '../../review/entries.ts';
import { runSession } from '../../review/session.ts';
import type { ReviewOptions } from './define.ts';

export async function runReview(
  context: CommandContext,
  options: ReviewOptions,
  [operand]: readonly [string | undefined],
): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UserError('usage', 'review needs a terminal', {
      hint: 'in a script use integ report show and integ accept',
    });
  }
  const { report, known } = await reportToReview(context, operand, options.expectSeal);
  const color = context.terminal.hasColor;
  const outcome = await runSession(report, { color, known, onSignal: context.onSignal });
  if (outcome === 'nothing') {
    context.terminal.note('nothing was accepted, and nothing was written');
    return 0;
  }
  const chosen = new Set(outcome.indexes);
  const accepted = await acceptFindings(context, {
    id: report.id,
    selectionOf: () => ({
      text: 'the review',
      takes: ({ index }) => chosen.has(index),
      takesAlong: () => true,
      meets: () => false,
    }),
    origin: originOf(context, 'accept', { ...options, reason: outcome.reason }),
    expectSeal: options.expectSeal,
    confirm: confirmation(),
  });
  context.terminal.print(acceptedText(accepted));
  return 0;
}

interface Reviewed {
  readonly report: Report;
  readonly known: KnownBesides;
}

async function reportToReview(
  context: CommandContext,
  operand: string | undefined,
  expectSeal: string | undefined,
): Promise<Reviewed> {
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal });
  try {
    const { history, place } = openHistory(context);
    try {
      const id = reportOperand(operand);
      const run = history.find({ id, lineage: place.lineage(baseline.header) });
      if (id === undefined) await requireMeant(context, run, history.runs(), confirmation());
      const report = readReport(history, run);
      const ruleSeverities = new Map(baseline.rules.map(({ name, severity }) => [printableText(name), severity]));
      return { report, known: { oldRules: otherRules(baseline, report), ruleSeverities } };
    } finally {
      history.close();
    }
  } finally {
    baseline.close();
  }
}

/** Of each finding that came under its rule from another one, that other one, by the position in the report. */
function otherRules(baseline: BaselineReader, report: Report): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [index, change] of report.changes.entries()) {
    if (change.kind !== 'moved' && !change.flags.includes('type-changed')) continue;
    const place = { path: reportedPath(change), from: reportedOrigin(change) };
    const other = recordedRulesOf(baseline, place).find(({ rule }) => rule !== change.rule);
    if (other !== undefined) found.set(index, other.rule);
  }
  return found;
}
