/**
 * Paths of rules behind which a walk would see nothing: they lead through a symbolic link that is not one of the
 * recorded start links, to a place that no rule selects. A walk follows no links, so this must be said, or nobody looks
 * there.
 */
import { type Path, ROOT } from '../model/bytes.ts';
import { type Policy, type StartLink, watchesNothing } from '../model/rule.ts';
import { compilePattern, literalPrefix } from '../policy/glob.ts';
import { Selector } from '../policy/select.ts';
import { resolveLinks } from '../system/resolve.ts';
import type { Tree } from '../system/tree.ts';

export interface BlindLink {
  /** Index of the rule in the given policy. */
  readonly rule: number;
  /** The path, or the part of a glob before its first glob character. */
  readonly path: Path;
  readonly target: Path;
}

/** Looks at the literal part of every path. `policy` is the one with the targets of `known` watched too. */
export function findBlindLinks(policy: Policy, known: readonly StartLink[], tree: Tree): BlindLink[] {
  // The links on the way are watched as objects, by rules of their own.
  const followed = new Set(known.flatMap(({ path, target }) => [path, target]));
  const selector = new Selector(policy);
  const isSelected = (path: Path): boolean =>
    selector.govern(path, 'directory', ROOT) >= 0 || selector.govern(path, 'file', ROOT) >= 0;
  const found = new Map<Path, BlindLink>();
  for (const rule of policy.rules) {
    if (watchesNothing(rule.watch)) continue;
    const paths = rule.paths.flatMap((pattern) => compilePattern(pattern).map(literalPrefix));
    for (const path of [...paths, ...rule.match.map(({ directory }) => directory)]) {
      if (followed.has(path) || found.has(path)) continue;
      const target = resolveLinks(tree, path);
      if (target !== undefined && !isSelected(target)) found.set(path, { rule: rule.index, path, target });
    }
  }
  return [...found.values()];
}
