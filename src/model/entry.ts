/**
 * What a scan delivers: entries and failures in one stream, so that a failure cannot be lost on a side path.
 * Directories are linked nodes rather than paths, so that a tree of any depth costs memory in proportion to its
 * directories.
 */
import { joinPath, type Path, pathFromBytes, ROOT } from './bytes.ts';
import type { Failure } from './errors.ts';
import type { RecordBytes } from './record.ts';

/** A directory that holds entries. The root of the tree has no parent and an empty name. */
export interface DirectoryNode {
  readonly parent: DirectoryNode | undefined;
  readonly name: Path;
}

export function directoryPath(node: DirectoryNode): Path {
  if (node.parent === undefined) return ROOT;
  const names: Path[] = [];
  for (let current = node; current.parent !== undefined; current = current.parent) names.push(current.name);
  return `/${names.reverse().join('/')}` as Path;
}

/** One examined object. The byte views are valid during the call that hands them over; copy what must outlive it. */
export interface Entry {
  /** The directory that holds the object; undefined for the root of the tree itself, whose name is empty. */
  readonly directory: DirectoryNode | undefined;
  readonly name: Buffer;
  /** Index of the rule that governs the object. */
  readonly rule: number;
  readonly record: RecordBytes;
}

export function entryPath(directory: DirectoryNode | undefined, name: Path): Path {
  return directory === undefined ? ROOT : joinPath(directoryPath(directory), name);
}

/** Paths of entries that come directory by directory: the path of a directory is put together once for all in it. */
export class EntryPaths {
  #directory: DirectoryNode | undefined;
  #prefix: Path = ROOT;

  of({ directory, name }: Entry): Path {
    if (directory === undefined) return ROOT;
    if (directory !== this.#directory) {
      this.#directory = directory;
      this.#prefix = directoryPath(directory);
    }
    return joinPath(this.#prefix, pathFromBytes(name));
  }
}

/** A mount that a scan met: where, what, and whether the walk went into it. */
export interface MountPoint {
  readonly path: Path;
  /** File system type as in mountinfo, such as ext4. */
  readonly type: string;
  /** Device or source as in mountinfo. */
  readonly source: string;
  /** Mount options of this mount, comma-separated, sorted. */
  readonly options: string;
  readonly entered: boolean;
}

/** An attribute that a file system or this platform cannot give; said once per run and file system. */
export interface Unavailable {
  readonly attribute: string;
  /** Type of the file system, such as tmpfs. */
  readonly fileSystem: string;
  /** One path on it, as an example. */
  readonly example: Path;
}

/** Receives a scan. Calls come on one thread, one at a time; the order of directories is not fixed. */
export interface ScanSink {
  entry(entry: Entry): void;
  /** All names of the directory that the policy selects have been handed over. */
  listed(directory: DirectoryNode): void;
  /** With `below`, nothing under the path was examined either. */
  failure(failure: Failure, below: boolean): void;
}

/** What a scan says of itself when it has ended. */
export interface ScanSummary {
  readonly examined: number;
  /** Bytes read for digests. */
  readonly bytes: bigint;
  readonly failures: number;
  readonly mounts: readonly MountPoint[];
  readonly unavailable: readonly Unavailable[];
}
