/**
 * THE table of requirements: what `require` in a policy can expect of an object, each declared once. The schema and the
 * compiler of policies, the judges, what another host may answer and the evidence have a row for each, or do not
 * compile.
 */
import type { AttributeName, DigestName, ObjectType } from './attributes.ts';

/** What a policy says for each kind. */
export interface RequiredValues {
  readonly exists: boolean;
  readonly type: ObjectType;
  /** Names or numbers, as written; of several, any. */
  readonly owner: string | readonly string[];
  readonly group: string | readonly string[];
  /** Permission bits with setuid, setgid and sticky; with `max`, none but these may be set. */
  readonly mode: { readonly exact: number } | { readonly max: number };
  /** Names of file flags that must be set, such as immutable. */
  readonly flags: readonly string[];
  /** 64 hex digits, lower case. */
  readonly sha256: string;
  /** Who runs the file gets no rights by it: no set-user-ID, no set-group-ID, no capabilities. */
  readonly noSetuid: true;
  /** No directory above may be written by anybody but root. */
  readonly parentsNotWritable: true;
  /** Seconds since the content was changed, at most. */
  readonly maxAge: number;
  /** Regular expressions, one character a byte: a line of the content must match, no line may. */
  readonly content: { readonly matches?: string; readonly notMatches?: string };
}

/** Expectations that hold whatever the baseline says. */
export type Requirement = Partial<RequiredValues>;

export type RequirementName = keyof RequiredValues;

/** What must be read of an object beside what stat(2) gives. */
export interface Wanted {
  readonly digests: readonly DigestName[];
  readonly attributes: readonly AttributeName[];
}

interface RequirementDefinition<Value> {
  /** Its name in policies, reports and answers of other hosts. */
  readonly key: string;
  readonly wants?: Partial<Wanted>;
  /** What is expected, as reports say it. Texts are as the policy has them: who prints escapes. */
  readonly words: (value: Value) => string | boolean;
}

type RequirementTable = { readonly [Name in RequirementName]: RequirementDefinition<RequiredValues[Name]> };

/** Permission bits as reports print them. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** Seconds as days, hours, minutes and seconds, the largest two: '31h 12m'. */
export function age(seconds: bigint): string {
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

function anyOf(names: string | readonly string[]): string {
  return typeof names === 'string' ? names : names.join(' or ');
}

/** An expression as the policy has it. */
function asWritten(regex: string): string {
  return Buffer.from(regex, 'latin1').toString('utf8');
}

function linesInWords({ matches, notMatches }: RequiredValues['content']): string {
  return [
    ...(matches === undefined ? [] : [`a line that matches ${asWritten(matches)}`]),
    ...(notMatches === undefined ? [] : [`no line that matches ${asWritten(notMatches)}`]),
  ].join(', ');
}

/** In the order in which reports tell what is expected. */
export const REQUIREMENTS = {
  exists: { key: 'exists', words: (exists) => exists },
  type: { key: 'type', words: (type) => type },
  owner: { key: 'owner', words: anyOf },
  group: { key: 'group', words: anyOf },
  mode: { key: 'mode', words: (mode) => ('exact' in mode ? octal(mode.exact) : `at most ${octal(mode.max)}`) },
  flags: { key: 'flags', words: (flags) => flags.join(',') },
  sha256: { key: 'sha256', wants: { digests: ['sha256'] }, words: (digest) => digest },
  noSetuid: { key: 'no_setuid', wants: { attributes: ['caps'] }, words: () => true },
  parentsNotWritable: { key: 'parents_not_writable', words: () => true },
  maxAge: { key: 'max_age', words: (seconds) => `at most ${age(BigInt(seconds))}` },
  content: { key: 'content', words: linesInWords },
} as const satisfies RequirementTable;

const TABLE: RequirementTable = REQUIREMENTS;

// Object.keys loses the key type; the object above is closed, so its keys are exactly the names, in table order.
export const REQUIREMENT_NAMES: readonly RequirementName[] = Object.keys(REQUIREMENTS) as RequirementName[];

/** Names of requirements in policies, reports and answers of other hosts. */
export type RequirementKey = (typeof REQUIREMENTS)[RequirementName]['key'];

const KEYS: ReadonlySet<string> = new Set(REQUIREMENT_NAMES.map((name) => REQUIREMENTS[name].key));

export function isRequirementKey(text: string): text is RequirementKey {
  return KEYS.has(text);
}

/** What must be read of an object to judge it. */
export function wantedFor(require: Requirement): Wanted {
  const wants = REQUIREMENT_NAMES.filter((name) => require[name] !== undefined).map((name) => TABLE[name].wants ?? {});
  return {
    digests: wants.flatMap(({ digests = [] }) => digests),
    attributes: wants.flatMap(({ attributes = [] }) => attributes),
  };
}

/** What one requirement expects, as reports say it; undefined where a policy expects nothing of the kind. */
export function expectedWords<Name extends RequirementName>(
  require: Requirement,
  name: Name,
): string | boolean | undefined {
  const value = require[name];
  return value === undefined ? undefined : TABLE[name].words(value);
}
