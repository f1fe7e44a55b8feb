/** Counts findings and turns them into status and exit code (docs/report.md). Consequences count nowhere. */
import { INCOMPLETE_EXIT, outcomeExitCode } from './exit.ts';
import type { ReportChange, ReportStatus, ReportSummary, ReportViolation } from './report.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** What counts for the summary: all that stands in a report. */
export interface Findings {
  readonly changes: readonly ReportChange[];
  readonly violations: readonly ReportViolation[];
  readonly errors: number;
}

export interface Examined {
  /** Objects examined. */
  readonly examined: number;
  /** Bytes read for digests. */
  readonly bytes: bigint;
}

function countBySeverity(severities: Iterable<Severity>): Partial<Record<Severity, number>> {
  const counts = new Map<Severity, number>();
  for (const severity of severities) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const bySeverity: Partial<Record<Severity, number>> = {};
  for (const severity of SEVERITIES) {
    const count = counts.get(severity);
    if (count !== undefined) bySeverity[severity] = count;
  }
  return bySeverity;
}

export function summarize({ changes, violations, errors }: Findings, { examined, bytes }: Examined): ReportSummary {
  const counts = { added: 0, removed: 0, changed: 0, moved: 0 };
  const severities: Severity[] = violations.map((violation) => violation.severity);
  for (const change of changes) {
    if (change.consequence === true) continue;
    counts[change.kind] += 1;
    severities.push(change.severity);
  }
  return {
    examined,
    bytes: bytes > BigInt(Number.MAX_SAFE_INTEGER) ? String(bytes) : Number(bytes),
    ...counts,
    violations: violations.length,
    errors,
    bySeverity: countBySeverity(severities),
  };
}

export function exitCodeOf(summary: ReportSummary): number {
  return outcomeExitCode({
    added: summary.added > 0,
    removed: summary.removed > 0,
    changed: summary.changed + summary.moved > 0,
    violated: summary.violations > 0,
    incomplete: summary.errors > 0,
  });
}

export function statusOf(exitCode: number): ReportStatus {
  if ((exitCode & INCOMPLETE_EXIT) !== 0) return 'incomplete';
  return exitCode === 0 ? 'clean' : 'changed';
}
