/** Objects of a trial period that behave alike under names of one form in one directory: what one rule may be about. */
import { baseName, isReadable, type Path, parentPath } from '../../model/bytes.ts';
import type { ObjectHistory } from './trial.ts';

/** How objects behaved: `rewritten` in place, or they `come-and-go`; `directory`: it follows from what is in it. */
export type Behaviour = 'rewritten' | 'come-and-go' | 'directory';

/** What changes but once is an event and not a habit. */
export const HABIT = 2;
export interface HistoryGroup {
  readonly behaviour: Behaviour;
  readonly directory: Path;
  readonly glob: string | undefined;
  /** The names in the directory that the group is about. */
  readonly starts: Set<Path>;
  readonly members: ObjectHistory[];
}

export function checksOf(members: readonly ObjectHistory[]): ReadonlySet<number> {
  return new Set(members.flatMap(({ changedIn, cameOrWentIn }) => [...changedIn, ...cameOrWentIn]));
}

/** Puts objects of one behaviour and form of name in one directory together. */
export function gather(
  behaviour: Behaviour,
  histories: readonly ObjectHistory[],
  startOf: (path: Path) => Path,
  nameOf: (name: Path) => string | undefined,
): readonly HistoryGroup[] {
  const groups = new Map<string, HistoryGroup>();
  for (const history of histories) {
    const start = startOf(history.path);
    const directory = parentPath(start);
    const glob = isReadable(directory) ? nameOf(baseName(start)) : undefined;
    const key = JSON.stringify([directory, glob ?? ['exactly', start]]);
    const group = groups.get(key) ?? { behaviour, directory, glob, starts: new Set(), members: [] };
    group.starts.add(start);
    group.members.push(history);
    groups.set(key, group);
  }
  // One name has no form: it is itself.
  return [...groups.values()].map((group) => (group.starts.size === 1 ? { ...group, glob: undefined } : group));
}

/** The topmost of the objects above one that come and go as well: what covers it covers all below. */
export function topmostOf(histories: readonly ObjectHistory[]): (path: Path) => Path {
  const directories = new Set(histories.filter(({ type }) => type === 'directory').map(({ path }) => path));
  return (path) => {
    let top = path;
    for (let above = parentPath(path); above !== '/'; above = parentPath(above))
      if (directories.has(above)) top = above;
    return top;
  };
}

/** A single name comes and goes when it did so itself, and not when different things below it did. */
export function isHabit({ glob, starts, members }: HistoryGroup): boolean {
  const counted = glob === undefined ? members.filter(({ path }) => starts.has(path)) : members;
  return checksOf(counted).size >= HABIT;
}
