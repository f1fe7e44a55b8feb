/** `integ report …`: stored reports, and the schema of reports. */
import { gapsBefore } from '../../app/history/gaps.ts';
import { openHistory } from '../../app/history/run-history.ts';
import { foundIn, summaryOf } from '../../app/history/run-summary.ts';
import { readReport, reportOperand } from '../../app/history/stored-report.ts';
import { breakWords, type ChainBreak, type ChainedRun } from '../../baseline/history/chain.ts';
import type { History } from '../../baseline/history/history.ts';
import { SYSEXITS } from '../../model/errors.ts';
import type { ReportSummary } from '../../model/report.ts';
import { plain } from '../../report/plain.ts';
import { formatDuration } from '../../report/quantities.ts';
import { reportSchema } from '../../report/schema.ts';
import type { Context } from '../context.ts';
import { deliver, deliverText, type OutputOptions } from '../output.ts';

interface ListOptions {
  readonly format: 'text' | 'json';
}

export async function runReportSchema(context: Context): Promise<number> {
  context.terminal.print(`${JSON.stringify(reportSchema, null, 2)}\n`);
  return 0;
}

function withHistory<Result>(context: Context, action: (history: History) => Result): Result {
  const { history } = openHistory(context);
  try {
    return action(history);
  } finally {
    history.close();
  }
}

interface ListedRun {
  readonly run: ChainedRun;
  readonly summary: Partial<ReportSummary>;
  /** Seconds since the run before of the same baseline, when a night lies between them. */
  readonly gap: number | undefined;
}

function listRuns(runs: readonly ChainedRun[]): readonly ListedRun[] {
  const gaps = gapsBefore(runs);
  return runs.map((run, index) => ({ run, summary: summaryOf(run), gap: gaps[index] }));
}

/** Exit code 65 when the chain of runs is broken: somebody removed, edited or reordered reports. */
export async function runReportList(
  context: Context,
  _operands: readonly string[],
  { format }: ListOptions,
): Promise<number> {
  return withHistory(context, (history) => {
    const runs = [...listRuns(history.runs())].reverse();
    const breaks = history.verify();
    const text = format === 'json' ? listJson(runs, breaks) : listText(runs, breaks);
    context.terminal.print(text);
    for (const found of breaks) context.terminal.warn(plain(breakWords(found)));
    return breaks.length === 0 ? 0 : SYSEXITS.untrusted;
  });
}

function listJson(runs: readonly ListedRun[], breaks: readonly ChainBreak[]): string {
  const reports = runs.map(({ run, summary, gap }) => ({
    number: run.number,
    id: run.id,
    host: run.host,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    status: run.status,
    exitCode: run.exitCode,
    sequence: run.sequence,
    seal: run.seal,
    summary,
    ...(run.limits === '' ? {} : { limits: run.limits }),
    ...(gap === undefined ? {} : { hoursSinceBefore: Math.round(gap / 3600) }),
  }));
  // What is stored is printable already, unless somebody edited it.
  const safe = (_: string, value: unknown): unknown => (typeof value === 'string' ? plain(value) : value);
  return `${JSON.stringify({ intact: breaks.length === 0, breaks, reports }, safe, 2)}\n`;
}

function listText(runs: readonly ListedRun[], breaks: readonly ChainBreak[]): string {
  const lines = runs.flatMap(({ run, summary, gap }) => {
    const limits = run.limits === '' ? '' : `  (only ${run.limits})`;
    const line = `${run.id}  ${run.status.padEnd(10)}  ${run.host}, sequence ${run.sequence}: ${foundIn(summary)}${limits}`;
    return [
      plain(line),
      ...(gap === undefined ? [] : [`  night missing: ${formatDuration(gap)} without a check before this one`]),
    ];
  });
  const chain =
    breaks.length === 0
      ? `${runs.length} ${runs.length === 1 ? 'report' : 'reports'}, the chain is intact`
      : 'THE CHAIN IS BROKEN: reports were removed, edited or reordered';
  return `${[...lines, chain].join('\n')}\n`;
}

export async function runReportShow(
  context: Context,
  operands: readonly string[],
  options: OutputOptions,
): Promise<number> {
  const { history } = openHistory(context);
  try {
    const run = history.find({ id: reportOperand(operands[0]) });
    // As it was stored, whatever this version would write.
    if (options.format === 'json') await deliverText(context, history.report(run), options.output);
    else await deliver(context, readReport(history, run), options);
    return 0;
  } finally {
    history.close();
  }
}
