/**
 * The report as lines of JSON in the Elastic Common Schema: one event for each finding, then one for the run, which
 * also a clean and an incomplete run has. ECS has no fields for what was before and for most attributes of a file: they
 * stand under `integ`, by the names of integ.
 */
import { isDigestName, type ObjectType } from '../model/attributes.ts';
import type { Report } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import {
  attributeNames,
  type EventName,
  eventsOf,
  findingCounts,
  isContent,
  isoMilliseconds,
  milliseconds,
  nameOf,
  type ReportEvent,
  type Values,
  wholeNumber,
} from './events.ts';
import { headline } from './headline.ts';
import { jsonLine, plain } from './plain.ts';

const ECS_VERSION = '9.0.0';
const DATASET = 'integ.check';

const SEVERITY_NUMBER: Readonly<Record<Severity, number>> = { info: 10, low: 30, medium: 50, high: 70, critical: 90 };

/** As Auditbeat names them. */
const FILE_TYPES: Readonly<Record<ObjectType, string>> = {
  file: 'file',
  directory: 'dir',
  symlink: 'symlink',
  fifo: 'fifo',
  socket: 'socket',
  block: 'block_device',
  char: 'char_device',
};

const TYPE_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(FILE_TYPES));

/** The digests that ECS has fields for. */
const ECS_HASHES: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256', 'sha384', 'sha512']);
const TIMES: ReadonlyMap<string, string> = new Map([
  ['mtime', 'mtime'],
  ['ctime', 'ctime'],
  ['atime', 'accessed'],
  ['btime', 'created'],
]);
/** Numbers to integ, keywords to ECS; and what has the same name in both. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['inode', 'inode'],
  ['uid', 'uid'],
  ['gid', 'gid'],
  ['mode', 'mode'],
  ['owner', 'owner'],
  ['group', 'group'],
  ['target', 'target_path'],
]);

interface SortedValues {
  /** Fields of ECS below `file`. */
  readonly file: Record<string, unknown>;
  /** Digests that ECS does not know. */
  readonly hash: Values | undefined;
  /** Attributes that ECS does not know, and times with all their digits. */
  readonly attributes: Values | undefined;
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}

function sortValues(values: Values): SortedValues {
  const file: Record<string, unknown> = {};
  const known: Record<string, string> = {};
  const hash: Record<string, string> = {};
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const keyword = KEYWORDS.get(name);
    const time = TIMES.get(name);
    if (keyword !== undefined) file[keyword] = value;
    else if (name === 'type') file['type'] = TYPE_NAMES.get(value) ?? value;
    else if (name === 'size') file['size'] = wholeNumber(value);
    else if (ECS_HASHES.has(name)) known[name] = value;
    else if (isDigestName(name)) hash[name] = value;
    else attributes[name] = value;
    const iso = time === undefined ? undefined : isoMilliseconds(value);
    if (time !== undefined && iso !== undefined) file[time] = iso;
  }
  if (!isEmpty(known)) file['hash'] = known;
  return { file, hash: isEmpty(hash) ? undefined : hash, attributes: isEmpty(attributes) ? undefined : attributes };
}

interface Kind {
  readonly kind: string;
  readonly category: readonly string[];
  readonly type: readonly string[];
  readonly action: readonly string[];
  readonly outcome?: string;
}

const KINDS: Readonly<Record<Exclude<EventName, 'changed'>, Kind>> = {
  added: { kind: 'event', category: ['file'], type: ['creation'], action: ['created'] },
  removed: { kind: 'event', category: ['file'], type: ['deletion'], action: ['deleted'] },
  moved: { kind: 'event', category: ['file'], type: ['change'], action: ['moved'] },
  violation: { kind: 'alert', category: ['configuration'], type: ['info'], action: ['requirement_violated'] },
  unread: { kind: 'event', category: ['file'], type: ['info'], action: ['examine'], outcome: 'failure' },
};

function kindOf(event: ReportEvent): Kind {
  if (event.name !== 'changed') return KINDS[event.name];
  const names = attributeNames(event);
  const action = [
    ...(names.some(isContent) ? ['updated'] : []),
    ...(names.some((name) => !isContent(name)) ? ['attributes_modified'] : []),
  ];
  return { kind: 'event', category: ['file'], type: ['change'], action };
}

