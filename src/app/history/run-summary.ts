/** What a stored run found, in a few words, from its row in the history and without its report. */
import type { ChainedRun } from '../../baseline/history/chain.ts';
import type { ReportSummary } from '../../model/report.ts';

/** Of a run that somebody edited, whatever is left of it: the list says that it was edited. */
export function summaryOf(run: Pick<ChainedRun, 'summary'>): Partial<ReportSummary> {
  try {
    const summary: unknown = JSON.parse(run.summary);
    // A row that was not edited holds the summary of its report.
    return typeof summary === 'object' && summary !== null ? (summary as Partial<ReportSummary>) : {};
  } catch {
    return {};
  }
}

/** `2 added, 1 changed`, or `no findings`. */
export function foundIn({ added, removed, changed, moved, violations, errors }: Partial<ReportSummary>): string {
  const counts = Object.entries({ added, removed, changed, moved, violations, errors });
  const found = counts.filter(([, count = 0]) => count > 0).map(([name, count]) => `${Number(count)} ${name}`);
  return found.length === 0 ? 'no findings' : found.join(', ');
}
