/** A directory that waits to be listed: which it is, what it is about, and what of it a worker is told. Pure. */
import { joinPath, type Path, pathFromBytes, ROOT } from '../model/bytes.ts';
import { ROOT_NODE } from '../model/directory-nodes.ts';
import { type DirectoryNode, directoryPath } from '../model/entry.ts';
import type { ChildItem, Identity } from './batch.ts';
import type { DirectoryTask } from './protocol.ts';

export interface Pending {
  /** The directory that holds the names; undefined when the name looked up is the root itself. */
  readonly node: DirectoryNode | undefined;
  readonly mountRoot: Path;
  readonly identity: Identity | undefined;
  /** Only these names are to be looked up. */
  readonly names?: readonly Path[];
  /** The one name is a mount point, which may never answer. */
  readonly isMountPoint?: boolean;
}

/** The directory whose names are read. */
function listedPath({ node }: Pending): Path {
  return directoryPath(node ?? ROOT_NODE);
}

/** What a waiting directory is about: itself, or the names that are to be looked up in it. */
export function pathsOf(pending: Pending): readonly Path[] {
  if (pending.node === undefined) return [ROOT];
  const path = listedPath(pending);
  return pending.names?.map((name) => joinPath(path, name)) ?? [path];
}

export function directoryTask(pending: Pending): DirectoryTask {
  const { mountRoot, identity, names, isMountPoint } = pending;
  return {
    path: listedPath(pending),
    mountRoot,
    identity,
    ...(names === undefined ? {} : { names }),
    ...(isMountPoint === undefined ? {} : { isMountPoint }),
  };
}

/** The mount that a worker looks at when it does what waits. */
export function mountAt(pending: Pending): Path {
  const [path] = pending.isMountPoint === true ? pathsOf(pending) : [];
  return path ?? pending.mountRoot;
}

/** A mount point that was found in a directory. */
export function mountPointIn({ node, mountRoot }: Pending, name: Buffer): Pending {
  return { node, mountRoot, identity: undefined, names: [pathFromBytes(name)], isMountPoint: true };
}

/** A directory that was found in another one. */
export function childOf({ node, mountRoot }: Pending, item: ChildItem): Pending {
  if (node === undefined) return { node: ROOT_NODE, mountRoot, identity: item.identity };
  const child: DirectoryNode = { parent: node, name: pathFromBytes(item.name) };
  return { node: child, mountRoot: item.isMountPoint ? directoryPath(child) : mountRoot, identity: item.identity };
}
