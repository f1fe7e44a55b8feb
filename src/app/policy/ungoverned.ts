/** Rules that govern nothing, since `ignore` or a later rule has all that they name. */

import { OBJECT_TYPES } from '../../model/attributes.ts';
import { type Path, parentPath, pathFromLatin1, printable, printableText, ROOT } from '../../model/bytes.ts';
import { type PathPattern, type Rule, watchesNothing } from '../../model/rule.ts';
import type { Explanation } from '../../policy/explain.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { Selector } from '../../policy/select.ts';
import type { Starts } from '../../policy/starts.ts';
import { type Mount, mountOf, readMounts } from '../../system/mounts.ts';
import type { Tree } from '../../system/tree.ts';
import { typeAt } from './type-at.ts';

/** Why one path of a rule gives it nothing. */
type Taken =
  | { readonly by: 'ignore'; readonly pattern: PathPattern; readonly path: Path }
  | { readonly by: 'rule'; readonly rule: Rule };

/**
 * A sentence for each rule that governs nothing of what its paths name, and for each path that `ignore` covers. Rules
 * with requirements are judged whatever governs their paths, and those that watch nothing govern nothing anyway.
 */
export function ungovernedLines(
  { policy, places }: Pick<LoadedPolicy, 'policy' | 'places'>,
  starts: Starts,
  tree: Tree,
  root: Path,
): readonly string[] {
  const selector = new Selector(policy);
  const mounts = readMounts(root);
  // What is not there may be a directory one day.
  const mayHoldMore = (path: Path): boolean => ['directory', undefined].includes(typeAt(tree, path));
  const lines: string[] = [];
  for (const rule of policy.rules) {
    if (watchesNothing(rule.watch) || rule.require !== undefined) continue;
    const named = starts.byRule.get(rule.index) ?? [];
    const taken = named.map((path) => {
      const why = takenFrom(selector, policy.rules, rule, path, mounts);
      const isWhole = why?.by !== 'rule' || coversBelow(why.rule, rule) || !mayHoldMore(path);
      return isWhole ? why : undefined;
    });
    const name = `Rule "${printableText(rule.name)}" (${places.rules[rule.index]})`;
    const ignored = taken.filter((why) => why?.by === 'ignore');
    for (const { path, pattern } of ignored) {
      const place = places.ignore[policy.ignore.indexOf(pattern)];
      lines.push(`${name}: ${printable(path)} is ignored by ${shown(pattern)} (${place})`);
    }
    if (rule.match.length > 0 || taken.length === 0 || taken.includes(undefined)) continue;
    const [later] = taken.flatMap((why) => (why?.by === 'rule' ? [why.rule] : []));
    if (later === undefined) continue;
    const watched = watchesNothing(later.watch) ? ', and watches nothing' : '';
    lines.push(
      `${name} governs nothing: rule "${printableText(later.name)}" (${places.rules[later.index]}) comes later and ` +
        `covers it${watched}`,
    );
  }
  return lines;
}

/** Undefined where the rule has the path, or may have something below it. */
function takenFrom(
  selector: Selector,
  rules: readonly Rule[],
  rule: Rule,
  path: Path,
  mounts: readonly Mount[],
): Taken | undefined {
  const mountRoot = mountOf(mounts, path === ROOT ? ROOT : parentPath(path))?.path ?? ROOT;
  if (OBJECT_TYPES.some((type) => selector.govern(path, type, mountRoot) === rule.index)) return undefined;
  const explanation = selector.explain(path, undefined, mountRoot);
  if (explanation.ignoredBy !== undefined) return { by: 'ignore', pattern: explanation.ignoredBy, path };
  const later = rules[overriding(explanation, rule.index) ?? -1];
  return later && { by: 'rule', rule: later };
}

function overriding({ considered }: Explanation, index: number): number | undefined {
  const verdict = considered.find(({ rule }) => rule === index)?.verdict;
  return verdict?.kind === 'overridden' ? verdict.by : undefined;
}

/** Whether a later rule that selects a directory selects all below it that the earlier one does. */
function coversBelow({ depth, exclude, types, crossMounts }: Rule, earlier: Rule): boolean {
  if (earlier.depth === 0) return true;
  if (!crossMounts && earlier.crossMounts) return false;
  return depth === Number.POSITIVE_INFINITY && exclude.length === 0 && types.length === OBJECT_TYPES.length;
}

function shown({ text }: PathPattern): string {
  return printable(pathFromLatin1(text));
}
