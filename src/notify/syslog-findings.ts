/**
 * A report as lines of syslog: the summary first, so that whatever is lost later was announced, then one line a
 * finding, the most severe first, up to a limit. What is left out is counted in the summary.
 */
import type { SyslogSettings } from '../model/notify.ts';
import type { Report, ReportChange } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';
import {
  attributeNames,
  changeEvent,
  countedChanges,
  type EventName,
  errorEvent,
  findingCounts,
  isoMilliseconds,
  mainDigest,
  type ReportEvent,
  UNREAD_SEVERITY,
  violationEvent,
} from '../report/events.ts';
import { explanationOf } from '../report/explained.ts';
import { headline } from '../report/headline.ts';
import { plural } from '../report/words.ts';
import type { MessageSource } from './channel.ts';
import { type LineContent, type LineHead, SYSLOG_LEVELS, syslogLine } from './syslog-line.ts';

const LEVELS: Readonly<Record<Severity, number>> = {
  critical: SYSLOG_LEVELS.critical,
  high: SYSLOG_LEVELS.error,
  medium: SYSLOG_LEVELS.warning,
  low: SYSLOG_LEVELS.notice,
  info: SYSLOG_LEVELS.informational,
};

/** Attributes whose values are worth a place of their own; all of them are in the report. */
const TELLING: readonly (readonly [attribute: string, old: string, now: string])[] = [
  ['mode', 'oldMode', 'newMode'],
  ['uid', 'oldUid', 'newUid'],
  ['gid', 'oldGid', 'newGid'],
  ['size', 'oldSize', 'newSize'],
  ['target', 'oldTarget', 'newTarget'],
];
/** A longer one would be cut, and half of it means nothing. */
const LONGEST_BASE64 = 400;

const MESSAGE_IDS: Readonly<Record<EventName, string>> = {
  added: 'ADDED',
  removed: 'REMOVED',
  changed: 'CHANGED',
  moved: 'MOVED',
  violation: 'VIOLATION',
  unread: 'UNREAD',
};

/** Within a severity: what is violated, what is unread, then changes, of which those with a flag must be read first. */
function* mostSevereFirst(report: Report): Generator<ReportEvent, void, undefined> {
  const ranks: readonly ((change: ReportChange) => boolean)[] = [
    ({ flags }) => flags.length > 0,
    (change) => change.flags.length === 0 && explanationOf(change) === undefined,
    (change) => explanationOf(change) !== undefined,
  ];
  for (const severity of [...SEVERITIES].reverse()) {
    for (const violation of report.violations) if (violation.severity === severity) yield violationEvent(violation);
    if (severity === UNREAD_SEVERITY) for (const error of report.errors) yield errorEvent(error);
    for (const belongs of ranks) {
      for (const change of countedChanges(report)) {
        if (change.severity === severity && belongs(change)) yield changeEvent(change);
      }
    }
  }
}

function exact(base64: string | undefined): string | undefined {
  return base64 === undefined || base64.length > LONGEST_BASE64 ? undefined : base64;
}

function values({ before, after }: ReportEvent): Record<string, string | undefined> {
  const parameters: Record<string, string | undefined> = {};
  for (const [attribute, old, now] of TELLING) {
    parameters[old] = before[attribute];
    parameters[now] = after[attribute];
  }
  return parameters;
}

function eventContent(event: ReportEvent, number: number, report: Report): LineContent {
  const { failure } = event;
  return {
    level: LEVELS[event.severity],
    messageId: MESSAGE_IDS[event.name],
    parameters: {
      path: event.path,
      change: attributeNames(event).join(','),
      rule: event.rule,
      severity: event.severity,
      run: report.id,
      n: number,
      host: report.host,
      flags: event.flags.join(','),
      from: event.from,
      type: event.type,
      code: failure?.code,
      operation: failure?.operation,
      explained: event.explained,
      old: mainDigest(event.before),
      new: mainDigest(event.after),
      ...values(event),
      pathBase64: exact(event.pathBase64),
      fromBase64: exact(event.fromBase64),
    },
    text: event.message,
  };
}

function summaryLevel({ status, summary }: Report): number {
  if (status === 'incomplete') return SYSLOG_LEVELS.error;
  const highest = [...SEVERITIES].reverse().find((severity) => (summary.bySeverity[severity] ?? 0) > 0);
  return highest === undefined ? SYSLOG_LEVELS.informational : LEVELS[highest];
}

function summaryContent(report: Report, sent: number, dropped: number): LineContent {
  const { summary, status, baseline, policy } = report;
  const left =
    dropped === 0 ? '' : `; ${plural(dropped, 'finding')} not sent: integ report show ${report.id} has all of them`;
  return {
    level: summaryLevel(report),
    messageId: 'SUMMARY',
    parameters: {
      status,
      run: report.id,
      host: report.host,
      n: 0,
      lines: sent,
      dropped,
      exitCode: report.exitCode,
      examined: summary.examined,
      ...findingCounts(summary),
      sequence: baseline.sequence,
      seal: baseline.seal,
      signature: baseline.signature.status,
      policy: policy.name,
      policyMatchesFile: String(policy.matchesFile),
      limits: report.limits?.join(', '),
    },
    text: `${headline(report)}${left}`,
  };
}

function findingCount(report: Report): number {
  const { added, removed, changed, moved } = report.summary;
  return added + removed + changed + moved + report.violations.length + report.errors.length;
}

/** The lines of a report, at most one more than the settings allow findings; of a test, one line that says so. */
export function syslogLines(
  { report, hostName, now, isTest }: Pick<MessageSource, 'report' | 'hostName' | 'now' | 'isTest'>,
  { facility, tag, max }: Pick<SyslogSettings, 'facility' | 'tag' | 'max'>,
): readonly string[] {
  const sentAt = new Date(now).toISOString();
  const timestamp = isTest ? sentAt : (isoMilliseconds(report.finishedAt) ?? sentAt);
  const head: LineHead = { facility, tag, hostName, processId: process.pid, timestamp };
  if (isTest) {
    const text = `TEST of the syslog channel of integ on ${hostName}: nothing was checked`;
    const parameters = { run: report.id, host: hostName };
    return [syslogLine(head, { level: SYSLOG_LEVELS.notice, messageId: 'TEST', parameters, text })];
  }
  const total = findingCount(report);
  const sent = Math.min(total, max);
  const lines = [syslogLine(head, summaryContent(report, sent, total - sent))];
  for (const event of mostSevereFirst(report)) {
    if (lines.length > sent) break;
    lines.push(syslogLine(head, eventContent(event, lines.length, report)));
  }
  return lines;
}
