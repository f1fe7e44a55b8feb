/**
 * Compares the mounts that a baseline recorded with those a scan met. A mount that comes, goes or is another one is a
 * finding of its own: it decides what everything below it means.
 */
import { comparePaths, type Path, ROOT } from '../model/bytes.ts';
import type { MountPoint } from '../model/entry.ts';
import type { AttributeChange, FindingFlag } from '../model/report.ts';

export interface MountDifference {
  readonly path: Path;
  readonly change: AttributeChange;
  readonly flag: FindingFlag;
}

function describe(mount: MountPoint): string {
  return [mount.type, mount.source, mount.options].filter((part) => part !== '').join(' ');
}

export function appearedMounts(recorded: readonly MountPoint[], found: readonly MountPoint[]): readonly MountPoint[] {
  const known = new Set(recorded.map((mount) => mount.path));
  return found.filter((mount) => !known.has(mount.path));
}

/** Differences in path order. Type, source and options count; whether the walk went in follows from the policy. */
export function compareMounts(
  recorded: readonly MountPoint[],
  found: readonly MountPoint[],
): readonly MountDifference[] {
  const now = new Map(found.map((mount) => [mount.path, mount]));
  const differences: MountDifference[] = appearedMounts(recorded, found).map((mount) => ({
    path: mount.path,
    change: { after: describe(mount) },
    flag: 'mount-appeared',
  }));
  for (const mount of recorded) {
    const other = now.get(mount.path);
    const before = describe(mount);
    if (other === undefined) {
      // Something is always mounted there; the scan did not come by it, as where all it looks at lies on other mounts.
      if (mount.path === ROOT) continue;
      differences.push({ path: mount.path, change: { before }, flag: 'mount-vanished' });
    } else if (describe(other) !== before) {
      differences.push({ path: mount.path, change: { before, after: describe(other) }, flag: 'mount-changed' });
    }
  }
  return differences.sort((left, right) => comparePaths(left.path, right.path));
}
