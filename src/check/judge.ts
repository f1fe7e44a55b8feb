/**
 * Makes findings: copies the records, adds flags and the severity that follows from rule and flags. It does not decide
 * whether something is a finding.
 */
import type { AttributeName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { RecordBytes } from '../model/record.ts';
import type { AttributeChange, FindingFlag } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { atLeast, type Severity } from '../model/severity.ts';
import type { Finding, RecordArena } from './finding.ts';
import { flagsOfAdded, flagsOfChanged, raisedSeverity } from './flags.ts';

/**
 * Rules come from the policy in a baseline and their numbers from its entries: who forged one need not have kept to it.
 */
export function noSuchRule(index: number): UserError {
  return new UserError('untrusted', `the baseline names a rule ${index}, which its policy does not have`, {
    hint: 'it was not written by integ: find out who made it, and take a copy known to be good',
  });
}

/** Throws a UserError `untrusted` when there is none. */
export function ruleAt(rules: readonly Rule[], index: number): Rule {
  const rule = rules[index];
  if (rule === undefined) throw noSuchRule(index);
  return rule;
}

/** What is known of an object that was recorded and is still there, here or under another name. */
export interface ChangedObject {
  readonly path: Path;
  /** Index of the rule that governs it now, and of the one that governed it in the recorded policy. */
  readonly rule: number;
  readonly recordedRule: number;
  readonly before: RecordBytes;
  readonly after: RecordBytes;
  readonly differences: readonly AttributeName[];
}

export interface MountFinding {
  readonly path: Path;
  readonly rule: number;
  readonly severity: Severity;
  readonly change: AttributeChange;
  readonly flag: FindingFlag;
  readonly recorded: RecordBytes | undefined;
}

export class Judge {
  readonly #rules: readonly Rule[];
  readonly #recordedRules: readonly Rule[];
  readonly #records: RecordArena;

  constructor(rules: readonly Rule[], recordedRules: readonly Rule[], records: RecordArena) {
    this.#rules = rules;
    this.#recordedRules = recordedRules;
    this.#records = records;
  }

  added(path: Path, rule: number, after: RecordBytes): Finding {
    const { severity, watch } = ruleAt(this.#rules, rule);
    const flags = flagsOfAdded(after);
    return {
      kind: 'added',
      path,
      rule,
      before: undefined,
      after: this.#records.add(after),
      differences: watch.attributes,
      from: undefined,
      mount: undefined,
      flags,
      severity: raisedSeverity(severity, flags),
      isConsequence: false,
    };
  }

  /** `rule` is an index into the recorded policy. */
  removed(path: Path, rule: number, before: RecordBytes): Finding {
    const { severity, watch } = ruleAt(this.#recordedRules, rule);
    return {
      kind: 'removed',
      path,
      rule,
      before: this.#records.add(before),
      after: undefined,
      differences: watch.attributes,
      from: undefined,
      mount: undefined,
      flags: [],
      severity,
      isConsequence: false,
    };
  }

  /** `more` are flags that do not follow from the two records alone. */
  changed(object: ChangedObject, more: readonly FindingFlag[] = [], isConsequence = false): Finding {
    const flags = [...flagsOfChanged(object.before, object.after, object.differences), ...more];
    return {
      kind: 'changed',
      path: object.path,
      rule: object.rule,
      before: this.#records.add(object.before),
      after: this.#records.add(object.after),
      differences: object.differences,
      from: undefined,
      mount: undefined,
      flags,
      severity: raisedSeverity(this.#stricter(object), flags),
      isConsequence,
    };
  }

  moved(from: Path, object: ChangedObject, isConsequence = false): Finding {
    return { ...this.changed(object, [], isConsequence), kind: 'moved', from };
  }

  /** A mount point without differences of its own; `recorded` is what the baseline holds at that path, if anything. */
  mount(mount: MountFinding): Finding {
    return {
      kind: 'changed',
      path: mount.path,
      rule: mount.rule,
      before: mount.recorded === undefined ? undefined : this.#records.add(mount.recorded),
      after: undefined,
      differences: [],
      from: undefined,
      mount: mount.change,
      flags: [mount.flag],
      severity: mount.severity,
      isConsequence: false,
    };
  }

  /** An object that came under another rule (it moved, or changed its type) is judged by the stricter of the two. */
  #stricter(object: ChangedObject): Severity {
    const now = ruleAt(this.#rules, object.rule).severity;
    const recorded = ruleAt(this.#recordedRules, object.recordedRule).severity;
    return atLeast(now, recorded) ? now : recorded;
  }
}
