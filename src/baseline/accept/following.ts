/**
 * Findings that hang together when some are accepted: what only follows from others, and moves to a name that another
 * object still holds. Judges each finding by the others alone, never by what a baseline records.
 */
import { type Path, parentPath } from '../../model/bytes.ts';
import type { FindingState } from '../../model/finding-state.ts';

/**
 * What follows from accepted findings: directories that hold one or held it, the new log in the place of a rotated one,
 * and what moved along in a directory.
 */
export function following(
  accepted: readonly FindingState[],
  consequences: readonly FindingState[],
): readonly FindingState[] {
  const touched = new Set<Path>();
  const moves = new Map<Path, Path>();
  for (const { kind, path, from } of accepted) {
    touched.add(parentPath(path));
    if (from === undefined) continue;
    touched.add(parentPath(from)).add(from);
    if (kind === 'moved') moves.set(from, path);
  }
  // A directory comes before what moved along in it.
  const topDown = [...consequences].sort((left, right) => left.path.length - right.path.length);
  return topDown.filter(({ kind, path, from }) => {
    if (kind !== 'moved' || from === undefined) return touched.has(path);
    if (moves.get(parentPath(from)) !== parentPath(path)) return false;
    moves.set(from, path);
    return true;
  });
}

/**
 * Takes moves out again whose new name belongs to an object that the report says has gone from there, unless that is
 * accepted too: the object would vanish from the baseline unseen. One may depend on the next, as logs do. Those taken
 * out.
 */
export function crowded(
  applying: Set<FindingState>,
  vacated: ReadonlySet<Path>,
  followers: () => readonly FindingState[],
): readonly FindingState[] {
  const refused: FindingState[] = [];
  for (;;) {
    const free = new Set<Path>();
    for (const { kind, path, from } of [...applying, ...followers()]) {
      if (kind === 'removed') free.add(path);
      if (from !== undefined) free.add(from);
    }
    const inTheWay = [...applying].filter(
      ({ replaced, path }) => replaced !== undefined && vacated.has(path) && !free.has(path),
    );
    if (inTheWay.length === 0) return refused;
    for (const state of inTheWay) applying.delete(state);
    refused.push(...inTheWay);
  }
}
