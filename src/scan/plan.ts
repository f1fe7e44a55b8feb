/** Where a walk starts: at the paths of the rules, each as deep as it is known, and none twice. */
import { baseName, comparePaths, isWithin, type Path, parentPath, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { DirectoryNodes } from '../model/directory-nodes.ts';
import { type Policy, watchesNothing } from '../model/rule.ts';
import { compilePattern, literalPrefix } from '../policy/glob.ts';
import { type Mount, mountOf } from '../system/mounts.ts';
import type { Pending } from './pending.ts';

/** The starting points of all rules, without those that the walk from another one comes by. */
export function startPaths(policy: Policy): readonly Path[] {
  const all = new Set<Path>();
  for (const rule of policy.rules) {
    for (const pattern of rule.paths) {
      for (const alternative of compilePattern(pattern)) all.add(literalPrefix(alternative));
    }
    if (!watchesNothing(rule.watch)) for (const { directory } of rule.match) all.add(directory);
  }
  const kept: Path[] = [];
  // In byte order an ancestor comes before what lies below it, though not always directly before.
  for (const path of [...all].sort(comparePaths)) {
    if (!kept.some((ancestor) => isWithin(path, ancestor))) kept.push(path);
  }
  return kept;
}

/** Groups starting points by the directory that holds them, as look-ups for the walk. */
export function planStarts(paths: readonly Path[], mounts: readonly Mount[]): Pending[] {
  const byDirectory = new Map<Path, Path[]>();
  for (const path of paths) {
    if (path === ROOT) continue;
    const parent = parentPath(path);
    byDirectory.set(parent, [...(byDirectory.get(parent) ?? []), baseName(path)]);
  }
  const nodes = new DirectoryNodes();
  const pending: Pending[] = [...byDirectory].map(([parent, names]) => ({
    node: nodes.at(parent),
    mountRoot: mountOf(mounts, parent)?.path ?? ROOT,
    identity: undefined,
    names,
  }));
  if (paths.includes(ROOT)) {
    pending.push({ node: undefined, mountRoot: ROOT, identity: undefined, names: [pathFromLatin1('')] });
  }
  return pending;
}
