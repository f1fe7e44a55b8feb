/**
 * Which mounts are compared when the system is examined under another root directory than when its baseline was made:
 * as a mounted disk, an image or a copy. There its own root may be any directory, device names and mount options are
 * those of the system that examines it, and /proc and its like are not mounted at all. What still says something is
 * whether the file systems whose content was recorded are there, and of which type they are.
 */
import { type Path, ROOT } from '../model/bytes.ts';
import type { MountPoint } from '../model/entry.ts';

export interface ComparedMounts {
  readonly recorded: readonly MountPoint[];
  readonly found: readonly MountPoint[];
}

function byType(mount: MountPoint): MountPoint {
  return { ...mount, source: '', options: '' };
}

/** `isSameRoot`: the directory examined as root has the same name as then, so that all of each mount is compared. */
export function mountsToCompare(
  recorded: readonly MountPoint[],
  found: readonly MountPoint[],
  isSameRoot: boolean,
): ComparedMounts {
  if (isSameRoot) return { recorded, found };
  // Nothing was recorded below these, so that nothing is missing when they are. A mount that is new may hide something.
  const left = new Set<Path>([ROOT, ...recorded.filter(({ entered }) => !entered).map(({ path }) => path)]);
  const kept = (mounts: readonly MountPoint[]) => mounts.filter(({ path }) => !left.has(path)).map(byType);
  return { recorded: kept(recorded), found: kept(found) };
}
