/**
 * The first line of a report: all that is needed to go on or to stop. Also fit for a title or the subject of a mail.
 */
import type { Report } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';
import { explainedCounts } from './explained.ts';
import { plain } from './plain.ts';
import { grouped, plural } from './words.ts';

/** The host that was examined, and the one that looked where that is another one. */
function hostWords({ host, by }: Report): string {
  return plain(by === undefined || by === host ? host : `${host} (by ${by})`);
}

export function headline(report: Report): string {
  const host = hostWords(report);
  const { summary, limits } = report;
  const only = limits === undefined ? '' : plain(` (only ${limits.join(', ')})`);
  switch (report.status) {
    case 'clean':
      return `NO CHANGES on ${host}: ${plural(summary.examined, 'object')} examined${only}`;
    case 'changed':
      return `CHANGED: ${host}: ${findingCounts(report)}${only}`;
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

function findingCounts(report: Report): string {
  const { summary } = report;
  const counts = (['added', 'removed', 'changed', 'moved'] as const)
    .filter((kind) => summary[kind] > 0)
    .map((kind) => `${grouped(summary[kind])} ${kind}`);
  if (summary.violations > 0) counts.push(plural(summary.violations, 'violation'));
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
