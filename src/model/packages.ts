/**
 * Packages: what a baseline remembers of those that were installed, and what the package database of the examined system
 * says now. Paths are those of the objects themselves, with no symbolic link on the way. It decides nothing.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Path, pathFromBytes, pathFromLatin1 } from './bytes.ts';

/** Paths in raw deflate (RFC 1951), a NUL after each. Comes from a file: what is in it is known when it was unpacked. */
export type PackedPaths = Uint8Array;

/** Bytes of all paths of one package; the largest packages have some megabytes of them. */
const LONGEST_PATHS = 64 * 1024 * 1024;

export function packPaths(paths: readonly Path[]): PackedPaths {
  return deflateRawSync(Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'));
}

/** The paths, or undefined when the bytes are none that `packPaths` gave. */
export function unpackPaths(packed: PackedPaths): readonly Path[] | undefined {
  try {
    const text = pathFromBytes(inflateRawSync(packed, { maxOutputLength: LONGEST_PATHS }));
    if (text === '') return [];
    return text.endsWith('\0') ? text.slice(0, -1).split('\0').map(pathFromLatin1) : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** A package as it was installed when its files were recorded. */
export interface RecordedPackage {
  /** As dpkg names it: with the architecture where several may be installed together, as in libc6:amd64. */
  readonly name: string;
  readonly version: string;
  /** What it listed, as far as it was recorded. */
  readonly files: PackedPaths;
}

/** A package that lists a path. */
export interface PackageClaim {
  readonly package: string;
  /** MD5 of the content that the package ships, in lower-case hex. */
  readonly md5: string | undefined;
  /** The administrator is meant to edit it. */
  readonly isConffile: boolean;
}

/** Owner and mode that the administrator told the package manager to give to a path. */
export interface StatOverride {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
}

/** What a file of the package database is: about one package, and whether the package manager runs it. */
export interface DatabaseFile {
  readonly package: string;
  readonly isScript: boolean;
}

/** The package database of the examined system, for the paths that it was asked for. */
export interface PackageKnowledge {
  /** The package manager, as the report names it. */
  readonly by: 'dpkg';
  /** Of what is installed, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** Those that list a path, installed or removed with its configuration left. */
  readonly claims: (path: Path) => readonly PackageClaim[];
  readonly override: (path: Path) => StatOverride | undefined;
  readonly databaseFile: (path: Path) => DatabaseFile | undefined;
}
