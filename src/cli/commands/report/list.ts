/** `integ report list`: the stored reports, and whether any was removed or edited. */
import { gapsBefore } from '../../../app/history/gaps.ts';
import { openHistory } from '../../../app/history/run-history.ts';
import { foundIn, summaryOf } from '../../../app/history/run-summary.ts';
import { breakWords, type ChainBreak, type ChainedRun } from '../../../baseline/history/chain.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import type { ReportSummary } from '../../../model/report.ts';
import { plain } from '../../../report/plain.ts';
import { formatDuration } from '../../../report/quantities.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportListOptions } from './define.ts';

interface ListedRun {
  readonly run: ChainedRun;
  readonly summary: Partial<ReportSummary>;
  /** Seconds since the previous run of the same baseline, when a nightly check is missing between them. */
  readonly gap: number | undefined;
}

function listRuns(runs: readonly ChainedRun[]): readonly ListedRun[] {
  const gaps = gapsBefore(runs);
  return runs.map((run, index) => ({ run, summary: summaryOf(run), gap: gaps[index] }));
}

/** Exit code 65 when the chain of runs is broken: somebody removed, edited or reordered reports. */
export async function runReportList(context: CommandContext, { format }: ReportListOptions): Promise<number> {
  const { history } = openHistory(context);
  try {
    const runs = [...listRuns(history.runs())].reverse();
    const breaks = history.verify();
    context.terminal.print(format === 'json' ? listJson(runs, breaks) : listText(runs, breaks));
    for (const found of breaks) context.terminal.warn(plain(breakWords(found)));
    return breaks.length === 0 ? 0 : SYSEXITS.untrusted;
  } finally {
    history.close();
  }
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
