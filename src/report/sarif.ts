/**
 * The report as one document of SARIF 2.1.0 (OASIS), in pieces, for the code scanning of build servers: a result for
 * each change and violation, a notification for each object that could not be examined, which makes the execution
 * unsuccessful.
 */
import { createHash } from 'node:crypto';
import type { Report } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import {
  attributeNames,
  changeEvent,
  countedChanges,
  type EventName,
  errorEvent,
  isoMilliseconds,
  type ReportEvent,
  violationEvent,
} from './events.ts';
import { jsonLine } from './plain.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** What paths are relative to. */
const ROOT = 'ROOT';
/** For objects that no rule governs: SARIF wants a rule for each result. */
const NO_RULE = '(no rule)';

const LEVELS: Readonly<Record<Severity, 'note' | 'warning' | 'error'>> = {
  info: 'note',
  low: 'note',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};

const BASELINE_STATES: Readonly<Record<Exclude<EventName, 'unread'>, string>> = {
  added: 'new',
  removed: 'absent',
  changed: 'updated',
  moved: 'updated',
  // A requirement is not compared with a baseline: whether it was violated before, nobody knows.
  violation: 'new',
};

/** A GUID that is the same for the same name: version 5 of RFC 9562 in a namespace of integ. */
function guid(name: string): string {
  const digest = createHash('sha1').update(`integ\0${name}`).digest('hex');
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, variant + digest.slice(17, 20)];
  return [...parts, digest.slice(20, 32)].join('-');
}

/** The bytes of the path as a reference relative to the root directory (RFC 3986). */
function uriOf({ path, pathBase64 }: Pick<ReportEvent, 'path' | 'pathBase64'>): string {
  const bytes = pathBase64 === undefined ? Buffer.from(path, 'utf8') : Buffer.from(pathBase64, 'base64');
  const encoded = bytes
    .toString('latin1')
    .replace(/[^A-Za-z0-9\-._~/]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return encoded.replace(/^\/+/, '') || './';
}

function location(event: ReportEvent): object {
  return { physicalLocation: { artifactLocation: { uri: uriOf(event), uriBaseId: ROOT } } };
}

function ruleId({ rule }: { readonly rule: string }): string {
  return rule === '' ? NO_RULE : rule;
}

/** The names of all rules that have a result, each with its number. */
function ruleNumbers(report: Report): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const add = (finding: { readonly rule: string }): void => {
    const id = ruleId(finding);
    if (!numbers.has(id)) numbers.set(id, numbers.size);
  };
  for (const change of countedChanges(report)) add(change);
  for (const violation of report.violations) add(violation);
  return numbers;
}

function result(event: ReportEvent, rules: ReadonlyMap<string, number>, rawRule: string, hasBaseline: boolean): object {
  const { name } = event;
  const fingerprint = createHash('sha256').update([name, event.pathBase64 ?? event.path, event.rule].join('\0'));
  return {
    ruleId: ruleId(event),
    ruleIndex: rules.get(ruleId({ rule: rawRule })),
    level: LEVELS[event.severity],
    ...(hasBaseline && name !== 'unread' ? { baselineState: BASELINE_STATES[name] } : {}),
    message: { text: event.message },
    locations: [location(event)],
    partialFingerprints: { 'integFinding/v1': fingerprint.digest('hex') },
    properties: {
      finding: name,
      severity: event.severity,
      path: event.path,
      pathBase64: event.pathBase64,
      type: event.type,
      from: event.from,
      attributes: attributeNames(event),
      before: event.before,
      after: event.after,
      expected: event.expected,
      flags: event.flags,
      explained: event.explained,
    },
  };
}

function notification(event: ReportEvent): object {
  return {
    level: 'error',
    message: { text: event.message },
    descriptor: { id: event.failure?.code ?? 'EUNKNOWN' },
    locations: [location(event)],
  };
}

function* list(items: Iterable<object>): Generator<string, void, undefined> {
  let separator = '\n';
  for (const item of items) {
    yield `${separator}${jsonLine(item)}`;
    separator = ',\n';
  }
}

function* results(report: Report, rules: ReadonlyMap<string, number>): Generator<object, void, undefined> {
  const hasBaseline = report.baseline.seal !== '';
  for (const change of countedChanges(report)) yield result(changeEvent(change), rules, change.rule, hasBaseline);
  for (const violation of report.violations) {
    yield result(violationEvent(violation), rules, violation.rule, hasBaseline);
  }
}

function* notifications(report: Report): Generator<object, void, undefined> {
  for (const error of report.errors) yield notification(errorEvent(error));
}

/** The members of an object, without its braces, so that lists can follow. */
function members(object: object): string {
  return jsonLine(object).slice(1, -1);
}

/** The pieces, in order; together they are the document with a newline at its end. */
export function* sarifReport(report: Report): Generator<string, void, undefined> {
  const { baseline, policy } = report;
  const rules = ruleNumbers(report);
  const run = {
    tool: { driver: { name: 'integ', version: report.version, rules: [...rules.keys()].map((id) => ({ id })) } },
    automationDetails: { id: `integ/${report.host}/${report.id}`, guid: guid(report.id) },
    ...(baseline.seal === '' ? {} : { baselineGuid: guid(baseline.seal) }),
    originalUriBaseIds: { [ROOT]: { uri: 'file:///', description: { text: 'root of the examined system' } } },
    columnKind: 'unicodeCodePoints',
    properties: { host: report.host, status: report.status, seal: baseline.seal, summary: report.summary },
  };
  const warning = 'the policy file is not the policy in the baseline; this check used the one in the baseline';
  const configuration = policy.matchesFile ? [] : [{ level: 'warning', message: { text: warning } }];
  const invocation = {
    executionSuccessful: report.status !== 'incomplete',
    exitCode: report.exitCode,
    startTimeUtc: isoMilliseconds(report.startedAt),
    endTimeUtc: isoMilliseconds(report.finishedAt),
    toolConfigurationNotifications: configuration,
  };
  yield `{${members({ $schema: SCHEMA, version: '2.1.0' })},"runs":[{${members(run)},`;
  yield `"invocations":[{${members(invocation)},"toolExecutionNotifications":[`;
  yield* list(notifications(report));
  yield ']}],"results":[';
  yield* list(results(report, rules));
  yield ']}]}\n';
}
