/** Where a baseline stores the object of a path: the id of a directory, and a name in it. It only looks up. */
import { baseName, type Path, parentPath, pathBytes, ROOT } from '../../model/bytes.ts';
import type { BaselineReader, StoredEntry } from '../reader.ts';
import { ABOVE_ROOT, ROOT_DIRECTORY } from '../schema.ts';

/** Id of the directory that holds an object, if anything is stored in it. */
export function directoryOf(reader: BaselineReader, path: Path): number | undefined {
  if (path === ROOT) return ABOVE_ROOT;
  let directory: number | undefined = ROOT_DIRECTORY;
  for (const name of parentPath(path).split('/')) {
    if (name !== '' && directory !== undefined) directory = reader.directory(directory, Buffer.from(name, 'latin1'));
  }
  return directory;
}

export function nameOf(path: Path): Buffer {
  return path === ROOT ? Buffer.alloc(0) : pathBytes(baseName(path));
}

export function recordedAt(reader: BaselineReader, path: Path): StoredEntry | undefined {
  const directory = directoryOf(reader, path);
  return directory === undefined ? undefined : reader.find(directory, nameOf(path));
}
