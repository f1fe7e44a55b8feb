/** Directories of a stored baseline as a scan names them, so that its entries can be written again or compared. */
import type { Path } from '../model/bytes.ts';
import { ROOT_NODE } from '../model/directory-nodes.ts';
import type { DirectoryNode } from '../model/entry.ts';
import { fromAbove } from '../model/from-above.ts';
import { ABOVE_ROOT, ROOT_DIRECTORY } from '../model/stored-entries.ts';
import type { BaselineReader } from './reader.ts';

/** One node for each directory of a baseline, made when it is asked for. */
export class StoredDirectories {
  readonly #reader: BaselineReader;
  readonly #nodes = new Map<number, DirectoryNode>([[ROOT_DIRECTORY, ROOT_NODE]]);

  constructor(reader: BaselineReader) {
    this.#reader = reader;
  }

  /** The directory with this id; undefined for `ABOVE_ROOT`, which holds the root object alone. */
  node(directory: number): DirectoryNode | undefined {
    if (directory === ABOVE_ROOT) return undefined;
    const names = new Map<number, Path>();
    return fromAbove(directory, {
      known: (id) => this.#nodes.get(id),
      above: (id) => {
        const { parent, name } = this.#reader.placeOf(id);
        names.set(id, name);
        return parent;
      },
      below: (parent: DirectoryNode, id) => {
        const node = { parent, name: names.get(id) ?? this.#reader.placeOf(id).name };
        this.#nodes.set(id, node);
        return node;
      },
    });
  }
}
