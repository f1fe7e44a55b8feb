/** THE table of package managers. Nothing outside of this folder names one. */
import type { Path } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { PACKAGE_MANAGER_NAMES, type PackageManagerName } from '../../model/packages.ts';
import { APK } from './apk.ts';
import { DPKG } from './dpkg/manager.ts';
import type { InstalledPackages, PackageDatabase, PackageManager } from './manager.ts';
import { RPM } from './rpm.ts';

const BY_NAME: Readonly<Record<PackageManagerName, PackageManager>> = { dpkg: DPKG, apk: APK, rpm: RPM };
const MANAGERS = PACKAGE_MANAGER_NAMES.map((name) => BY_NAME[name]);

/**
 * The packages of the system under a root. `exists`: whether something is at a path below it. A database that cannot be
 * read is a problem in the result.
 */
export function readInstalledPackages(root: Path, exists: (path: Path) => boolean): InstalledPackages {
  try {
    let found: InstalledPackages = { versions: new Map(), problem: undefined };
    for (const manager of MANAGERS) {
      const { versions, problem } = manager.installed(root, exists);
      found = { versions, problem: problem ?? found.problem };
      if (versions.size > 0) break;
    }
    return found;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { versions: new Map(), problem: `the package database could not be read: ${error.message}` };
  }
}

/**
 * The database of the first manager that has one which tells what packages hold; undefined where none does. Throws a
 * SystemError when it cannot be read.
 */
export function openPackageDatabase(root: Path): PackageDatabase | undefined {
  for (const manager of MANAGERS) {
    const database = manager.open?.(root);
    if (database !== undefined) return database;
  }
  return undefined;
}
