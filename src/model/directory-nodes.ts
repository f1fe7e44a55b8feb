/** The linked directories of entries that come by their paths, one node for each directory. Pure: it looks at no file. */
import { baseName, type Path, parentPath, pathFromLatin1, ROOT } from './bytes.ts';
import type { DirectoryNode } from './entry.ts';

export const ROOT_NODE: DirectoryNode = { parent: undefined, name: pathFromLatin1('') };

export class DirectoryNodes {
  readonly #nodes = new Map<Path, DirectoryNode>();
  readonly #most: number;
  readonly #longest: number;
  #length = 0;

  /**
   * `most`: when so many directories are remembered, they are forgotten and made again; `longest`: or when their paths
   * have so many bytes.
   */
  constructor(most = Number.POSITIVE_INFINITY, longest = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#longest = longest;
  }

  at(path: Path): DirectoryNode {
    if (this.#nodes.size > this.#most || this.#length > this.#longest) {
      this.#nodes.clear();
      this.#length = 0;
    }
    const missing: Path[] = [];
    let above = path;
    let node = this.#known(above);
    while (node === undefined) {
      missing.push(above);
      above = parentPath(above);
      node = this.#known(above);
    }
    for (const below of missing.reverse()) {
      node = { parent: node, name: baseName(below) };
      this.#nodes.set(below, node);
      this.#length += below.length;
    }
    return node;
  }

  /** The directory that holds an object; undefined for the root itself. */
  holderOf(path: Path): DirectoryNode | undefined {
    return path === ROOT ? undefined : this.at(parentPath(path));
  }

  #known(path: Path): DirectoryNode | undefined {
    return path === ROOT ? ROOT_NODE : this.#nodes.get(path);
  }
}
