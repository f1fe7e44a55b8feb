/** Follows symbolic links within the examined tree, where a user named a path that leads through one. */
import { baseName, type Path, parentPath, pathFromBytes, ROOT } from '../model/bytes.ts';
import { errorCode } from '../model/errors.ts';
import { S_IFMT } from '../model/record.ts';
import { follow, type MaybeLink } from './follow.ts';
import { Stat } from './kernel.ts';
import type { Tree } from './tree.ts';

const S_IFLNK = 0o120000;

/** What a path leads to through symbolic links. */
export interface Resolution {
  /** The links that were followed, each by its own path without links, in the order of the way. */
  readonly links: readonly Path[];
  /** The path without symbolic links at the end. */
  readonly target: Path;
}

/** The path without symbolic links that `path` leads to; undefined where `followLinks` gives nothing. */
export function resolveLinks(tree: Tree, path: Path): Path | undefined {
  return followLinks(tree, path)?.target;
}

/**
 * Follows the links on the way that `path` names. Undefined when no link is on it or when it leads nowhere. An absolute
 * target counts from the root of the tree, not of this host.
 */
export function followLinks(tree: Tree, path: Path): Resolution | undefined {
  const stat = new Stat();
  const links: Path[] = [];
  const followed = follow(ROOT, path, (place) => {
    const found = linkAt(tree, place, stat);
    if (typeof found === 'object') links.push(place);
    return found;
  });
  return links.length === 0 || 'code' in followed ? undefined : { links, target: followed.path };
}

function linkAt(tree: Tree, path: Path, stat: Stat): MaybeLink {
  const name = baseName(path);
  let descriptor: number;
  try {
    descriptor = tree.openParent(parentPath(path), name);
  } catch (error) {
    // Where nobody may look, a path leads as far as its text says.
    return errorCode(error) === 'ETIME' ? 'no link' : 'nothing';
  }
  try {
    tree.kernel.stat(descriptor, name, stat);
    if ((stat.mode & S_IFMT) !== S_IFLNK) return 'no link';
    return { link: pathFromBytes(tree.kernel.readLink(descriptor, name)) };
  } catch {
    return 'nothing';
  } finally {
    tree.kernel.close(descriptor);
  }
}

function ancestors(directory: Path): readonly Path[] {
  const above = directory === ROOT ? [] : ancestors(parentPath(directory));
  return [...above, directory];
}

/**
 * The directories above an object, root first, without symbolic links; and those above each link on the way, since who
 * may replace the link decides where the way leads.
 */
export function directoriesAbove(tree: Tree, path: Path): readonly Path[] {
  const resolution = followLinks(tree, parentPath(path));
  const links = resolution?.links.flatMap((link) => ancestors(parentPath(link))) ?? [];
  return [...new Set([...ancestors(resolution?.target ?? parentPath(path)), ...links])];
}
