/**
 * What a baseline holds, by directory and name, and how an object is found in it by its path. Pure: who stores it gives
 * it.
 */
import { baseName, type Path, parentPath, pathBytes, ROOT } from './bytes.ts';
import type { RecordBytes } from './record.ts';

/** What is stored under one name. */
export interface StoredEntry {
  /** Counts from 0 in the order of insertion; smaller than the number of entries. */
  readonly id: number;
  /** Index into the rules of the recorded policy. */
  readonly rule: number;
  readonly record: RecordBytes;
}

export interface StoredEntries {
  /** Id of the directory with this name, if anything below it is stored. */
  directory(parent: number, name: Buffer): number | undefined;
  find(directory: number, name: Buffer): StoredEntry | undefined;
}

/** The id of the root of the tree. The root object itself is the entry with the empty name in `ABOVE_ROOT`. */
export const ROOT_DIRECTORY = 1;
export const ABOVE_ROOT = 0;

/** Id of the directory that holds an object, if anything is stored in it. */
export function holderOf(entries: StoredEntries, path: Path): number | undefined {
  if (path === ROOT) return ABOVE_ROOT;
  let directory: number | undefined = ROOT_DIRECTORY;
  for (const name of parentPath(path).split('/')) {
    if (name !== '' && directory !== undefined) directory = entries.directory(directory, Buffer.from(name, 'latin1'));
  }
  return directory;
}

/** The name under which the directory holds an object: empty for the root. */
export function storedName(path: Path): Buffer {
  return path === ROOT ? Buffer.alloc(0) : pathBytes(baseName(path));
}

export function recordedAt(entries: StoredEntries, path: Path): StoredEntry | undefined {
  const directory = holderOf(entries, path);
  return directory === undefined ? undefined : entries.find(directory, storedName(path));
}
