/**
 * Why an object is governed as it is, for a person. It goes through the rules one by one with the plain matcher, apart
 * from the automaton of the scan, so that each can be tested against the other.
 */
import type { ObjectType } from '../model/attributes.ts';
import { type Path, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { type MatchPattern, type PathPattern, type Policy, type Rule, watchesNothing } from '../model/rule.ts';
import { anchorOf, compilePattern, componentsOf, coversPath, deepestStart } from './glob.ts';
import { matchAnchor, matchesWholePath } from './match.ts';

/** What became of a rule whose paths cover the object. */
export type RuleVerdict =
  | { readonly kind: 'governs' }
  /** It would govern the object, and watches nothing. */
  | { readonly kind: 'leaves-out' }
  /** It selects the object, and so does a later rule, `by`. */
  | { readonly kind: 'overridden'; readonly by: number }
  | { readonly kind: 'excluded'; readonly by: PathPattern }
  /** The object lies `distance` components below the start, further than the rule's depth. */
  | { readonly kind: 'too-deep'; readonly distance: number }
  | { readonly kind: 'other-type' }
  /** A mount lies between the start and the object, and the rule does not cross mounts. */
  | { readonly kind: 'other-mount'; readonly mountRoot: Path }
  /** `ignore` or the scope takes the object away from every rule. */
  | { readonly kind: 'out-of-reach' };

interface ConsideredRule {
  readonly rule: number;
  /** The pattern that covers the object, and the object or ancestor that it matches. */
  readonly pattern: PathPattern | MatchPattern;
  readonly start: Path;
  readonly verdict: RuleVerdict;
}

export interface Explanation {
  readonly path: Path;
  /** Index of the rule that governs the object, or -1. */
  readonly governing: number;
  readonly ignoredBy: PathPattern | undefined;
  readonly isInScope: boolean;
  /** The rules whose paths cover the object, in the order of the policy. */
  readonly considered: readonly ConsideredRule[];
}

interface Start {
  readonly pattern: PathPattern | MatchPattern;
  readonly depth: number;
  /** See RuleStart of the selector: what a `**` stands for must not lead through a mount. */
  readonly anchor: number;
}

function deepestOf(rule: Rule, path: Path): Start | undefined {
  let deepest: Start | undefined;
  for (const pattern of rule.paths) {
    for (const alternative of compilePattern(pattern)) {
      const depth = deepestStart([alternative], path);
      if (depth < 0) continue;
      const anchor = Math.max(deepest?.anchor ?? 0, Math.min(depth, anchorOf(alternative)));
      deepest =
        depth > (deepest?.depth ?? -1) ? { pattern, depth, anchor } : { ...(deepest ?? { pattern, depth }), anchor };
    }
  }
  return deepest;
}

/** How the expressions of a rule select the object: by itself, so that `depth` says nothing of it. */
function matchOf(rule: Rule, path: Path): Start | undefined {
  let best: Start | undefined;
  for (const pattern of rule.match) {
    if (!matchesWholePath(pattern, path)) continue;
    const anchor = matchAnchor(pattern);
    if (best === undefined || anchor > best.anchor) best = { pattern, depth: componentsOf(path).length, anchor };
  }
  return best;
}

function refusal(rule: Rule, start: Start, path: Path, type: ObjectType | undefined, mountRoot: Path) {
  const distance = componentsOf(path).length - start.depth;
  const exclude = rule.exclude.find((pattern) => coversPath([pattern], path));
  if (exclude !== undefined) return { kind: 'excluded', by: exclude } as const;
  if (distance > rule.depth) return { kind: 'too-deep', distance } as const;
  const isBeforeMount = start.anchor < componentsOf(mountRoot).length;
  if (!rule.crossMounts && isBeforeMount) return { kind: 'other-mount', mountRoot } as const;
  if (type !== undefined && !rule.types.includes(type)) return { kind: 'other-type' } as const;
  return undefined;
}

/** The rule that governs an object of whatever type at a path, as far as paths can tell; undefined when none does. */
export function governingRule(policy: Policy, path: Path): Rule | undefined {
  return policy.rules[explainSelection(policy, undefined, path, undefined, ROOT).governing];
}

/** See Selector.explain. */
export function explainSelection(
  policy: Policy,
  scope: readonly PathPattern[] | undefined,
  path: Path,
  type: ObjectType | undefined,
  mountRoot: Path,
): Explanation {
  const ignoredBy = policy.ignore.find((pattern) => coversPath([pattern], path));
  const isInScope = scope === undefined || coversPath(scope, path);
  const isReachable = ignoredBy === undefined && isInScope;
  const names = componentsOf(path);
  const considered: ConsideredRule[] = [];
  let governing = -1;
  // The last rule that selects the object, whether it watches anything or not.
  let last = -1;
  // From the last rule to the first: the first that selects the object governs it.
  for (const [index, rule] of [...policy.rules.entries()].reverse()) {
    const ways = [deepestOf(rule, path), matchOf(rule, path)].filter((way) => way !== undefined);
    // Of two ways to be selected, one that is not refused counts.
    const start = ways.find((way) => refusal(rule, way, path, type, mountRoot) === undefined) ?? ways[0];
    if (start === undefined) continue;
    let verdict: RuleVerdict | undefined = refusal(rule, start, path, type, mountRoot);
    if (verdict === undefined && !isReachable) verdict = { kind: 'out-of-reach' };
    if (verdict === undefined && last >= 0) verdict = { kind: 'overridden', by: last };
    if (verdict === undefined) {
      last = index;
      const isLeftOut = watchesNothing(rule.watch);
      if (!isLeftOut) governing = index;
      verdict = isLeftOut ? { kind: 'leaves-out' } : { kind: 'governs' };
    }
    const startPath = start.depth === 0 ? ROOT : pathFromLatin1(`/${names.slice(0, start.depth).join('/')}`);
    considered.push({ rule: index, pattern: start.pattern, start: startPath, verdict });
  }
  return { path, governing, ignoredBy, isInScope, considered: considered.reverse() };
}
