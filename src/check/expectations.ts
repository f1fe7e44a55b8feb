/**
 * What can be expected of an object, each expectation held against its record: `require` in a policy. Objects beside
 * the judged one, such as the directories above it, come through an interface.
 */
import { type Path, printable } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { andMore } from '../model/excerpt.ts';
import {
  attributeBytes,
  decodeTime,
  groupId,
  ownerId,
  permissions,
  type RecordBytes,
  recordType,
} from '../model/record.ts';
import {
  age,
  expectedWords,
  octal,
  REQUIREMENT_NAMES,
  REQUIREMENTS,
  type RequiredValues,
  type Requirement,
  type RequirementKey,
  type RequirementName,
  type Wanted,
} from '../model/requirement.ts';
import { formatAttribute } from '../model/values.ts';
import { type FoundLine, LineSearch } from '../policy/line-search.ts';
import { shownLine } from './shown-line.ts';
import { isFailure, type Surroundings } from './surroundings.ts';

export type Values = Readonly<Record<string, string | boolean>>;

/** What is not as it should be, and what cannot be told. */
export interface Judgement {
  readonly expected: Values;
  readonly actual: Values;
  readonly unknown: readonly string[];
  readonly failures: readonly Failure[];
  /** What each kind of expectation came to, in table order. */
  readonly verdicts: readonly Verdict[];
}

export type VerdictResult = 'kept' | 'violated' | 'unjudged';

export interface Verdict {
  /** As the policy names the kind. */
  readonly requirement: RequirementKey;
  readonly result: VerdictResult;
}

/** What of a rule its objects are judged by. */
export interface Judging {
  readonly require: Requirement;
  /** Whether lines of files that not everybody may read may be shown too. */
  readonly showsPrivate: boolean;
}

const NUMBER = /^\d+$/;
const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const WRITABLE_BY_OTHERS = 0o022;
const NANOSECONDS = 1_000_000_000n;
/** Clocks of file servers differ a little; what is further in the future hides its age. */
const FUTURE_SECONDS = 300n;
const NOTHING: Wanted = { digests: [], attributes: [] };

interface JudgedObject {
  readonly path: Path;
  readonly record: RecordBytes;
  readonly surroundings: Surroundings;
  readonly showsPrivate: boolean;
}

/** What one expectation came to; nothing where it is kept. */
interface Outcome {
  /** What is there in place of what is expected. */
  readonly actual?: string | boolean | undefined;
  /** What is expected, where it is only a part of what the policy says. */
  readonly expected?: string | boolean | undefined;
  /** Whether it cannot be told here. */
  readonly isUnknown?: boolean;
  readonly failures?: readonly Failure[];
}

type Judge<Value> = (object: JudgedObject, required: Value) => Outcome;

const KEPT: Outcome = {};
const UNKNOWN: Outcome = { isUnknown: true };

interface Account {
  readonly id: number;
  readonly kind: 'user' | 'group';
  readonly idOf: (name: string) => number | undefined;
  readonly nameOf: (id: number) => string | undefined;
}

function judgeAccount(required: string | readonly string[], { id, kind, idOf, nameOf }: Account): Outcome {
  const wanted = typeof required === 'string' ? [required] : required;
  // A number that is also somebody's name means the name, as with chown(1).
  const ids = wanted.map((one) => idOf(one) ?? (NUMBER.test(one) ? Number(one) : undefined));
  if (ids.includes(id)) return KEPT;
  const isNumber = wanted.every((one) => NUMBER.test(one) && idOf(one) === undefined);
  const actual = (isNumber ? undefined : nameOf(id)) ?? String(id);
  const isNobody = ids.every((one) => one === undefined);
  return { actual: isNobody ? `${actual} (there is no ${kind} ${wanted.join(' or ')} here)` : actual };
}

function judgeMode({ record }: JudgedObject, required: RequiredValues['mode']): Outcome {
  const actual = permissions(record);
  const isKept = 'exact' in required ? actual === required.exact : (actual & ~required.max) === 0;
  return isKept ? KEPT : { actual: octal(actual) };
}

function judgeFlags({ record }: JudgedObject, required: readonly string[]): Outcome {
  const actual = formatAttribute(record, 'flags');
  if (actual === undefined) return UNKNOWN;
  const set = new Set(actual.split(','));
  return required.every((flag) => set.has(flag)) ? KEPT : { actual };
}

function judgeDigest({ record }: JudgedObject, required: string): Outcome {
  if (recordType(record) !== 'file') return { actual: `${recordType(record)}, not a regular file` };
  const actual = formatAttribute(record, 'sha256');
  if (attributeBytes(record, 'sha256') === undefined || actual === undefined) return UNKNOWN;
  return actual === required ? KEPT : { actual };
}

/** Whether who runs the file gets rights that were not his: by set-user-ID, set-group-ID or capabilities. */
function judgeNoSetuid({ record }: JudgedObject): Outcome {
  const type = recordType(record);
  // On a directory set-group-ID says who owns new files; a link has no mode of its own.
  if (type === 'directory' || type === 'symlink') return KEPT;
  const mode = permissions(record);
  const rights: string[] = (mode & (S_ISUID | S_ISGID)) === 0 ? [] : [`mode ${octal(mode)}`];
  const caps = type === 'file' ? formatAttribute(record, 'caps') : 'none';
  if (caps !== undefined && caps !== 'none') rights.push(`capabilities ${caps}`);
  return { isUnknown: caps === undefined, actual: rights.length === 0 ? undefined : rights.join(', ') };
}

