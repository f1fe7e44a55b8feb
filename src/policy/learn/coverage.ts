/**
 * Which paths the rules for groups of objects would cover, found in one pass however many groups and paths there are.
 */
import { baseName, type Path, parentPath, pathFromLatin1 } from '../../model/bytes.ts';
import { compilePattern, deepestStart, parsePattern } from '../glob.ts';
import type { HistoryGroup } from './groups.ts';

interface NameGroup {
  readonly group: HistoryGroup;
  readonly covers: (name: Path) => boolean;
}

export class Coverage {
  readonly #exact = new Map<Path, HistoryGroup>();
  /** By directory. */
  readonly #globs = new Map<Path, NameGroup[]>();

  constructor(groups: Iterable<HistoryGroup>) {
    for (const group of groups) {
      const { directory, glob, starts } = group;
      if (glob === undefined) for (const start of starts) this.#exact.set(start, group);
      else {
        const inDirectory = this.#globs.get(directory) ?? [];
        inDirectory.push({ group, covers: nameTest(glob) });
        this.#globs.set(directory, inDirectory);
      }
    }
  }

  /** How many of the paths each group covers; those in `apart` do not count. */
  count(paths: Iterable<Path>, apart: ReadonlySet<Path> = new Set()): ReadonlyMap<HistoryGroup, number> {
    const counts = new Map<HistoryGroup, number>();
    for (const path of paths) {
      if (apart.has(path)) continue;
      for (const group of this.#covering(path)) counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    return counts;
  }

  *#covering(path: Path): Generator<HistoryGroup, void, undefined> {
    for (let place = path; place !== '/'; place = parentPath(place)) {
      const group = this.#exact.get(place);
      if (group !== undefined) yield group;
      for (const { group: other, covers } of this.#globs.get(parentPath(place)) ?? []) {
        if (covers(baseName(place))) yield other;
      }
    }
  }
}

function nameTest(glob: string): (name: Path) => boolean {
  const parsed = parsePattern(Buffer.from(`/${glob}`, 'latin1').toString('utf8'), 'path');
  if (!parsed.ok) throw new Error(`integ: internal error: ${glob}: ${parsed.problem}`);
  const alternatives = compilePattern(parsed.pattern);
  return (name) => deepestStart(alternatives, pathFromLatin1(`/${name}`)) === 1;
}
