/**
 * Paths of rules behind which a walk would see nothing: they lead through a symbolic link to a place that no rule
 * selects and that was not recorded as where they lead. A walk follows no links, so this must be said, or nobody looks
 * there.
 */
import { type Path, ROOT } from '../model/bytes.ts';
import { type Policy, type StartLink, watchesNothing } from '../model/rule.ts';
import { compilePattern, literalPrefix } from '../policy/glob.ts';
import { Selector } from '../policy/select.ts';
import { followLinks, resolveLinks } from '../system/resolve.ts';
import type { Tree } from '../system/tree.ts';
import { startWays } from './start-links.ts';

export interface BlindLink {
  /** Index of the rule in the given policy. */
  readonly rule: number;
  /** The path, or the part of a glob before its first glob character. */
  readonly path: Path;
  readonly target: Path;
  /** Where the path led when that was recorded; undefined when it led through no link. */
  readonly recorded: Path | undefined;
}

/** Looks at the literal part of every path. `policy` is the one with the targets of `known` watched too. */
export function findBlindLinks(policy: Policy, known: readonly StartLink[], tree: Tree): BlindLink[] {
  const ways = new Map(startWays(known).map((way) => [way.path, way]));
  // The links on the way are watched as objects, by rules of their own.
  const followed = new Set(known.map(({ target }) => target));
  const selector = new Selector(policy);
  const isSelected = (path: Path): boolean =>
    selector.govern(path, 'directory', ROOT) >= 0 || selector.govern(path, 'file', ROOT) >= 0;
  const isWatched = (link: Path): boolean => selector.govern(link, 'symlink', ROOT) >= 0;
  const found = new Map<Path, BlindLink>();
  for (const rule of policy.rules) {
    if (watchesNothing(rule.watch)) continue;
    const paths = rule.paths.flatMap((pattern) => compilePattern(pattern).map(literalPrefix));
    for (const path of [...paths, ...rule.match.map(({ directory }) => directory)]) {
      if (found.has(path)) continue;
      const way = ways.get(path);
      if (way !== undefined) {
        const now = followLinks(tree, path);
        const recorded = new Set([way.path, ...way.way, way.target]);
        const isSeen =
          now === undefined ||
          ((recorded.has(now.target) || isSelected(now.target)) &&
            now.links.every((link) => recorded.has(link) || isWatched(link)));
        if (!isSeen) found.set(path, { rule: rule.index, path, target: now.target, recorded: way.target });
      } else if (!followed.has(path)) {
        const target = resolveLinks(tree, path);
        if (target !== undefined && !isSelected(target)) {
          found.set(path, { rule: rule.index, path, target, recorded: undefined });
        }
      }
    }
  }
  return [...found.values()];
}
