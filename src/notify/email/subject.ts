/**
 * The subject of a mail: status, host and what was found, as the first line of the report has them, and when, so that
 * two nights with equal counts are two subjects. A template of the policy may arrange them; the status always stays.
 */
import type { Report } from '../../model/report.ts';
import { headlineParts } from '../../report/headline.ts';
import { plain } from '../../report/plain.ts';
import { toTheSecond } from '../../report/words.ts';

/** HOST_NAME_MAX of Linux: whoever reports a longer name must not push the counts out of the subject. */
const LONGEST_HOST = 64;
const LONGEST_SUBJECT = 200;
/** However long the rest is. */
const SHORTEST_SUMMARY = 60;
const PLACEHOLDER = /\{(host|status|summary|date)\}/g;

/** Not more than so many characters. */
function clipped(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}

/** The report with names of hosts of a bounded length. */
export function withShortHosts(report: Report): Report {
  const { host, by } = report;
  return {
    ...report,
    host: clipped(host, LONGEST_HOST),
    ...(by === undefined ? {} : { by: clipped(by, LONGEST_HOST) }),
  };
}

interface Parts {
  readonly host: string;
  readonly status: string;
  readonly summary: string;
  readonly date: string;
}

function filled(template: string, parts: Parts): string {
  return template.replaceAll(PLACEHOLDER, (_, name: keyof Parts) => parts[name]);
}

/** A template that leaves the status out gets it in front: no mail hides that a check is incomplete. */
export function subjectOf(report: Report, isTest: boolean, template: string | undefined): string {
  const named = withShortHosts(report);
  const { status, host, summary, joint } = headlineParts(named);
  const parts = isTest
    ? { host, status: 'TEST', summary: 'mail of integ arrives; nothing was examined' }
    : { host, status, summary };
  const usual = isTest ? '{status}: {host}: {summary} ({date})' : `{status}${joint}{host}: {summary} ({date})`;
  const chosen = template ?? usual;
  const whole = chosen.includes('{status}') ? chosen : `{status}: ${chosen}`;
  const dated = { ...parts, date: toTheSecond(report.finishedAt) };
  const rest = [...filled(whole, { ...dated, summary: '' })].length;
  const room = Math.max(SHORTEST_SUMMARY, LONGEST_SUBJECT - rest);
  return plain(filled(whole, { ...dated, summary: clipped(parts.summary, room) }));
}
