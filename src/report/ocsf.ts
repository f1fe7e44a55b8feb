/**
 * The report as lines of JSON in the Open Cybersecurity Schema Framework: one event for each finding, then one for the
 * run. Changes are File System Activity (1001), whose required actor a comparison cannot know and calls unknown;
 * violations are Compliance Findings (2003); what could not be examined is an open by integ that failed; the run is
 * Scan Activity (6007).
 */
import { isDigestName, type ObjectType } from '../model/attributes.ts';
import type { Report } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import {
  attributeNames,
  eventsOf,
  findingCounts,
  isContent,
  milliseconds,
  nameOf,
  type ReportEvent,
  type Values,
  wholeNumber,
} from './events.ts';
import { headline } from './headline.ts';
import { jsonLine } from './plain.ts';

const OCSF_VERSION = '1.8.0';

const FILE_ACTIVITY = 1001;
const COMPLIANCE_FINDING = 2003;
const SCAN_ACTIVITY = 6007;

/** Activities of class 1001. */
const FILE_ACTIVITIES = {
  create: 1,
  update: 3,
  delete: 4,
  rename: 5,
  setAttributes: 6,
  setSecurity: 7,
  open: 14,
} as const;
const COMPLIANCE_CREATE = 1;
const SCAN_COMPLETED = 2;
const SCAN_ERROR = 6;

const SUCCESS = 1;
const FAILURE = 2;
const COMPLIANCE_FAIL = 3;

const SEVERITY_IDS: Readonly<Record<Severity, number>> = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };

const FILE_TYPE_IDS: Readonly<Record<ObjectType, number>> = {
  file: 1,
  directory: 2,
  char: 3,
  block: 4,
  socket: 5,
  fifo: 6,
  symlink: 7,
};
const UNKNOWN = 0;
const DEVICE_OF_UNKNOWN_TYPE = 0;

const HASH_IDS: ReadonlyMap<string, number> = new Map([
  ['md5', 1],
  ['sha1', 2],
  ['sha256', 3],
  ['sha512', 4],
]);
const OTHER_HASH = 99;

/** Attributes that say who may do what with the object. */
const SECURITY: ReadonlySet<string> = new Set(['mode', 'uid', 'gid', 'acl', 'selinux', 'caps']);
/** Those that the file object has a place for; the others stand in `unmapped`. */
const MAPPED: ReadonlySet<string> = new Set(['size', 'inode', 'uid', 'type']);

function fileOf(path: string, type: ObjectType | undefined, values: Values): Record<string, unknown> {
  const hashes = Object.entries(values).flatMap(([name, value]) => {
    return isDigestName(name) ? [{ algorithm_id: HASH_IDS.get(name) ?? OTHER_HASH, algorithm: name, value }] : [];
  });
  return {
    name: nameOf(path),
    path,
    type_id: type === undefined ? UNKNOWN : FILE_TYPE_IDS[type],
    size: wholeNumber(values['size']),
    uid: values['inode'],
    ...(values['uid'] === undefined ? {} : { owner: { uid: values['uid'] } }),
    modified_time: milliseconds(values['mtime']),
    accessed_time: milliseconds(values['atime']),
    created_time: milliseconds(values['btime']),
    ...(hashes.length === 0 ? {} : { hashes }),
  };
}

function typeBefore({ before, type }: ReportEvent): ObjectType | undefined {
  const was = before['type'];
  // The values of this attribute are the names of types.
  return was !== undefined && Object.hasOwn(FILE_TYPE_IDS, was) ? (was as ObjectType) : type;
}

function unmapped(values: Values): Values | undefined {
  const rest = Object.entries(values).filter(([name]) => !MAPPED.has(name) && !isDigestName(name));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

function changeActivity(event: ReportEvent): number {
  switch (event.name) {
    case 'added':
      return FILE_ACTIVITIES.create;
    case 'removed':
      return FILE_ACTIVITIES.delete;
    case 'moved':
      return FILE_ACTIVITIES.rename;
    default: {
      const names = attributeNames(event);
      if (names.some(isContent)) return FILE_ACTIVITIES.update;
      return names.some((name) => SECURITY.has(name)) ? FILE_ACTIVITIES.setSecurity : FILE_ACTIVITIES.setAttributes;
    }
  }
}

interface EventContext {
  readonly report: Report;
  readonly time: number;
}

/** What every event has. The category is the first digit of the class. */
function base({ report, time }: EventContext, classUid: number, activity: number, severity: Severity, number: number) {
  return {
    class_uid: classUid,
    category_uid: Math.floor(classUid / 1000),
    activity_id: activity,
    type_uid: classUid * 100 + activity,
    severity_id: SEVERITY_IDS[severity],
    time,
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'integ', vendor_name: 'integ', version: report.version },
      profiles: ['host'],
      uid: `${report.id}-${number}`,
      correlation_uid: report.id,
    },
    device: { hostname: report.host, type_id: DEVICE_OF_UNKNOWN_TYPE },
  };
}

