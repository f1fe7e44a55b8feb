/**
 * The findings of a report as comma-separated values (RFC 4180): a header, then one row each, lines ending in CR LF. A
 * cell that a spreadsheet would take for a formula begins with an apostrophe, so that opening the file runs nothing of
 * what a name says. For figures of the run, take another format.
 */
import type { Report } from '../model/report.ts';
import { attributeNames, eventsOf, type ReportEvent, type Values } from './events.ts';
import { plain } from './plain.ts';

const COLUMNS = [
  ...[
    'host',
    'report',
    'finished',
    'finding',
    'severity',
    'rule',
    'type',
    'path',
    'path_base64',
    'from',
    'from_base64',
  ],
  ...['attributes', 'before', 'after', 'expected', 'flags', 'explained', 'message'],
] as const;
type Column = (typeof COLUMNS)[number];

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^ | $/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function line(cells: readonly string[]): string {
  return `${cells.map((text) => cell(plain(text))).join(',')}\r\n`;
}

function listed(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

function row(event: ReportEvent, context: Pick<Record<Column, string>, 'host' | 'report' | 'finished'>): string {
  const cells: Readonly<Record<Column, string>> = {
    ...context,
    finding: event.name,
    severity: event.severity,
    rule: event.rule,
    type: event.type ?? '',
    path: event.path,
    path_base64: event.pathBase64 ?? '',
    from: event.from ?? '',
    from_base64: event.fromBase64 ?? '',
    attributes: attributeNames(event).join(' '),
    before: listed(event.before),
    after: listed(event.after),
    expected: listed(event.expected),
    flags: event.flags.join(' '),
    explained: event.explained ?? '',
    message: event.message,
  };
  return line(COLUMNS.map((column) => cells[column]));
}

/** The lines, each with its CR LF. */
export function* csvReport(report: Report): Generator<string, void, undefined> {
  const context = { host: report.host, report: report.id, finished: report.finishedAt };
  yield line(COLUMNS);
  for (const event of eventsOf(report)) yield row(event, context);
}
