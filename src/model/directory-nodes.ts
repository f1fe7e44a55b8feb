/**
 * The linked directories of entries that come by their paths, one node for each directory. Pure: it looks at no file.
 * They are found name by name: from Node.js 26 on, V8 keeps a whole copy of every string that was looked up in a map,
 * and the paths of a deep tree are together as long as the square of its depth.
 */
import { type Path, parentPath, pathFromLatin1, ROOT } from './bytes.ts';
import type { DirectoryNode } from './entry.ts';

export const ROOT_NODE: DirectoryNode = { parent: undefined, name: pathFromLatin1('') };

export class DirectoryNodes {
  readonly #below = new Map<DirectoryNode, Map<Path, DirectoryNode>>();
  readonly #most: number;
  readonly #longest: number;
  #count = 0;
  #length = 0;

  /**
   * `most`: when so many directories are remembered, they are forgotten and made again; `longest`: or when their names
   * have so many bytes.
   */
  constructor(most = Number.POSITIVE_INFINITY, longest = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#longest = longest;
  }

  at(path: Path): DirectoryNode {
    if (this.#count > this.#most || this.#length > this.#longest) {
      this.#below.clear();
      this.#count = 0;
      this.#length = 0;
    }
    let node = ROOT_NODE;
    for (let start = 1; start < path.length; ) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      node = this.#child(node, pathFromLatin1(path.slice(start, end)));
      start = end + 1;
    }
    return node;
  }

  /** The directory that holds an object; undefined for the root itself. */
  holderOf(path: Path): DirectoryNode | undefined {
    return path === ROOT ? undefined : this.at(parentPath(path));
  }

  #child(parent: DirectoryNode, name: Path): DirectoryNode {
    let children = this.#below.get(parent);
    if (children === undefined) {
      children = new Map();
      this.#below.set(parent, children);
    }
    const known = children.get(name);
    if (known !== undefined) return known;
    const node = { parent, name };
    children.set(name, node);
    this.#count += 1;
    this.#length += name.length;
    return node;
  }
}