function changeLine(event: ReportEvent, number: number, run: EventContext): object {
  const { name, path, from, before, after, type } = event;
  const result = name === 'removed' ? undefined : fileOf(path, type, after);
  const target = name === 'added' ? fileOf(path, type, after) : fileOf(from ?? path, typeBefore(event), before);
  return {
    ...base(run, FILE_ACTIVITY, changeActivity(event), event.severity, number),
    message: event.message,
    actor: { user: { name: 'unknown' } },
    file: target,
    file_result: result,
    ...(event.diff.length === 0 ? {} : { file_diff: event.diff.join('\n') }),
    unmapped: {
      rule: event.rule,
      flags: event.flags,
      path_base64: event.pathBase64,
      from_base64: event.fromBase64,
      explained_by: event.explained,
      before: unmapped(before),
      after: unmapped(after),
    },
  };
}

function violationLine(event: ReportEvent, number: number, run: EventContext): object {
  return {
    ...base(run, COMPLIANCE_FINDING, COMPLIANCE_CREATE, event.severity, number),
    message: event.message,
    // The same as long as it lasts, so that one finding is one finding every night.
    finding_info: { uid: `${run.report.host}:${event.rule}:${event.pathBase64 ?? event.path}`, title: event.message },
    compliance: { standards: [run.report.policy.name], control: event.rule, status_id: COMPLIANCE_FAIL },
    resources: [{ type: 'file', name: event.path }],
    unmapped: { rule: event.rule, path_base64: event.pathBase64, expected: event.expected, actual: event.after },
  };
}

function unreadLine(event: ReportEvent, number: number, run: EventContext): object {
  return {
    ...base(run, FILE_ACTIVITY, FILE_ACTIVITIES.open, event.severity, number),
    message: event.message,
    actor: { app_name: 'integ', process: { name: 'integ' } },
    file: fileOf(event.path, event.type, event.after),
    status_id: FAILURE,
    status_code: event.failure?.code,
    status_detail: event.failure?.message,
    unmapped: { operation: event.failure?.operation, path_base64: event.pathBase64 },
  };
}

function eventObject(event: ReportEvent, number: number, run: EventContext): object {
  if (event.name === 'violation') return violationLine(event, number, run);
  return event.name === 'unread' ? unreadLine(event, number, run) : changeLine(event, number, run);
}

function summaryObject(number: number, run: EventContext): object {
  const { report } = run;
  const { summary, status, baseline, policy } = report;
  const isIncomplete = status === 'incomplete';
  const activity = isIncomplete ? SCAN_ERROR : SCAN_COMPLETED;
  const start = milliseconds(report.startedAt);
  const end = milliseconds(report.finishedAt);
  return {
    ...base(run, SCAN_ACTIVITY, activity, isIncomplete ? 'high' : 'info', number),
    message: headline(report),
    scan: { name: 'integ check', uid: report.id, type_id: UNKNOWN },
    status_id: isIncomplete ? FAILURE : SUCCESS,
    status_detail: status,
    start_time: start,
    end_time: end,
    duration: start === undefined || end === undefined || end < start ? undefined : end - start,
    total: summary.examined,
    num_detections: summary.added + summary.removed + summary.changed + summary.moved + summary.violations,
    num_skipped_items: summary.errors,
    policy: { name: policy.name, uid: policy.sha256 },
    unmapped: {
      status,
      exit_code: report.exitCode,
      ...findingCounts(summary),
      bytes: summary.bytes,
      baseline: { seal: baseline.seal, sequence: baseline.sequence, signature: baseline.signature.status },
      policy_matches_file: policy.matchesFile,
      limits: report.limits,
    },
  };
}

/** The lines, each with its newline. */
export function* ocsfReport(report: Report): Generator<string, void, undefined> {
  // Every report has the time; 0 is what stands for none.
  const run = { report, time: milliseconds(report.finishedAt) ?? 0 };
  let number = 0;
  for (const event of eventsOf(report)) {
    number += 1;
    yield `${jsonLine(eventObject(event, number, run))}\n`;
  }
  yield `${jsonLine(summaryObject(number + 1, run))}\n`;
}
