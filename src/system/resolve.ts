/** Follows symbolic links within the examined tree, where a user named a path that leads through one. */
import { joinPath, type Path, parentPath, pathFromBytes, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { S_IFMT } from '../model/record.ts';
import { Stat } from './kernel.ts';
import type { Tree } from './tree.ts';

const S_IFLNK = 0o120000;
/** As many as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

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
  let pending = components(path);
  let resolved: Path = ROOT;
  const links: Path[] = [];
  while (pending.length > 0) {
    const [name, ...rest] = pending;
    pending = rest;
    if (name === undefined || name === '.') continue;
    if (name === '..') {
      resolved = parentPath(resolved);
      continue;
    }
    const here = joinPath(resolved, pathFromLatin1(name));
    const target = readLinkAt(tree, resolved, pathFromLatin1(name), stat);
    if (target === 'nothing') return undefined;
    if (target === 'no link') {
      resolved = here;
      continue;
    }
    links.push(here);
    if (links.length > MOST_LINKS) return undefined;
    if (target.startsWith('/')) resolved = ROOT;
    pending = [...components(target), ...pending];
  }
  return links.length === 0 ? undefined : { links, target: resolved };
}

function components(path: Path): string[] {
  return path.split('/').filter((name) => name !== '');
}

function readLinkAt(tree: Tree, directory: Path, name: Path, stat: Stat): Path | 'no link' | 'nothing' {
  let descriptor: number;
  try {
    descriptor = tree.openParent(directory);
  } catch {
    return 'nothing';
  }
  try {
    tree.kernel.stat(descriptor, name, stat);
    if ((stat.mode & S_IFMT) !== S_IFLNK) return 'no link';
    return pathFromBytes(tree.kernel.readLink(descriptor, name));
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
