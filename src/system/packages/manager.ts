/**
 * What integ asks of a package manager. Its database is data of the examined system, which may be forged: everything is
 * parsed within bounds, and what it says proves nothing by itself (check/packages).
 */
import type { Path } from '../../model/bytes.ts';
import type { PackageKnowledge, PackageManagerName, RecordedPackage } from '../../model/packages.ts';

export interface InstalledPackages {
  /** Versions by name, one character a byte. */
  readonly versions: ReadonlyMap<string, string>;
  /** Why there are none, or not all, though there is a database. */
  readonly problem: string | undefined;
}

/** Which of the listed paths are wanted. */
export interface WantedPaths {
  readonly has: (path: Path) => boolean;
  /** Whether any of them may have this as its last name: where not, nobody need find out where the object is. */
  readonly mayHaveName: (name: Path) => boolean;
}

/**
 * What packages hold. All methods throw a SystemError when the database cannot be read or has more than there can be.
 */
export interface PackageDatabase {
  /** What of it could not be understood, for who reads the report. */
  readonly problem: string | undefined;

  /** What a baseline remembers of the installed packages, or of some, with those of their paths that are to be kept. */
  recorded(kept: WantedPaths, names?: ReadonlySet<string>): Iterable<RecordedPackage>;

  /**
   * What is known of the wanted paths. `suspects`: packages to be asked even where their lists have none of these
   * paths.
   */
  knowledge(wanted: ReadonlySet<Path>, suspects: ReadonlySet<string>): PackageKnowledge;
}

export interface PackageManager {
  readonly name: PackageManagerName;

  /**
   * Names and versions of what is installed; empty where it does not manage the system. `exists`: whether something is
   * at a path below the root. Throws a SystemError when its database cannot be read.
   */
  installed(root: Path, exists: (path: Path) => boolean): InstalledPackages;

  /** Undefined where it does not manage the system. Throws a SystemError when its database cannot be read. */
  open?(root: Path): PackageDatabase | undefined;
}
