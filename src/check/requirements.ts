/**
 * Judges `require` expectations: they hold whatever a baseline says, for the objects that the `paths` of a rule name
 * themselves and not for what lies below those, whichever rule governs the object. Objects and names of users come
 * through interfaces, so that this runs with and without a baseline.
 */
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { type RecordBytes, recordType } from '../model/record.ts';
import type { Remarks } from '../model/report.ts';
import { REQUIREMENT_NAMES, REQUIREMENTS, type Requirement, wantedFor } from '../model/requirement.ts';
import type { Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import { formatAttribute } from '../model/values.ts';
import { type Judging, judgeObject, type Values, type Verdict, type VerdictResult } from './expectations.ts';
import { isFailure, type Surroundings } from './surroundings.ts';

/**
 * Looks at single objects of the examined tree. `examine` gives the record, or ENOENT or ENOTDIR for what does not
 * exist.
 */
export interface RequirementProbe extends Surroundings {
  /** The objects that the paths of a rule name: literal ones whether they exist or not, and what globs match. */
  starts(rule: Rule): Iterable<Path>;
  /** What a path leads to through symbolic links: the path itself where none is on it or it leads nowhere. */
  target(path: Path): Path;
}

export interface Violation extends Remarks {
  readonly path: Path;
  readonly rule: string;
  readonly severity: Severity;
  /** Only what is not as it should be. */
  readonly expected: Values;
  readonly actual: Values;
}

/** What one kind of requirement of one rule came to for one object. */
export interface ObjectVerdict extends Verdict {
  readonly path: Path;
  readonly rule: string;
}

export interface RequirementResult {
  readonly violations: readonly Violation[];
  /** What could not be looked at. */
  readonly failures: readonly Failure[];
}

export interface JudgedRequirements extends RequirementResult {
  readonly verdicts: readonly ObjectVerdict[];
}

/** A violation of a rule, with what the rule says of itself. */
export function violationOf(rule: Rule, path: Path, expected: Values, actual: Values): Violation {
  const { name, severity, why, fix } = rule;
  const remarks = { ...(why === undefined ? {} : { why }), ...(fix === undefined ? {} : { fix }) };
  return { path, rule: name, severity, expected, actual, ...remarks };
}

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Expectations of one rule on one object. */
class ObjectCheck {
  readonly #rule: Rule;
  readonly #judging: Judging;
  readonly #violations: Violation[];
  readonly #failures: Failure[];
  readonly #verdicts: ObjectVerdict[];

  constructor(rule: Rule, require: Requirement, result: Collected) {
    this.#rule = rule;
    this.#judging = { require, showsPrivate: rule.diff?.isPrivate === true };
    this.#violations = result.violations;
    this.#failures = result.failures;
    this.#verdicts = result.verdicts;
  }

  /** Nothing is there. Whatever is expected of an object expects that it exists, unless `exists: false` says not. */
  absent(path: Path): void {
    const isKept = this.#judging.require.exists === false;
    this.#verdict(path, [{ requirement: 'exists', result: isKept ? 'kept' : 'violated' }]);
    if (!isKept) this.#violation(path, { exists: true }, { exists: false });
  }

  failed(failure: Failure): void {
    this.#failures.push(failure);
    this.#verdict(failure.path, asked(this.#judging.require, 'unjudged'));
  }

  /** `object`: the path, or what it leads to. */
  present(path: Path, object: Path, record: RecordBytes, surroundings: Surroundings): void {
    if (!this.#selects(path, record)) return;
    const { expected, actual, unknown, failures, verdicts } = judgeObject(object, record, this.#judging, surroundings);
    this.#failures.push(...failures);
    this.#verdict(path, verdicts);
    if (Object.keys(expected).length > 0) this.#violation(path, expected, ofLink(actual, record));
    if (unknown.length === 0) return;
    const message = `required ${unknown.join(', ')} cannot be read here`;
    this.#failures.push({ path, operation: 'require', code: 'UNJUDGED', message });
  }

  /** What a path names is judged whatever it has become; of what a glob matches, only what the rule is for. */
  #selects(path: Path, record: RecordBytes): boolean {
    const { types, paths } = this.#rule;
    return types.includes(recordType(record)) || paths.some(({ literal }) => literal === path);
  }

  #violation(path: Path, expected: Values, actual: Values): void {
    this.#violations.push(violationOf(this.#rule, path, expected, actual));
  }

  #verdict(path: Path, verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) this.#verdicts.push({ path, rule: this.#rule.name, ...verdict });
  }
}

/** Who may replace a link on the way decides too what a path that is followed means. */
function around(probe: RequirementProbe, path: Path, object: Path): Surroundings {
  if (path === object) return probe;
  return { ...probe, parents: () => [...new Set([...probe.parents(path), ...probe.parents(object)])] };
}

/** That it is the link that was judged, which nearly always has mode 0777, must be said. */
function ofLink(actual: Values, record: RecordBytes): Values {
  const target = recordType(record) === 'symlink' ? formatAttribute(record, 'target') : undefined;
  if (target === undefined) return actual;
  const words = (value: string | boolean): string | boolean =>
    typeof value === 'string' ? `${value}: is a symbolic link to ${target}` : value;
  return Object.fromEntries(Object.entries(actual).map(([name, value]) => [name, words(value)]));
}

interface Collected {
  readonly violations: Violation[];
  readonly failures: Failure[];
  readonly verdicts: ObjectVerdict[];
}

/** The same result for all that a rule expects. */
function asked(require: Requirement, result: VerdictResult): readonly Verdict[] {
  return REQUIREMENT_NAMES.filter((name) => require[name] !== undefined).map((name) => ({
    requirement: REQUIREMENTS[name].key,
    result,
  }));
}

export function checkRequirements(rules: readonly Rule[], probe: RequirementProbe): JudgedRequirements {
  const result: Collected = { violations: [], failures: [], verdicts: [] };
  for (const rule of rules) {
    if (rule.require === undefined) continue;
    const check = new ObjectCheck(rule, rule.require, result);
    const { digests, attributes } = wantedFor(rule.require);
    const wanted = { digests, attributes: [...attributes, 'target' as const] };
    let count = 0;
    for (const path of probe.starts(rule)) {
      count += 1;
      const object = rule.requireFollows === true ? probe.target(path) : path;
      const examined = probe.examine(object, wanted);
      // A link that is not followed to its end leads to nothing that could be as required.
      const leadsNowhere = rule.requireFollows === true && !isFailure(examined) && recordType(examined) === 'symlink';
      if (leadsNowhere) check.absent(path);
      else if (!isFailure(examined)) check.present(path, object, examined, around(probe, path, object));
      else if (ABSENT.has(examined.code)) check.absent(path);
      else check.failed(examined);
    }
    // Globs that match nothing name no object; only where existence itself is asked for is that a violation.
    if (count === 0 && rule.require.exists === true) {
      for (const { text } of rule.paths) check.absent(pathFromLatin1(text));
    }
  }
  return result;
}
