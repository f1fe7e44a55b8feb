/**
 * Paths of rules that lead through symbolic links, such as /bin on a system with merged /usr. What they lead to is
 * watched, and so is every link on the way: whoever turns one of them decides what the path means.
 */
import { ATTRIBUTE_NAMES, isDigestName, OBJECT_TYPES } from '../model/attributes.ts';
import { type Path, pathFromLatin1, ROOT } from '../model/bytes.ts';
import type { Policy, Rule, StartLink, Watch } from '../model/rule.ts';
import { exactPattern } from '../policy/glob.ts';
import { Selector } from '../policy/select.ts';
import { followLinks } from '../system/resolve.ts';
import type { Tree } from '../system/tree.ts';

/**
 * Looks at every path without glob characters. For each that leads through links: the links on the way in their order,
 * without the path itself, then what it leads to. A link that leads nowhere is an object like any other.
 */
export function findStartLinks(policy: Policy, tree: Tree): StartLink[] {
  const found: StartLink[] = [];
  for (const rule of policy.rules) {
    for (const { literal } of rule.paths) {
      if (literal === undefined) continue;
      const path = pathFromLatin1(literal);
      const resolution = followLinks(tree, path);
      if (resolution === undefined) continue;
      const way = resolution.links.filter((link) => link !== path);
      for (const target of [...way, resolution.target]) found.push({ rule: rule.index, path, target });
    }
  }
  return found;
}

/** What one path of a rule leads to. */
export interface StartWay {
  readonly rule: number;
  readonly path: Path;
  /** Links on the way other than the path itself. */
  readonly way: readonly Path[];
  readonly target: Path;
}

/** Puts together what `findStartLinks` found for each path: the last one is where it leads. */
export function startWays(links: readonly StartLink[]): readonly StartWay[] {
  const ways: StartWay[] = [];
  let way: Path[] = [];
  for (const [index, { rule, path, target }] of links.entries()) {
    const next = links[index + 1];
    if (next?.rule === rule && next.path === path) {
      way.push(target);
      continue;
    }
    ways.push({ rule, path, way, target });
    way = [];
  }
  return ways;
}

/**
 * The policy with the targets of its start links and the links on the way watched too: rules put before all others, so
 * that any rule which selects such an object by its real path governs it. Of a path that is a link itself it is watched
 * where that leads, whatever the rule that governs it watches.
 */
export function withStartLinks(policy: Policy, links: readonly StartLink[]): Policy {
  const ways = startWays(links);
  const fallbacks = ways.flatMap(({ rule: index, way, target }) => {
    const rule = policy.rules[index];
    if (rule === undefined) return [];
    const ofTarget: Rule = { ...rule, paths: [exactPattern(target)], match: [], require: undefined };
    return way.length === 0 ? [ofTarget] : [ruleOfLinks(rule, way), ofTarget];
  });
  const rules: Rule[] = [...fallbacks, ...policy.rules].map((rule, index) => ({ ...rule, index }));
  const all = { ...policy, rules };
  const ofPaths = targetRules(all, [...new Set(ways.map(({ path }) => path))]);
  return { ...all, rules: [...rules, ...ofPaths.map((rule, index) => ({ ...rule, index: rules.length + index }))] };
}

/** Rules for those of the paths that may be links and are governed by a rule that does not watch where they lead. */
function targetRules({ rules, ...policy }: Policy, paths: readonly Path[]): readonly Rule[] {
  if (paths.length === 0 || rules.every(({ watch }) => watch.attributes.includes('target'))) return [];
  const selector = new Selector({ ...policy, rules });
  return paths.flatMap((path) => {
    const governing = rules[selector.govern(path, 'symlink', ROOT)];
    if (governing === undefined || governing.watch.attributes.includes('target')) return [];
    return [{ ...ruleOfLinks(governing, [path]), types: ['symlink'] }];
  });
}

/** Watches links as objects, and where they lead whatever else the rule watches. */
function ruleOfLinks(rule: Rule, links: readonly Path[]): Rule {
  const isWatched = (name: Watch['attributes'][number]): boolean =>
    name === 'target' || (rule.watch.attributes.includes(name) && !isDigestName(name));
  const attributes = ATTRIBUTE_NAMES.filter(isWatched);
  return {
    ...rule,
    paths: links.map(exactPattern),
    match: [],
    exclude: [],
    watch: { attributes, growing: false, appendOnly: false, digests: [] },
    depth: 0,
    types: OBJECT_TYPES,
    require: undefined,
  };
}
