/** Hands a stored baseline to a comparison as if it had just been scanned, so that two of them can be compared. */
import { baseName, type Path, parentPath, pathBytes, pathFromLatin1, ROOT } from '../model/bytes.ts';
import type { DirectoryNode, ScanSink } from '../model/entry.ts';
import type { BaselineEntries } from './stored.ts';

const ROOT_NODE: DirectoryNode = { parent: undefined, name: pathFromLatin1('') };

/** Directories above the current entry, found again by path; entries come in canonical order, so few are made twice. */
class Ancestors {
  readonly #nodes: { readonly path: Path; readonly node: DirectoryNode }[] = [];

  /** The node of a directory. Ancestors that are no longer above anything are dropped. */
  nodeOf(directory: Path): DirectoryNode {
    const missing: Path[] = [];
    let path = directory;
    for (; path !== ROOT; path = parentPath(path)) {
      while ((this.#nodes.at(-1)?.path.length ?? 0) > path.length) this.#nodes.pop();
      if (this.#nodes.at(-1)?.path === path) break;
      missing.push(path);
    }
    if (path === ROOT) this.#nodes.length = 0;
    let node = this.#nodes.at(-1)?.node ?? ROOT_NODE;
    for (const next of missing.reverse()) {
      node = { parent: node, name: baseName(next) };
      this.#nodes.push({ path: next, node });
    }
    return node;
  }
}

/** Hands over every entry. What could not be examined when the baseline was made is for the caller to hand over. */
export function replayStored(stored: BaselineEntries, sink: ScanSink): void {
  const ancestors = new Ancestors();
  let parent: Path | undefined;
  let node = ROOT_NODE;
  for (const { path, rule, record } of stored.entries()) {
    if (path === ROOT) {
      sink.entry({ directory: undefined, name: Buffer.alloc(0), rule, record });
      continue;
    }
    const directory = parentPath(path);
    if (directory !== parent) {
      parent = directory;
      node = ancestors.nodeOf(directory);
    }
    sink.entry({ directory: node, name: pathBytes(baseName(path)), rule, record });
  }
}
