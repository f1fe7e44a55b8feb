/**
 * What a report says, as events in neutral fields, for the formats that other programs collect (CSV, ECS, OCSF, CEF,
 * SARIF, syslog). Here is decided once what an event is: consequences are left out as text folds them, what could not
 * be examined is an event of severity high. Each format only names the fields in its own words.
 */
import { DIGESTS_BY_STRENGTH, isDigestName, type ObjectType } from '../model/attributes.ts';
import { andMore } from '../model/excerpt.ts';
import type { ChangeKind, Report, ReportChange, ReportError, ReportSummary, ReportViolation } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import { explanationOf, explanationWords } from './explained.ts';
import { plain } from './plain.ts';
import { mismatchWords } from './violations.ts';
import { FLAG_WORDS } from './words.ts';

export type EventName = ChangeKind | 'violation' | 'unread';

/** By the name of the attribute, as text. */
export type Values = Readonly<Record<string, string>>;

/** One finding. Every text is printable. */
export interface ReportEvent {
  readonly name: EventName;
  readonly severity: Severity;
  readonly path: string;
  /** The exact bytes, when `path` does not show them. */
  readonly pathBase64: string | undefined;
  readonly type: ObjectType | undefined;
  /** Empty when no rule governs the object. */
  readonly rule: string;
  readonly from: string | undefined;
  readonly fromBase64: string | undefined;
  /** The attributes that differ; of a new object all of them in `after`, of one that is gone in `before`. */
  readonly before: Values;
  readonly after: Values;
  /** Of a violation, what must be; what is stands in `after`. */
  readonly expected: Values;
  readonly flags: readonly string[];
  readonly explained: string | undefined;
  /** Lines of a unified diff. */
  readonly diff: readonly string[];
  /** Of what could not be examined. */
  readonly failure: { readonly operation: string; readonly code: string; readonly message: string } | undefined;
  /** All that matters on one line. */
  readonly message: string;
}

/** Of what a run could not examine: worse than a change that somebody may have meant. */
export const UNREAD_SEVERITY: Severity = 'high';

const NOTHING: Values = {};

function plainIf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plain(text);
}

function side(attributes: ReportChange['attributes'], which: 'before' | 'after'): Values {
  const entries = Object.entries(attributes).flatMap(([name, value]) => {
    const text = value[which];
    return text === undefined ? [] : [[name, plain(text)] as const];
  });
  return Object.fromEntries(entries);
}

/** Of what is known in words of a changed file, so many sentences; they begin with the weightiest. */
const FACTS_IN_MESSAGE = 3;

function changeMessage(change: ReportChange, names: readonly string[]): string {
  const from = change.from === undefined ? '' : ` from ${change.from}`;
  const what = change.kind === 'changed' ? `: ${names.join(', ')}` : '';
  const flags = change.flags.map((flag) => `; ${FLAG_WORDS[flag]}`).join('');
  const facts = change.content?.facts ?? [];
  const told = andMore(facts, FACTS_IN_MESSAGE)
    .map((fact) => `; ${fact}`)
    .join('');
  return plain(`${change.kind} ${change.path}${from}${what}${flags}${told}`);
}

export function changeEvent(change: ReportChange): ReportEvent {
  // Computed at each access, so asked for once.
  const { attributes } = change;
  const explained = explanationOf(change);
  return {
    name: change.kind,
    severity: change.severity,
    path: plain(change.path),
    pathBase64: plainIf(change.pathBase64),
    type: change.type,
    rule: plain(change.rule),
    from: plainIf(change.from),
    fromBase64: plainIf(change.fromBase64),
    before: side(attributes, 'before'),
    after: side(attributes, 'after'),
    expected: NOTHING,
    flags: change.flags,
    explained: explained && explanationWords(explained),
    diff: change.content?.diff?.map(plain) ?? [],
    failure: undefined,
    message: changeMessage(change, Object.keys(attributes)),
  };
}

function valuesOf(values: ReportViolation['expected']): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(String(value))]));
}

export function violationEvent(violation: ReportViolation): ReportEvent {
  const expected = valuesOf(violation.expected);
  const actual = valuesOf(violation.actual);
  const mismatches = Object.entries(expected).map(([name, value]) => {
    return `${name} ${mismatchWords(name, value, actual[name] ?? 'unknown').join(', ')}`;
  });
  return {
    name: 'violation',
    severity: violation.severity,
    path: plain(violation.path),
    pathBase64: plainIf(violation.pathBase64),
    type: undefined,
    rule: plain(violation.rule),
    from: undefined,
    fromBase64: undefined,
    before: NOTHING,
    after: actual,
    expected,
    flags: [],
    explained: undefined,
    diff: [],
    failure: undefined,
    message: plain(`violated ${violation.path}: ${mismatches.join('; ')}`),
  };
}

export function errorEvent(error: ReportError): ReportEvent {
  const { operation, code, message } = error;
  return {
    name: 'unread',
    severity: UNREAD_SEVERITY,
    path: plain(error.path),
    pathBase64: plainIf(error.pathBase64),
    type: undefined,
    rule: '',
    from: undefined,
    fromBase64: undefined,
    before: NOTHING,
    after: NOTHING,
    expected: NOTHING,
    flags: [],
    explained: undefined,
    diff: [],
    failure: { operation: plain(operation), code: plain(code), message: plain(message) },
    message: plain(`not examined ${error.path}: ${operation}: ${code}: ${message}`),
  };
}

/** The changes that count: those that only follow from others are left out. */
export function* countedChanges({ changes }: Report): Generator<ReportChange, void, undefined> {
  for (const change of changes) if (change.consequence !== true) yield change;
}

/** In the order of the report: changes, violations, errors. */
export function* eventsOf(report: Report): Generator<ReportEvent, void, undefined> {
  for (const change of countedChanges(report)) yield changeEvent(change);
  for (const violation of report.violations) yield violationEvent(violation);
  for (const error of report.errors) yield errorEvent(error);
}

/** Names of what differs, those of `before` first. */
export function attributeNames({ before, after, expected }: ReportEvent): readonly string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(before), ...Object.keys(after)])];
}

/** The digest to show where there is room for one. */
export function mainDigest(values: Values): string | undefined {
  const name = DIGESTS_BY_STRENGTH.find((digest) => values[digest] !== undefined);
  return name === undefined ? undefined : values[name];
}

/** Whether the content differs, not only what the system says of the object. */
export function isContent(name: string): boolean {
  return name === 'size' || name === 'target' || name === 'type' || isDigestName(name);
}

/** Milliseconds since the epoch, or undefined for a time outside the years 0000 to 9999. */
export function milliseconds(time: string | undefined): number | undefined {
  const value = Date.parse(time ?? '');
  return Number.isNaN(value) ? undefined : value;
}

/** ISO 8601 with milliseconds, which is what those who index logs take; cut, not rounded. */
export function isoMilliseconds(time: string | undefined): string | undefined {
  const value = milliseconds(time);
  return value === undefined ? undefined : new Date(value).toISOString();
}

/** A whole number as a number where a double holds it, as text where not; undefined when it is none. */
export function wholeNumber(text: string | undefined): number | string | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** The last component of a printable path; of the root, the root. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** How many findings of each sort a run has, by the names that collectors get. */
export function findingCounts({ added, removed, changed, moved, violations, errors }: ReportSummary) {
  return { added, removed, changed, moved, violations, unread: errors };
}
