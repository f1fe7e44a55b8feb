/**
 * What can be expected of an object, each expectation held against its record: `require` in a policy. Objects beside the
 * judged one, such as the directories above it, come through an interface.
 */
import type { AttributeName, DigestName } from '../model/attributes.ts';
import { type Path, printable } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import {
  attributeBytes,
  decodeTime,
  groupId,
  ownerId,
  permissions,
  type RecordBytes,
  recordType,
} from '../model/record.ts';
import type { Requirement } from '../model/rule.ts';
import { formatAttribute } from '../model/values.ts';
import { LineSearch } from '../policy/lines.ts';

/** What must be looked at of an object beside what stat(2) gives. */
export interface Wanted {
  readonly digests: readonly DigestName[];
  readonly attributes: readonly AttributeName[];
}

/** Names of the examined system's users and groups. */
export interface AccountNames {
  uidOf(name: string): number | undefined;
  gidOf(name: string): number | undefined;
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
}

/** What an expectation may ask of the examined system. */
export interface Surroundings {
  readonly names: AccountNames;
  /** The directories above an object, without symbolic links, and those above each link on the way. */
  parents(path: Path): readonly Path[];
  examine(path: Path, wanted: Wanted): RecordBytes | Failure;
  /** The content of a regular file, one character a byte, or what kept us from reading all of it. */
  text(path: Path): string | Failure;
  /** Nanoseconds since 1970. */
  readonly now: bigint;
}

export type Values = Readonly<Record<string, string | boolean>>;

/** What is not as it should be, and what cannot be told. */
export interface Judgement {
  readonly expected: Values;
  readonly actual: Values;
  readonly unknown: readonly string[];
  readonly failures: readonly Failure[];
}

const NUMBER = /^\d+$/;
const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const WRITABLE_BY_OTHERS = 0o022;
const NANOSECONDS = 1_000_000_000n;
/** Clocks of file servers differ a little; what is further in the future hides its age. */
const FUTURE_SECONDS = 300n;
const NOTHING: Wanted = { digests: [], attributes: [] };

export function isFailure(examined: RecordBytes | string | Failure): examined is Failure {
  return typeof examined !== 'string' && !(examined instanceof Uint8Array);
}

/** Collects what is not as it should be, and what cannot be told. */
class Mismatches implements Judgement {
  readonly expected: Record<string, string | boolean> = {};
  readonly actual: Record<string, string | boolean> = {};
  readonly unknown: string[] = [];
  readonly failures: Failure[] = [];

