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

export function headline(report: Report): string {
  const host = plain(report.host);
  const { summary, limits } = report;
  const only = limits === undefined ? '' : plain(` (only ${limits.join(', ')})`);
  switch (report.status) {
    case 'clean':
      if (!hasBaseline(report)) return `${allHold(report)} on ${host}: ${plural(summary.examined, 'object')} examined`;
      return `NO CHANGES on ${host}: ${plural(summary.examined, 'object')} examined${only}`;
    case 'changed':
      return `${hasChanges(report) ? 'CHANGED' : 'VIOLATED'}: ${host}: ${findingCounts(report)}${only}`;
    case 'incomplete': {
      if (report.failed === true) {
        const why = report.errors[0]?.message ?? 'the reason is told to those who see the whole report';
        return plain(`INCOMPLETE: ${host}: the check failed and nothing was examined: ${why}`);
      }
      const failed = `${plural(summary.errors, 'error')}, not everything could be examined`;
      const found = findingCounts(report);
      const rest = found === '' ? 'no finding in the rest' : found;
      return `INCOMPLETE: ${host}: ${failed}; ${rest}${only}`;
    }
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
