/**
 * What a comparison needs of a baseline, as an interface, so that it knows neither files nor SQL; and lookups in it by
 * scanned directory.
 */
import { type Path, pathBytes } from '../model/bytes.ts';
import type { DirectoryNode } from '../model/entry.ts';
import { fromAbove } from '../model/from-above.ts';
import {
  ABOVE_ROOT,
  ROOT_DIRECTORY,
  recordedAt,
  type StoredEntries,
  type StoredEntry,
} from '../model/stored-entries.ts';

export interface StoredPathEntry extends StoredEntry {
  readonly path: Path;
  /** Id of the directory that holds the object. */
  readonly directory: number;
}

/** Verified contents of a baseline. Directory 0 holds the root object alone, under an empty name; 1 is the root. */
export interface BaselineEntries extends StoredEntries {
  readonly entryCount: number;
  /** Every entry, an object before what lies below it. */
  entries(): IterableIterator<StoredPathEntry>;
}

const NO_NAME = Buffer.alloc(0);

/** Finds scanned objects in a baseline. */
export class BaselineLookup {
  readonly #baseline: BaselineEntries;
  readonly #ids = new WeakMap<DirectoryNode, number | 'none'>();
  #lastNode: DirectoryNode | undefined;
  #lastId: number | 'none' = 'none';

  constructor(baseline: BaselineEntries) {
    this.#baseline = baseline;
  }

  /** The recorded object of that name, or undefined when none was recorded. */
  find(directory: DirectoryNode | undefined, name: Buffer): StoredEntry | undefined {
    if (directory === undefined) return this.#baseline.find(ABOVE_ROOT, NO_NAME);
    if (directory !== this.#lastNode) {
      this.#lastId = this.#idOf(directory);
      this.#lastNode = directory;
    }
    return this.#lastId === 'none' ? undefined : this.#baseline.find(this.#lastId, name);
  }

  findPath(path: Path): StoredEntry | undefined {
    return recordedAt(this.#baseline, path);
  }

  /**
   * The recorded object at a path, or the nearest above it that was recorded. One way down, however long the path is.
   */
  findNearest(path: Path): StoredEntry | undefined {
    let nearest = this.#baseline.find(ABOVE_ROOT, NO_NAME);
    let id: number | undefined = ROOT_DIRECTORY;
    for (const name of path.split('/')) {
      if (name === '') continue;
      if (id === undefined) break;
      const bytes = Buffer.from(name, 'latin1');
      nearest = this.#baseline.find(id, bytes) ?? nearest;
      id = this.#baseline.directory(id, bytes);
    }
    return nearest;
  }

  #idOf(directory: DirectoryNode): number | 'none' {
    return fromAbove<DirectoryNode | undefined, number | 'none'>(directory, {
      known: (node) => (node?.parent === undefined ? ROOT_DIRECTORY : this.#ids.get(node)),
      above: (node) => node?.parent,
      below: (parent, node) => {
        if (node === undefined) return parent;
        const id = parent === 'none' ? parent : (this.#baseline.directory(parent, pathBytes(node.name)) ?? 'none');
        this.#ids.set(node, id);
        return id;
      },
    });
  }
}
