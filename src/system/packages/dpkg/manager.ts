/**
 * dpkg as one of the package managers: what is installed by its status file, and what packages hold by its database.
 */
import type { Path } from '../../../model/bytes.ts';
import type { InstalledPackages, PackageManager } from '../manager.ts';
import { DpkgDatabase, readDpkgStatus } from './database.ts';
import { malformedNote } from './status.ts';

function installed(root: Path): InstalledPackages {
  const { packages, malformed } = readDpkgStatus(root) ?? { packages: [], malformed: 0 };
  const found = packages.filter(({ isInstalled }) => isInstalled);
  return {
    versions: new Map(found.map(({ plainName, version }) => [plainName, version])),
    problem: malformedNote(malformed),
  };
}

export const DPKG: PackageManager = { name: 'dpkg', installed, open: (root) => DpkgDatabase.open(root) };
