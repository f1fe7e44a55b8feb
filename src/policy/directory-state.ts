/**
 * How a directory stands towards the policy: which rules have started at or above it, which are excluded, whether it is
 * ignored or outside the scope. Children in which nothing changes share the state of their parent.
 */
import type { Path } from '../model/bytes.ts';
import type { Advance, Purpose, StepSet } from './automaton.ts';
import type { RegexSet, RegexState } from './regex/match.ts';

/** Where a rule starts at or above an object, as numbers of components. */
export interface RuleStart {
  /** The deepest object that a path of the rule matches: `depth` counts from here. */
  readonly depth: number;
  /** Where the way to it begins that must not lead through a mount: before the first `**`, else the object itself. */
  readonly anchor: number;
}

/** Facts that hold for an object and all below it. */
export interface Facts {
  /** By rule index. */
  readonly starts: ReadonlyMap<number, RuleStart>;
  /** Rules whose `exclude` covers the object. */
  readonly excluded: ReadonlySet<number>;
  readonly isIgnored: boolean;
  readonly isInScope: boolean;
}

/** Adds what matched at one object, `depth` components below the root, to what holds at its parent. */
export function withMatches(facts: Facts, matched: readonly Purpose[], depth: number): Facts {
  if (matched.length === 0) return facts;
  const starts = new Map(facts.starts);
  const excluded = new Set(facts.excluded);
  let { isIgnored, isInScope } = facts;
  for (const { kind, rule, anchor } of matched) {
    switch (kind) {
      case 'path':
        starts.set(rule, { depth, anchor: Math.max(starts.get(rule)?.anchor ?? 0, Math.min(depth, anchor)) });
        break;
      case 'exclude':
        excluded.add(rule);
        break;
      case 'ignore':
        isIgnored = true;
        break;
      case 'scope':
        isInScope = true;
        break;
      default:
        kind satisfies never;
    }
  }
  return { starts, excluded, isIgnored, isInScope };
}

export class DirectoryState {
  readonly facts: Facts;
  readonly steps: StepSet;
  /** Where the expressions of `match` stand after the path of the directory and a slash. */
  readonly regex: RegexState;
  readonly #regexes: RegexSet;

  private constructor(facts: Facts, steps: StepSet, regex: RegexState, regexes: RegexSet) {
    this.facts = facts;
    this.steps = steps;
    this.regex = regex;
    this.#regexes = regexes;
  }

  static ofRoot(root: Advance, hasScope: boolean, regexes: RegexSet): DirectoryState {
    const nothing: Facts = { starts: new Map(), excluded: new Set(), isIgnored: false, isInScope: !hasScope };
    const regex = regexes.advance(regexes.start, '/');
    return new DirectoryState(withMatches(nothing, root.matched, 0), root.steps, regex, regexes);
  }

  /** Where the expressions stand at an entry of the directory. */
  regexAt(name: Path): RegexState {
    return this.#regexes.advance(this.regex, name);
  }

  /** The state of a child directory, `depth` components below the root. */
  child(name: Path, depth: number): DirectoryState {
    const { steps, matched } = this.steps.advance(name);
    const facts = withMatches(this.facts, matched, depth);
    const regex = this.#regexes.advance(this.regexAt(name), '/');
    if (steps === this.steps && facts === this.facts && regex === this.regex) return this;
    return new DirectoryState(facts, steps, regex, this.#regexes);
  }
}
