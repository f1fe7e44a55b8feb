/**
 * Judges `require` expectations: they hold whatever a baseline says, for the objects that the `paths` of a rule name
 * themselves and not for what lies below those, whichever rule governs the object. Objects and names of users come
 * through interfaces, so that this runs with and without a baseline.
 */
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { type RecordBytes, recordType } from '../model/record.ts';
import { type Requirement, wantedFor } from '../model/requirement.ts';
import type { Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import { isFailure, judgeObject, type Surroundings, type Values } from './expectations.ts';

/**
 * Looks at single objects of the examined tree. `examine` gives the record, or ENOENT or ENOTDIR for what does not
 * exist.
 */
export interface RequirementProbe extends Surroundings {
  /** The objects that the paths of a rule name: literal ones whether they exist or not, and what globs match. */
  starts(rule: Rule): Iterable<Path>;
}

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

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

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

  present(path: Path, record: RecordBytes, surroundings: Surroundings): void {
    if (!this.#selects(path, record)) return;
    const { expected, actual, unknown, failures } = judgeObject(path, record, this.#require, surroundings);
    this.#failures.push(...failures);
    if (Object.keys(expected).length > 0) this.#violation(path, expected, actual);
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
    this.#violations.push({ path, rule: this.#rule.name, severity: this.#rule.severity, expected, actual });
  }
}

export function checkRequirements(rules: readonly Rule[], probe: RequirementProbe): RequirementResult {
  const violations: Violation[] = [];
  const failures: Failure[] = [];
  for (const rule of rules) {
    if (rule.require === undefined) continue;
    const check = new ObjectCheck(rule, rule.require, violations, failures);
    const wanted = wantedFor(rule.require);
    let count = 0;
    for (const path of probe.starts(rule)) {
      count += 1;
      const examined = probe.examine(path, wanted);
      if (!isFailure(examined)) check.present(path, examined, probe);
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
