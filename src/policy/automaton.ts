/**
 * All patterns of a policy as one automaton over the components of a path. Going down the tree, only the patterns that
 * can still match are carried along, so what a directory costs depends on those and not on the size of the policy.
 */
import type { Path } from '../model/bytes.ts';
import type { PathPattern, Policy } from '../model/rule.ts';
import { anchorOf, compilePattern } from './glob.ts';
import type { Segment } from './segment.ts';

/** What a pattern is for. `rule` is the index of its rule, -1 for `ignore` and `scope`. */
export interface Purpose {
  readonly kind: 'path' | 'exclude' | 'ignore' | 'scope';
  readonly rule: number;
  /**
   * How many components stand before the first `**` of the pattern; Infinity without one. What a `**` stands for is on
   * the way to the object and must not lead through a mount, so that the start counts from before it.
   */
  readonly anchor: number;
}

/** A pattern that is waiting for the next component; without `next` the pattern has matched when this one does. */
export interface Step {
  readonly segment: Segment;
  readonly next: Step | undefined;
  readonly purpose: Purpose;
}

/** What one component leads to. */
export interface Advance {
  readonly steps: StepSet;
  /** The patterns that match the path that ends with this component. */
  readonly matched: readonly Purpose[];
}

const NONE: readonly Step[] = [];

function matchesName(segment: Segment, name: Path): boolean {
  switch (segment.kind) {
    case 'literal':
      return segment.name === name;
    case 'glob':
      return segment.any || segment.matches(name);
    case 'globstar':
      return true;
    default:
      return segment satisfies never;
  }
}

/** Adds a step and, as `**` may stand for nothing, what follows it. */
function reach(step: Step, into: Set<Step>): void {
  into.add(step);
  if (step.segment.kind === 'globstar' && step.next !== undefined) into.add(step.next);
}

/** The steps that are possible in one directory, ordered by what a name can decide. */
export class StepSet {
  readonly steps: ReadonlySet<Step>;
  /** Steps that one name only can take. */
  readonly literals: ReadonlyMap<Path, readonly Step[]>;
  /** Steps that depend on the name in another way, or not at all. */
  readonly open: readonly Step[];

  constructor(steps: ReadonlySet<Step>) {
    const literals = new Map<Path, Step[]>();
    const open: Step[] = [];
    for (const step of steps) {
      const { segment } = step;
      if (segment.kind !== 'literal') open.push(step);
      else {
        const same = literals.get(segment.name);
        if (same === undefined) literals.set(segment.name, [step]);
        else same.push(step);
      }
    }
    this.steps = steps;
    this.literals = literals;
    this.open = open;
  }

  /**
   * Goes into a child. Returns this very set when the child has the same possibilities, so that tables can be shared.
   */
  advance(name: Path): Advance {
    const next = new Set<Step>();
    const matched: Purpose[] = [];
    for (const list of [this.literals.get(name) ?? NONE, this.open]) {
      for (const step of list) {
        if (!matchesName(step.segment, name)) continue;
        if (step.segment.kind === 'globstar') reach(step, next);
        if (step.next === undefined) matched.push(step.purpose);
        else if (step.segment.kind !== 'globstar') reach(step.next, next);
      }
    }
    return { steps: this.#isSame(next) ? this : new StepSet(next), matched };
  }

  #isSame(next: ReadonlySet<Step>): boolean {
    if (next.size !== this.steps.size) return false;
    for (const step of next) if (!this.steps.has(step)) return false;
    return true;
  }
}

type Use = Pick<Purpose, 'kind' | 'rule'>;

function addPattern(pattern: PathPattern, use: Use, into: Set<Step>, matchedRoot: Purpose[]): void {
  for (const alternative of compilePattern(pattern)) {
    const purpose = { ...use, anchor: anchorOf(alternative) };
    let step: Step | undefined;
    for (const segment of alternative.toReversed()) step = { segment, next: step, purpose };
    if (step === undefined) matchedRoot.push(purpose);
    else reach(step, into);
  }
}

/** What is possible below the root, and the patterns that match the root itself. */
export function buildAutomaton(policy: Policy, scope: readonly PathPattern[] | undefined): Advance {
  const steps = new Set<Step>();
  const matched: Purpose[] = [];
  const add = (patterns: readonly PathPattern[], kind: Purpose['kind'], rule: number): void => {
    for (const pattern of patterns) addPattern(pattern, { kind, rule }, steps, matched);
  };
  for (const [index, rule] of policy.rules.entries()) {
    add(rule.paths, 'path', index);
    add(rule.exclude, 'exclude', index);
  }
  add(policy.ignore, 'ignore', -1);
  if (scope !== undefined) add(scope, 'scope', -1);
  return { steps: new StepSet(steps), matched };
}
