/**
 * Judges `require` expectations: they hold whatever a baseline says, for the objects that the `paths` of a rule name
 * themselves and not for what lies below those, whichever rule governs the object. Objects and names of users come
 * through interfaces, so that this runs with and without a baseline.
 */
import type { DigestName } from '../model/attributes.ts';
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { attributeBytes, groupId, ownerId, permissions, type RecordBytes, recordType } from '../model/record.ts';
import type { Requirement, Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import { formatAttribute } from '../model/values.ts';

/** Looks at single objects of the examined tree. */
export interface RequirementProbe {
  /** The objects that the paths of a rule name: literal ones whether they exist or not, and what globs match. */
  starts(rule: Rule): Iterable<Path>;
  /** A record with these digests if it is a regular file, or the failure; ENOENT and ENOTDIR: it does not exist. */
  examine(path: Path, digests: readonly DigestName[]): RecordBytes | Failure;
}

/** Names of the examined system's users and groups. */
export interface AccountNames {
  uidOf(name: string): number | undefined;
  gidOf(name: string): number | undefined;
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
}

type Values = Readonly<Record<string, string | boolean>>;

export interface Violation {
  readonly path: Path;
  readonly rule: string;
  readonly severity: Severity;
  /** Only what is not as it should be. */
  readonly expected: Values;
  readonly actual: Values;
}

export interface RequirementResult {
  readonly violations: readonly Violation[];
  /** What could not be looked at. */
  readonly failures: readonly Failure[];
}

const NUMBER = /^\d+$/;
const SHA256: readonly DigestName[] = ['sha256'];
const NO_DIGESTS: readonly DigestName[] = [];
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

function isFailure(examined: RecordBytes | Failure): examined is Failure {
  return !(examined instanceof Uint8Array);
}

/** Collects what is not as it should be, and what cannot be told. */
class Mismatches {
  readonly expected: Record<string, string | boolean> = {};
  readonly actual: Record<string, string | boolean> = {};
  readonly unknown: string[] = [];

  add(name: keyof Requirement, expected: string | boolean, actual: string | boolean): void {
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

function checkAccount(key: 'owner' | 'group', wanted: string, account: Account, found: Mismatches): void {
  const known = account.idOf(wanted);
  // A number that is also somebody's name means the name, as with chown(1).
  const id = known ?? (NUMBER.test(wanted) ? Number(wanted) : undefined);
  if (id === account.id) return;
  const name = account.nameOf(account.id) ?? String(account.id);
  const actual = NUMBER.test(wanted) && known === undefined ? String(account.id) : name;
  found.add(key, wanted, id === undefined ? `${actual} (there is no ${account.kind} ${wanted} here)` : actual);
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
    found.add('sha256', wanted, 'not a regular file');
    return;
  }
  const actual = formatAttribute(record, 'sha256');
  if (attributeBytes(record, 'sha256') === undefined || actual === undefined) found.unknown.push('sha256');
  else if (actual !== wanted.toLowerCase()) found.add('sha256', wanted.toLowerCase(), actual);
}

function checkRecord(record: RecordBytes, require: Requirement, names: AccountNames): Mismatches {
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
  return found;
}

/** Expectations of one rule on one object. */
class ObjectCheck {
  readonly #rule: Rule;
  readonly #require: Requirement;
  readonly #violations: Violation[];
  readonly #failures: Failure[];

  constructor(rule: Rule, require: Requirement, violations: Violation[], failures: Failure[]) {
    this.#rule = rule;
    this.#require = require;
    this.#violations = violations;
    this.#failures = failures;
  }

  /** Nothing is there. Whatever is expected of an object expects that it exists, unless `exists: false` says not. */
  absent(path: Path): void {
    if (this.#require.exists !== false) this.#violation(path, { exists: true }, { exists: false });
  }

  failed(failure: Failure): void {
    this.#failures.push(failure);
  }

  present(path: Path, record: RecordBytes, names: AccountNames): void {
    const { expected, actual, unknown } = checkRecord(record, this.#require, names);
    if (Object.keys(expected).length > 0) this.#violation(path, expected, actual);
    if (unknown.length === 0) return;
    const message = `required ${unknown.join(', ')} cannot be read here`;
    this.#failures.push({ path, operation: 'require', code: 'LOST', message });
  }

  #violation(path: Path, expected: Values, actual: Values): void {
    this.#violations.push({ path, rule: this.#rule.name, severity: this.#rule.severity, expected, actual });
  }
}

export function checkRequirements(
  rules: readonly Rule[],
  probe: RequirementProbe,
  names: AccountNames,
): RequirementResult {
  const violations: Violation[] = [];
  const failures: Failure[] = [];
  for (const rule of rules) {
    if (rule.require === undefined) continue;
    const check = new ObjectCheck(rule, rule.require, violations, failures);
    const digests = rule.require.sha256 === undefined ? NO_DIGESTS : SHA256;
    let count = 0;
    for (const path of probe.starts(rule)) {
      count += 1;
      const examined = probe.examine(path, digests);
      if (!isFailure(examined)) check.present(path, examined, names);
      else if (ABSENT.has(examined.code)) check.absent(path);
      else check.failed(examined);
    }
    // Globs that match nothing name no object; only where existence itself is asked for is that a violation.
    if (count === 0 && rule.require.exists === true) {
      for (const { text } of rule.paths) check.absent(pathFromLatin1(text));
    }
  }
  return { violations, failures };
}
