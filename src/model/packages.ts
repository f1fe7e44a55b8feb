/**
 * Packages: what a baseline remembers of those that were installed, and what the package database of the examined
 * system says now. Paths are those of the objects themselves, with no symbolic link on the way. It decides nothing.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Path, pathFromBytes, pathFromLatin1 } from './bytes.ts';
import { errorCode, SystemError } from './errors.ts';

/**
 * Paths in raw deflate (RFC 1951), a NUL after each. Comes from a file: what is in it is known when it was unpacked.
 */
export type PackedPaths = Uint8Array;

/** Bytes of all paths of one package; the largest packages have some megabytes of them. */
const LONGEST_PATHS = 64 * 1024 * 1024;
/** Of all packages together, ten times what a system has that installs whatever it finds. */
const LONGEST_TOTAL = 256 * 1024 * 1024;
const MOST_PATHS = 4_000_000;
/** Debian has some 70,000. */
export const MOST_PACKAGES = 200_000;

/** What may still be unpacked: a few packed bytes, of which anybody can make many, become gigabytes. */
export class UnpackingRoom {
  #bytes = LONGEST_TOTAL;
  #paths = MOST_PATHS;

  /** The longest that the next list may be. */
  get bytes(): number {
    return Math.min(LONGEST_PATHS, this.#bytes);
  }

  /** Throws a SystemError where nothing is left. */
  take(bytes: number, paths: number): void {
    this.#bytes -= bytes;
    this.#paths -= paths;
    if (this.#bytes <= 0 || this.#paths < 0) throw tooLarge();
  }
}

function tooLarge(): SystemError {
  return new SystemError('read', 'EFBIG', 'the recorded lists of packages are larger than those of any system');
}

/** Of most packages a small policy records nothing, and to compress nothing costs as much as a hundred paths. */
const NO_PATHS: PackedPaths = deflateRawSync('');

export function packPaths(paths: readonly Path[]): PackedPaths {
  if (paths.length === 0) return NO_PATHS;
  return deflateRawSync(Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'));
}

/**
 * The paths, or undefined when the bytes are none that `packPaths` gave. Throws a SystemError where they are too many.
 */
export function unpackPaths(packed: PackedPaths, room = new UnpackingRoom()): readonly Path[] | undefined {
  const bytes = inflated(packed, room);
  if (bytes === undefined) return undefined;
  let count = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) count += 1;
  room.take(bytes.length, count);
  const text = pathFromBytes(bytes);
  if (text === '') return [];
  return text.endsWith('\0') ? text.slice(0, -1).split('\0').map(pathFromLatin1) : undefined;
}

function inflated(packed: PackedPaths, room: UnpackingRoom): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: room.bytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** The package managers that integ knows, as reports name them, in the order in which they are asked. */
export const PACKAGE_MANAGER_NAMES = ['dpkg', 'apk', 'rpm'] as const;
export type PackageManagerName = (typeof PACKAGE_MANAGER_NAMES)[number];

/** A package as it was installed when its files were recorded. */
export interface RecordedPackage {
  /**
   * As the package manager names it: with the architecture where several may be installed together, as in libc6:amd64.
   */
  readonly name: string;
  readonly version: string;
  /** What it listed, as far as it was recorded. */
  readonly files: PackedPaths;
}

/** What a package says of a path. */
export interface PackageClaim {
  readonly package: string;
  /** MD5 of the content that the package ships, in lower-case hex. */
  readonly md5: string | undefined;
  /** The administrator is meant to edit it. */
  readonly isConffile: boolean;
  /** Its list has the path; otherwise only its digests or its conffiles name it. */
  readonly isListed: boolean;
  /** `unknown`: the status file does not know the package, and files about it are there all the same. */
  readonly state: 'installed' | 'removed' | 'unknown';
}

/** Owner and mode that the administrator told the package manager to give to a path. */
export interface StatOverride {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
}

/** The file in which these are kept, to hold it against what was recorded of it. */
export interface StatOverrides {
  readonly file: Path;
  /** Undefined: it is not there. */
  readonly bytes: Uint8Array | undefined;
  readonly of: (path: Path) => StatOverride | undefined;
  /** Whether a line names it, even one whose user or group this system does not know. */
  readonly names: (path: Path) => boolean;
}

/** What an object below the directory of the package database is; `state`: about no package, or of an unknown kind. */
export type DatabaseFile = { readonly kind: 'data' | 'script'; readonly package: string } | { readonly kind: 'state' };

/** The package database of the examined system, for the paths that it was asked for. */
export interface PackageKnowledge {
  /** The package manager, as the report names it. */
  readonly by: PackageManagerName;
  /** Of what is installed, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** Of every package that says something of a path, installed or not. */
  readonly claims: (path: Path) => readonly PackageClaim[];
  readonly overrides: StatOverrides;
  /** Whether what packages list there is elsewhere, or what they list elsewhere is there. */
  readonly isDiverted: (path: Path) => boolean;
  readonly databaseFile: (path: Path) => DatabaseFile | undefined;
  /** The command that puts the files of an installed package back as it ships them; undefined: none that is safe. */
  readonly restoring: (name: string) => string | undefined;
}