interface EventContext {
  readonly report: Report;
  readonly timestamp: string;
  /** What is the same in `integ` of every event. */
  readonly integ: Readonly<Record<string, unknown>>;
}

function common({ report, timestamp }: EventContext) {
  return { '@timestamp': timestamp, ecs: { version: ECS_VERSION }, host: { name: report.host } };
}

function eventLine(event: ReportEvent, number: number, run: EventContext): string {
  const after = sortValues(event.after);
  const before = sortValues(event.before);
  const { name, type, path, failure } = event;
  return jsonLine({
    ...common(run),
    message: event.message,
    event: {
      ...kindOf(event),
      id: `${run.report.id}-${number}`,
      module: 'integ',
      dataset: DATASET,
      severity: SEVERITY_NUMBER[event.severity],
    },
    file: {
      path,
      name: nameOf(path),
      ...(type === undefined ? {} : { type: FILE_TYPES[type] }),
      ...after.file,
    },
    ...(event.rule === '' ? {} : { rule: { name: event.rule } }),
    ...(failure === undefined
      ? {}
      : { error: { code: failure.code, message: failure.message, type: failure.operation } }),
    integ: {
      ...run.integ,
      finding: name,
      severity: event.severity,
      ...(event.pathBase64 === undefined ? {} : { path_base64: event.pathBase64 }),
      ...(event.from === undefined ? {} : { from: event.from }),
      ...(event.fromBase64 === undefined ? {} : { from_base64: event.fromBase64 }),
      ...(event.flags.length === 0 ? {} : { flags: event.flags }),
      ...(event.explained === undefined ? {} : { explained_by: event.explained }),
      ...(isEmpty(event.expected) ? {} : { expected: event.expected }),
      ...(after.hash === undefined ? {} : { hash: after.hash }),
      ...(after.attributes === undefined ? {} : { attributes: after.attributes }),
      ...(isEmpty(event.before) ? {} : { before }),
    },
  });
}

/** Nanoseconds, as ECS has it. */
function duration({ startedAt, finishedAt }: Report): number | undefined {
  const start = milliseconds(startedAt);
  const end = milliseconds(finishedAt);
  return start === undefined || end === undefined || end < start ? undefined : (end - start) * 1e6;
}

function summaryLine(number: number, run: EventContext): string {
  const { report } = run;
  const { summary, status } = report;
  const isIncomplete = status === 'incomplete';
  return jsonLine({
    ...common(run),
    message: headline(report),
    event: {
      kind: 'event',
      category: ['configuration'],
      type: ['info'],
      action: ['check'],
      outcome: isIncomplete ? 'failure' : 'success',
      id: `${report.id}-${number}`,
      module: 'integ',
      dataset: DATASET,
      start: isoMilliseconds(report.startedAt),
      end: isoMilliseconds(report.finishedAt),
      duration: duration(report),
    },
    integ: {
      ...run.integ,
      finding: 'summary',
      version: report.version,
      status,
      incomplete: isIncomplete,
      exit_code: report.exitCode,
      examined: summary.examined,
      bytes: summary.bytes,
      ...findingCounts(summary),
      policy: { name: report.policy.name, sha256: report.policy.sha256, matches_file: report.policy.matchesFile },
      ...(report.limits === undefined ? {} : { limits: report.limits }),
      ...(report.notes.length === 0 ? {} : { notes: report.notes }),
    },
  });
}

/** The lines, each with its newline. */
export function* ecsReport(report: Report): Generator<string, void, undefined> {
  const { baseline } = report;
  const integ = {
    run_id: report.id,
    // Nothing was compared when there was no baseline.
    ...(baseline.seal === '' ? {} : { baseline_id: baseline.seal, baseline_sequence: baseline.sequence }),
  };
  const run = { report, timestamp: isoMilliseconds(report.finishedAt) ?? plain(report.finishedAt), integ };
  let number = 0;
  for (const event of eventsOf(report)) {
    number += 1;
    yield `${eventLine(event, number, run)}\n`;
  }
  yield `${summaryLine(number + 1, run)}\n`;
}