/** Who may write to a directory above can put another object in the place of this one. */
function judgeParents({ path, surroundings: { parents, examine, names } }: JudgedObject): Outcome {
  const wrong: string[] = [];
  const failures: Failure[] = [];
  for (const directory of parents(path)) {
    const record = examine(directory, NOTHING);
    if (isFailure(record)) {
      failures.push(record);
      continue;
    }
    // An access control list that lets somebody write shows in the bits of the group, which are its mask (acl(5)).
    const mode = permissions(record);
    if (ownerId(record) === 0 && (mode & WRITABLE_BY_OTHERS) === 0) continue;
    const owner = names.userName(ownerId(record)) ?? String(ownerId(record));
    wrong.push(`${printable(directory)} is ${octal(mode)} ${owner}`);
  }
  return { failures, actual: wrong.length === 0 ? undefined : wrong.join(', ') };
}

function judgeAge({ record, surroundings: { now } }: JudgedObject, most: number): Outcome {
  const bytes = attributeBytes(record, 'mtime');
  if (bytes === undefined) return UNKNOWN;
  const seconds = now / NANOSECONDS - decodeTime(bytes).seconds;
  if (seconds > BigInt(most)) return { actual: age(seconds) };
  return seconds < -FUTURE_SECONDS ? { actual: `modified ${age(-seconds)} in the future` } : KEPT;
}

function judgeLines(object: JudgedObject, { matches, notMatches }: RequiredValues['content']): Outcome {
  const { path, record, surroundings } = object;
  if (recordType(record) !== 'file') return { actual: `${recordType(record)}, not a regular file` };
  const content = surroundings.text(path);
  if (isFailure(content)) return { failures: [content] };
  const isMissing = matches !== undefined && new LineSearch(matches).matches(content).next().done === true;
  const wrong = notMatches === undefined ? [] : [...new LineSearch(notMatches).matches(content)];
  if (!isMissing && wrong.length === 0) return KEPT;
  const broken = {
    ...(isMissing ? { matches } : {}),
    ...(wrong.length === 0 || notMatches === undefined ? {} : { notMatches }),
  };
  return {
    expected: expectedWords({ content: broken }, 'content'),
    actual: [
      ...(isMissing ? ['has no such line'] : []),
      ...(wrong.length === 0 ? [] : [wrongLines(object, content, wrong)]),
    ].join(', '),
  };
}

/** Line numbers that are told beside that of the line that is shown. */
const MOST_NUMBERS = 5;

function wrongLines(object: JudgedObject, content: string, [first, ...others]: readonly FoundLine[]): string {
  const { path, record, surroundings, showsPrivate } = object;
  const shown = first && shownLine({ path, record, content, number: first.number, showsPrivate }, surroundings);
  const numbers = andMore(
    others.map(({ number }) => String(number)),
    MOST_NUMBERS,
  );
  return [
    `line ${first?.number} must not be there`,
    ...(numbers.length === 0 ? [] : [` (nor ${numbers.length === 1 ? 'line' : 'lines'} ${numbers.join(', ')})`]),
    ...(shown === undefined ? [] : [`: ${shown}`]),
  ].join('');
}

const JUDGES: { readonly [Name in RequirementName]: Judge<RequiredValues[Name]> } = {
  exists: (_, required) => (required ? KEPT : { actual: true }),
  type: ({ record }, required) => (recordType(record) === required ? KEPT : { actual: recordType(record) }),
  owner: ({ record, surroundings: { names } }, required) =>
    judgeAccount(required, {
      id: ownerId(record),
      kind: 'user',
      idOf: (name) => names.uidOf(name),
      nameOf: (id) => names.userName(id),
    }),
  group: ({ record, surroundings: { names } }, required) =>
    judgeAccount(required, {
      id: groupId(record),
      kind: 'group',
      idOf: (name) => names.gidOf(name),
      nameOf: (id) => names.groupName(id),
    }),
  mode: judgeMode,
  flags: judgeFlags,
  sha256: judgeDigest,
  noSetuid: judgeNoSetuid,
  parentsNotWritable: judgeParents,
  maxAge: judgeAge,
  content: judgeLines,
};

function judge<Name extends RequirementName>(name: Name, object: JudgedObject, require: Requirement): Outcome {
  const required = require[name];
  return required === undefined ? KEPT : JUDGES[name](object, required);
}

function resultOf({ actual, isUnknown = false, failures = [] }: Outcome): VerdictResult {
  if (actual !== undefined) return 'violated';
  return isUnknown || failures.length > 0 ? 'unjudged' : 'kept';
}

/** Holds all expectations against an object that exists. */
export function judgeObject(
  path: Path,
  record: RecordBytes,
  { require, showsPrivate }: Judging,
  surroundings: Surroundings,
): Judgement {
  const expected: Record<string, string | boolean> = {};
  const actual: Record<string, string | boolean> = {};
  const unknown: string[] = [];
  const failures: Failure[] = [];
  const verdicts: Verdict[] = [];
  for (const name of REQUIREMENT_NAMES) {
    if (require[name] === undefined) continue;
    const { key } = REQUIREMENTS[name];
    const outcome = judge(name, { path, record, surroundings, showsPrivate }, require);
    verdicts.push({ requirement: key, result: resultOf(outcome) });
    const words = outcome.expected ?? expectedWords(require, name);
    if (outcome.actual !== undefined && words !== undefined) {
      expected[key] = words;
      actual[key] = outcome.actual;
    }
    if (outcome.isUnknown === true) unknown.push(key);
    failures.push(...(outcome.failures ?? []));
  }
  return { expected, actual, unknown, failures, verdicts };
}