  add(name: string, expected: string | boolean, actual: string | boolean): void {
    this.expected[name] = expected;
    this.actual[name] = actual;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function checkMode(record: RecordBytes, mode: NonNullable<Requirement['mode']>, found: Mismatches): void {
  const actual = permissions(record);
  if ('exact' in mode) {
    if (actual !== mode.exact) found.add('mode', octal(mode.exact), octal(actual));
  } else if ((actual & ~mode.max) !== 0) {
    found.add('mode', `at most ${octal(mode.max)}`, octal(actual));
  }
}

interface Account {
  readonly id: number;
  readonly kind: 'user' | 'group';
  readonly idOf: (name: string) => number | undefined;
  readonly nameOf: (id: number) => string | undefined;
}

function checkAccount(
  key: 'owner' | 'group',
  required: string | readonly string[],
  account: Account,
  found: Mismatches,
): void {
  const wanted = typeof required === 'string' ? [required] : required;
  // A number that is also somebody's name means the name, as with chown(1).
  const ids = wanted.map((one) => account.idOf(one) ?? (NUMBER.test(one) ? Number(one) : undefined));
  if (ids.includes(account.id)) return;
  const isNumber = wanted.every((one) => NUMBER.test(one) && account.idOf(one) === undefined);
  const actual = (isNumber ? undefined : account.nameOf(account.id)) ?? String(account.id);
  const names = wanted.join(' or ');
  const isNobody = ids.every((id) => id === undefined);
  found.add(key, names, isNobody ? `${actual} (there is no ${account.kind} ${names} here)` : actual);
}

function checkFlags(record: RecordBytes, wanted: readonly string[], found: Mismatches): void {
  const text = formatAttribute(record, 'flags');
  if (text === undefined) {
    found.unknown.push('flags');
    return;
  }
  const set = new Set(text.split(','));
  if (!wanted.every((flag) => set.has(flag))) found.add('flags', wanted.join(','), text);
}

function checkContent(record: RecordBytes, wanted: string, found: Mismatches): void {
  if (recordType(record) !== 'file') {
    found.add('sha256', wanted, `${recordType(record)}, not a regular file`);
    return;
  }
  const actual = formatAttribute(record, 'sha256');
  if (attributeBytes(record, 'sha256') === undefined || actual === undefined) found.unknown.push('sha256');
  else if (actual !== wanted.toLowerCase()) found.add('sha256', wanted.toLowerCase(), actual);
}

/** Whether who runs the file gets rights that were not his: by set-user-ID, set-group-ID or capabilities. */
function checkNoSetuid(record: RecordBytes, found: Mismatches): void {
  const type = recordType(record);
  // On a directory set-group-ID says who owns new files; a link has no mode of its own.
  if (type === 'directory' || type === 'symlink') return;
  const mode = permissions(record);
  const rights: string[] = (mode & (S_ISUID | S_ISGID)) === 0 ? [] : [`mode ${octal(mode)}`];
  if (type === 'file') {
    const caps = formatAttribute(record, 'caps');
    if (caps === undefined) found.unknown.push('no_setuid');
    else if (caps !== 'none') rights.push(`capabilities ${caps}`);
  }
  if (rights.length > 0) found.add('no_setuid', true, rights.join(', '));
}

/** Who may write to a directory above can put another object in the place of this one. */
function checkParents(path: Path, { parents, examine, names }: Surroundings, found: Mismatches): void {
  const wrong: string[] = [];
  for (const directory of parents(path)) {
    const record = examine(directory, NOTHING);
    if (isFailure(record)) {
      found.failures.push(record);
      continue;
    }
    // An access control list that lets somebody write shows in the bits of the group, which are its mask (acl(5)).
    const mode = permissions(record);
    if (ownerId(record) === 0 && (mode & WRITABLE_BY_OTHERS) === 0) continue;
    const owner = names.userName(ownerId(record)) ?? String(ownerId(record));
    wrong.push(`${printable(directory)} is ${octal(mode)} ${owner}`);
  }
  if (wrong.length > 0) found.add('parents_not_writable', true, wrong.join(', '));
}

/** Seconds as days, hours, minutes and seconds, the largest two: '31h 12m'. */
function age(seconds: bigint): string {
  const units = [
    ['d', 86400n],
    ['h', 3600n],
    ['m', 60n],
    ['s', 1n],
  ] as const;
  const at = units.findIndex(([, length]) => seconds >= length);
  const [name, length] = units[at] ?? (['s', 1n] as const);
  const next = units[at + 1];
  const rest = next === undefined ? 0n : (seconds % length) / next[1];
  return `${seconds / length}${name}${next === undefined || rest === 0n ? '' : ` ${rest}${next[0]}`}`;
}

function checkAge(record: RecordBytes, most: number, now: bigint, found: Mismatches): void {
  const bytes = attributeBytes(record, 'mtime');
  if (bytes === undefined) {
    found.unknown.push('max_age');
    return;
  }
  const seconds = now / NANOSECONDS - decodeTime(bytes).seconds;
  const expected = `at most ${age(BigInt(most))}`;
  if (seconds > BigInt(most)) found.add('max_age', expected, age(seconds));
  else if (seconds < -FUTURE_SECONDS) found.add('max_age', expected, `modified ${age(-seconds)} in the future`);
}

/** An expression as the policy has it. Values are escaped when the report is built, and only there. */
function asWritten(regex: string): string {
  return Buffer.from(regex, 'latin1').toString('utf8');
}

function checkLines(
  path: Path,
  record: RecordBytes,
  { matches, notMatches }: NonNullable<Requirement['content']>,
  { text }: Surroundings,
  found: Mismatches,
): void {
  const expected = [
    ...(matches === undefined ? [] : [`a line that matches ${asWritten(matches)}`]),
    ...(notMatches === undefined ? [] : [`no line that matches ${asWritten(notMatches)}`]),
  ].join(', ');
  if (recordType(record) !== 'file') {
    found.add('content', expected, `${recordType(record)}, not a regular file`);
    return;
  }
  const content = text(path);
  if (isFailure(content)) {
    found.failures.push(content);
    return;
  }
  const actual: string[] = [];
  if (matches !== undefined && new LineSearch(matches).firstMatch(content) === undefined)
    actual.push('has no such line');
  const line = notMatches === undefined ? undefined : new LineSearch(notMatches).firstMatch(content);
  // The line itself may hold what is not for every reader of reports.
  if (line !== undefined) actual.push(`line ${line} matches`);
  if (actual.length > 0) found.add('content', expected, actual.join(', '));
}

/** What must be read of an object to judge it. */
export function wantedFor(require: Requirement): Wanted {
  return {
    digests: require.sha256 === undefined ? [] : ['sha256'],
    attributes: require.noSetuid === true ? ['caps'] : [],
  };
}

/** Holds all expectations against an object that exists. */
export function judgeObject(
  path: Path,
  record: RecordBytes,
  require: Requirement,
  surroundings: Surroundings,
): Judgement {
  const { names, now } = surroundings;
  const found = new Mismatches();
  if (require.exists === false) found.add('exists', false, true);
  const type = recordType(record);
  if (require.type !== undefined && require.type !== type) found.add('type', require.type, type);
  if (require.owner !== undefined) {
    const owner: Account = {
      id: ownerId(record),
      kind: 'user',
      idOf: (name) => names.uidOf(name),
      nameOf: (id) => names.userName(id),
    };
    checkAccount('owner', require.owner, owner, found);
  }
  if (require.group !== undefined) {
    const group: Account = {
      id: groupId(record),
      kind: 'group',
      idOf: (name) => names.gidOf(name),
      nameOf: (id) => names.groupName(id),
    };
    checkAccount('group', require.group, group, found);
  }
  if (require.mode !== undefined) checkMode(record, require.mode, found);
  if (require.flags !== undefined) checkFlags(record, require.flags, found);
  if (require.sha256 !== undefined) checkContent(record, require.sha256, found);
  if (require.noSetuid === true) checkNoSetuid(record, found);
  if (require.parentsNotWritable === true) checkParents(path, surroundings, found);
  if (require.maxAge !== undefined) checkAge(record, require.maxAge, now, found);
  if (require.content !== undefined) checkLines(path, record, require.content, surroundings, found);
  return found;
}
