/**
 * What can be said of the entries of a directory before their names are known, and which rule governs one of them. It
 * knows one directory, or rather all that stand alike; how one comes there is the affair of the selector.
 */
import { OBJECT_TYPES, type ObjectType } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import { type Rule, watchesNothing } from '../model/rule.ts';
import type { Purpose, Step } from './automaton.ts';
import { type DirectoryState, type Facts, type RuleStart, withMatches } from './directory-state.ts';
import type { RegexState } from './regex/match.ts';

/** Rule index when no rule governs an object. */
export const UNGOVERNED = -1;

const NO_PURPOSES: readonly Purpose[] = [];

function matchesOnlyByName(step: Step): boolean {
  return step.next === undefined && step.segment.kind === 'glob' && !step.segment.any;
}

function matchesAnyName(step: Step): boolean {
  return (
    step.next === undefined && (step.segment.kind === 'globstar' || (step.segment.kind === 'glob' && step.segment.any))
  );
}

/** What an expression of `match` is for. */
export interface MatchUse {
  readonly rule: number;
  /** As of a pattern: what comes after must not lead through a mount. */
  readonly anchor: number;
}

/** The rules of a policy, and what its expressions are for, by their position in the set. */
export interface RulesAndMatches {
  readonly rules: readonly Rule[];
  readonly uses: readonly MatchUse[];
}

/** What patterns and expressions say of one name. */
interface Look {
  readonly name: Path;
  /** Undefined when no pattern asks about the name. */
  readonly purposes: readonly Purpose[] | undefined;
  readonly state: RegexState;
}

/** The rules for names that no pattern asks about. */
interface UsualRules {
  readonly byType: ReadonlyMap<ObjectType, number>;
  /** Whether there is one for any type. */
  readonly any: boolean;
}

/** What can be said of the entries of a directory before their names are known. Shared by directories that agree. */
export class EntryTable {
  readonly #policy: RulesAndMatches;
  readonly #state: DirectoryState;
  readonly #facts: Facts;
  readonly #entryDepth: number;
  readonly #mountDepth: number;
  readonly #always: readonly Purpose[];
  readonly #byGlob: readonly Step[];
  readonly #byName: ReadonlyMap<Path, readonly Purpose[]>;
  /** For names that no pattern asks about, by where the expressions stand. */
  readonly #usual = new WeakMap<RegexState, UsualRules>();
  #last: Look | undefined;

  constructor(policy: RulesAndMatches, state: DirectoryState, entryDepth: number, mountDepth: number) {
    const { steps, facts } = state;
    this.#policy = policy;
    this.#state = state;
    this.#facts = facts;
    this.#entryDepth = entryDepth;
    this.#mountDepth = mountDepth;
    this.#always = steps.open.filter(matchesAnyName).map((step) => step.purpose);
    this.#byGlob = steps.open.filter(matchesOnlyByName);
    const byName = new Map<Path, readonly Purpose[]>();
    for (const [name, literals] of steps.literals) {
      const purposes = literals.filter((step) => step.next === undefined).map((step) => step.purpose);
      if (purposes.length > 0) byName.set(name, purposes);
    }
    this.#byName = byName;
  }

  rule(name: Path, type: ObjectType): number {
    const { purposes, state } = this.#look(name);
    if (purposes !== undefined) return this.#governing([...this.#always, ...purposes], state, type);
    return this.#usualAt(state).byType.get(type) ?? UNGOVERNED;
  }

  /** Whether a rule governs the entry if it is of one type or another. */
  selects(name: Path): boolean {
    const { purposes, state } = this.#look(name);
    if (purposes === undefined) return this.#usualAt(state).any;
    const matched = [...this.#always, ...purposes];
    return OBJECT_TYPES.some((type) => this.#governing(matched, state, type) !== UNGOVERNED);
  }

  /** What is asked twice of nearly every name: whether it is selected, and by which rule. */
  #look(name: Path): Look {
    if (this.#last?.name === name) return this.#last;
    let purposes = this.#byName.get(name);
    for (const { segment, purpose } of this.#byGlob) {
      if (segment.kind === 'glob' && segment.matches(name)) purposes = [...(purposes ?? NO_PURPOSES), purpose];
    }
    this.#last = { name, purposes, state: this.#state.regexAt(name) };
    return this.#last;
  }

  #usualAt(state: RegexState): UsualRules {
    const known = this.#usual.get(state);
    if (known !== undefined) return known;
    const byType = new Map(OBJECT_TYPES.map((type) => [type, this.#governing(this.#always, state, type)]));
    const usual = { byType, any: [...byType.values()].some((rule) => rule !== UNGOVERNED) };
    this.#usual.set(state, usual);
    return usual;
  }

  #governing(matched: readonly Purpose[], { accepted }: RegexState, type: ObjectType): number {
    const { rules, uses } = this.#policy;
    const facts = withMatches(this.#facts, matched, this.#entryDepth);
    if (facts.isIgnored || !facts.isInScope) return UNGOVERNED;
    let governing = UNGOVERNED;
    for (const [index, start] of facts.starts) {
      const rule = rules[index];
      if (index <= governing || rule === undefined || facts.excluded.has(index)) continue;
      if (reaches(rule, start, this.#entryDepth, this.#mountDepth) && rule.types.includes(type)) governing = index;
    }
    for (const number of accepted) {
      const { rule: index, anchor } = uses[number] ?? NO_USE;
      const rule = rules[index];
      if (index <= governing || rule === undefined || facts.excluded.has(index)) continue;
      if (isOnMount(rule, anchor, this.#mountDepth) && rule.types.includes(type)) governing = index;
    }
    return watched(rules, governing);
  }
}

/** Where a number is of no expression. */
export const NO_USE: MatchUse = { rule: UNGOVERNED, anchor: 0 };

/** The governing rule, or -1 for one that watches nothing. */
export function watched(rules: readonly Rule[], governing: number): number {
  const rule = rules[governing];
  return rule === undefined || watchesNothing(rule.watch) ? UNGOVERNED : governing;
}

/** Whether what began at `anchor` may go on where the mount begins at `mountDepth`. */
export function isOnMount(rule: Rule, anchor: number, mountDepth: number): boolean {
  return rule.crossMounts || anchor >= mountDepth;
}

/**
 * Whether a rule that started at or above an object still selects at `depth`, when the mount there begins at
 * `mountDepth`.
 */
export function reaches(rule: Rule, start: RuleStart, depth: number, mountDepth: number): boolean {
  return depth - start.depth <= rule.depth && isOnMount(rule, start.anchor, mountDepth);
}
