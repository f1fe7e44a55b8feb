/**
 * The report as lines of the Common Event Format (ArcSight, CEF:0): one for each finding, then one for the run. The
 * lines have no syslog header, which whoever forwards them adds. Fields of receivers are bounded (paths and messages
 * mostly at 1023 characters); nothing is cut here.
 */
import type { Report } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import {
  attributeNames,
  type EventName,
  eventsOf,
  mainDigest,
  milliseconds,
  nameOf,
  type ReportEvent,
} from './events.ts';
import { headline } from './headline.ts';
import { plain } from './plain.ts';

/** From 0 to 10: 0-3 low, 4-6 medium, 7-8 high, 9-10 very high. */
const SEVERITY_NUMBER: Readonly<Record<Severity, number>> = { info: 1, low: 3, medium: 5, high: 7, critical: 9 };

/** Signature id, name and action. */
const SIGNATURES: Readonly<Record<EventName, readonly [id: string, name: string, act: string]>> = {
  added: ['file.added', 'File added', 'created'],
  removed: ['file.removed', 'File removed', 'deleted'],
  changed: ['file.changed', 'File changed', 'updated'],
  moved: ['file.moved', 'File moved', 'renamed'],
  violation: ['requirement.violated', 'Requirement violated', 'checked'],
  unread: ['file.unread', 'File could not be examined', 'failed'],
};

type Fields = Readonly<Record<string, string | number | undefined>>;

function headerField(text: string): string {
  return plain(text).replace(/[\\|]/g, '\\$&');
}

function extensionValue(value: string | number): string {
  return plain(String(value)).replace(/[\\=]/g, '\\$&');
}

function line(
  report: Report,
  [id, name]: readonly [string, string, ...string[]],
  severity: number,
  fields: Fields,
): string {
  const header = ['integ', 'integ', report.version, id, name, String(severity)].map(headerField).join('|');
  const extension = Object.entries(fields).flatMap(([key, value]) => {
    return value === undefined || value === '' ? [] : [`${key}=${extensionValue(value)}`];
  });
  return `CEF:0|${header}|${extension.join(' ')}\n`;
}

/** A custom string, which CEF has six of, with what it stands for; nothing when it is empty. */
function custom(number: number, label: string, value: string | undefined): Fields {
  return value === undefined || value === '' ? {} : { [`cs${number}Label`]: label, [`cs${number}`]: value };
}

function common(report: Report): Fields {
  return { rt: milliseconds(report.finishedAt), dvchost: report.host, externalId: report.id };
}

function eventLine(report: Report, event: ReportEvent): string {
  const { before, after, failure } = event;
  const signature = SIGNATURES[event.name];
  return line(report, signature, SEVERITY_NUMBER[event.severity], {
    ...common(report),
    act: signature[2],
    filePath: event.path,
    fname: nameOf(event.path),
    fileType: event.type,
    fsize: after['size'],
    fileHash: mainDigest(after),
    filePermission: after['mode'],
    fileId: after['inode'],
    fileModificationTime: milliseconds(after['mtime']),
    oldFilePath: event.from,
    oldFileName: event.from === undefined ? undefined : nameOf(event.from),
    oldFileSize: before['size'],
    oldFileHash: mainDigest(before),
    oldFilePermission: before['mode'],
    oldFileId: before['inode'],
    oldFileModificationTime: milliseconds(before['mtime']),
    ...custom(1, 'rule', event.rule),
    ...custom(2, 'attributes', attributeNames(event).join(' ')),
    ...custom(3, 'flags', event.flags.join(' ')),
    ...custom(4, 'explained', event.explained),
    ...custom(5, 'pathBase64', event.pathBase64),
    ...custom(6, 'oldPathBase64', event.fromBase64),
    ...(failure === undefined ? {} : { outcome: 'failure', reason: failure.code }),
    msg: event.message,
  });
}

function summaryLine(report: Report): string {
  const { summary, status } = report;
  const isIncomplete = status === 'incomplete';
  const severity = isIncomplete ? SEVERITY_NUMBER.high : SEVERITY_NUMBER.info;
  return line(report, ['check.finished', isIncomplete ? 'Check INCOMPLETE' : 'Check finished'], severity, {
    ...common(report),
    act: 'checked',
    outcome: isIncomplete ? 'failure' : 'success',
    reason: status,
    start: milliseconds(report.startedAt),
    end: milliseconds(report.finishedAt),
    ...custom(1, 'policy', report.policy.name),
    ...custom(2, 'seal', report.baseline.seal),
    ...custom(3, 'limits', report.limits?.join(', ')),
    cn1Label: 'findings',
    cn1: summary.added + summary.removed + summary.changed + summary.moved + summary.violations,
    cn2Label: 'unread',
    cn2: summary.errors,
    cn3Label: 'exitCode',
    cn3: report.exitCode,
    msg: headline(report),
  });
}

/** The lines, each with its newline. */
export function* cefReport(report: Report): Generator<string, void, undefined> {
  for (const event of eventsOf(report)) yield eventLine(report, event);
  yield summaryLine(report);
}
