/**
 * Which packages owned the paths of findings when the baseline was made, as it records them. A list of a baseline from
 * elsewhere may be a bomb: only what was asked for is kept, and all lists together are bounded.
 */
import type { Path } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { MOST_PACKAGES, type RecordedPackage, UnpackingRoom, unpackPaths } from '../../model/packages.ts';

/**
 * The owners of each wanted path that had one. Throws a SystemError where the baseline records more than there can be.
 */
export function recordedOwners(
  recorded: readonly RecordedPackage[],
  wanted: ReadonlySet<Path>,
): ReadonlyMap<Path, readonly string[]> {
  if (recorded.length > MOST_PACKAGES) {
    throw new SystemError('read', 'EFBIG', 'the baseline records more packages than there can be');
  }
  const room = new UnpackingRoom();
  const owners = new Map<Path, string[]>();
  for (const { name, files } of recorded) {
    for (const path of unpackPaths(files, room) ?? []) {
      if (!wanted.has(path)) continue;
      const others = owners.get(path);
      if (others === undefined) owners.set(path, [name]);
      else if (others.at(-1) !== name) others.push(name);
    }
  }
  return owners;
}
