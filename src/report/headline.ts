/**
 * The first line of a report: all that is needed to go on or to stop. Also fit for a title or the subject of a mail.
 */
import type { Report } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';
import { explainedCounts } from './explained.ts';
import { plain } from './plain.ts';
import { grouped, plural } from './words.ts';

/** Whether there was a baseline to compare with. */
export function hasBaseline({ baseline }: Report): boolean {
  return baseline.seal !== '';
}

/** The host that was examined, and the one that looked where that is another one. */
function hostWords({ host, by }: Report): string {
  return plain(by === undefined || by === host ? host : `${host} (by ${by})`);
}

export interface HeadlineParts {
  /** In capital letters: what ought to be seen first. */
  readonly status: string;
  /** What stands between status and host. */
  readonly joint: ' on ' | ': ';
  readonly host: string;
  readonly summary: string;
}

export function headline(report: Report): string {
  const { status, joint, host, summary } = headlineParts(report);
  return `${status}${joint}${host}: ${summary}`;
}

/** What the first line is made of, for who arranges it otherwise. */
export function headlineParts(report: Report): HeadlineParts {
  const host = hostWords(report);
  const { summary, limits } = report;
  const only = limits === undefined ? '' : plain(` (only ${limits.join(', ')})`);
  switch (report.status) {
    case 'clean':
      return {
        status: hasBaseline(report) ? 'NO CHANGES' : allHold(report),
        joint: ' on ',
        host,
        summary: `${plural(summary.examined, 'object')} examined${only}`,
      };
    case 'changed': {
      const status = hasChanges(report) ? 'CHANGED' : 'VIOLATED';
      return { status, joint: ': ', host, summary: `${findingCounts(report)}${only}` };
    }
    case 'incomplete':
      return { status: 'INCOMPLETE', joint: ': ', host, summary: incompleteWords(report, only) };
    default: {
      const never: never = report.status;
      throw new Error(`integ: internal error: status ${String(never)}`);
    }
  }
}

function allHold({ requirements }: Report): string {
  if (requirements?.kept === 1) return 'THE ONE REQUIREMENT HOLDS';
  return requirements === undefined ? 'NO VIOLATIONS' : `ALL ${grouped(requirements.kept)} REQUIREMENTS HOLD`;
}

function hasChanges({ summary }: Report): boolean {
  return summary.added + summary.removed + summary.changed + summary.moved > 0;
}

/** Where nothing but requirements was evaluated, of how many. */
function violationCount({ summary, requirements }: Report): string {
  if (requirements === undefined) return plural(summary.violations, 'violation');
  const { kept, violated, unjudged } = requirements;
  return `${grouped(violated)} of ${plural(kept + violated + unjudged, 'requirement')} violated`;
}

function incompleteWords(report: Report, only: string): string {
  if (report.failed === true) {
    const why = report.errors[0]?.message ?? 'the reason is told to those who see the whole report';
    return plain(`the check failed and nothing was examined: ${why}`);
  }
  const failed = `${plural(report.summary.errors, 'error')}, not everything could be examined`;
  const found = findingCounts(report);
  return `${failed}; ${found === '' ? 'no finding in the rest' : found}${only}`;
}

function findingCounts(report: Report): string {
  const { summary } = report;
  const counts = (['added', 'removed', 'changed', 'moved'] as const)
    .filter((kind) => summary[kind] > 0)
    .map((kind) => `${grouped(summary[kind])} ${kind}`);
  if (summary.violations > 0) counts.push(violationCount(report));
  if (counts.length === 0) return '';
  const highest = highestSeverity(report);
  const explained = explainedCounts(report);
  return [
    counts.join(', '),
    ...(explained === undefined ? [] : [explained]),
    ...(highest === undefined ? [] : [`highest severity ${highest}`]),
  ].join('; ');
}

/** Of the findings; undefined when there is none. */
function highestSeverity({ summary }: Report): Severity | undefined {
  return [...SEVERITIES].reverse().find((severity) => (summary.bySeverity[severity] ?? 0) > 0);
}
