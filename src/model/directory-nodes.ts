/**
 * The linked directories of entries that come by their paths, one node for each directory. Pure: it looks at no file.
 */
import { baseName, type Path, parentPath, pathFromLatin1, ROOT } from './bytes.ts';
import type { DirectoryNode } from './entry.ts';
import { type FromAbove, fromAbove } from './from-above.ts';

export const ROOT_NODE: DirectoryNode = { parent: undefined, name: pathFromLatin1('') };

export class DirectoryNodes {
  readonly #nodes = new Map<Path, DirectoryNode>();
  readonly #most: number;
  readonly #longest: number;
  #length = 0;
  readonly #steps: FromAbove<Path, DirectoryNode> = {
    known: (path) => (path === ROOT ? ROOT_NODE : this.#nodes.get(path)),
    above: parentPath,
    below: (parent, path) => {
      const node = { parent, name: baseName(path) };
      this.#nodes.set(path, node);
      this.#length += path.length;
      return node;
    },
  };

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
    return fromAbove(path, this.#steps);
  }

  /** The directory that holds an object; undefined for the root itself. */
  holderOf(path: Path): DirectoryNode | undefined {
    return path === ROOT ? undefined : this.at(parentPath(path));
  }
}
