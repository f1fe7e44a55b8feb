/**
 * Reads a small file of the examined system by its name in that system. With another root than '/', symbolic links are
 * followed as that system would follow them and never lead out of it, since its files are not to be trusted. The files
 * are administrative ones, such as /etc/passwd; the walk of the tree does not come through here.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { joinPath, type Path, parentPath, pathBytes, pathFromBytes, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { errorCode, SystemError } from '../model/errors.ts';

/** As many as the kernel follows in one path (path_resolution(7)). */
const LINK_LIMIT = 40;

/** The path as the host has it: the directory that counts as root in front. */
function hostPath(rootDirectory: Path, path: Path): Buffer {
  return pathBytes(rootDirectory === ROOT ? path : pathFromLatin1(rootDirectory + path));
}

function components(path: string): Path[] {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name) => pathFromLatin1(name));
}

/** The path without symbolic links and dots, still as the examined system has it. */
function resolveInside(rootDirectory: Path, path: Path): Path {
  let resolved = ROOT;
  let links = 0;
  const ahead = components(path).reverse();
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      resolved = parentPath(resolved);
      continue;
    }
    const next = joinPath(resolved, name);
    const onHost = hostPath(rootDirectory, next);
    if (!lstatSync(onHost).isSymbolicLink()) {
      resolved = next;
      continue;
    }
    links += 1;
    if (links > LINK_LIMIT) throw new SystemError('open', 'ELOOP');
    const target = pathFromBytes(readlinkSync(onHost, { encoding: 'buffer' }));
    if (target.startsWith('/')) resolved = ROOT;
    ahead.push(...components(target).reverse());
  }
  return resolved;
}

function readWhole(descriptor: number, limit: number): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const length = readSync(descriptor, chunk, 0, chunk.length, null);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > limit) throw new SystemError('read', 'EFBIG');
    chunks.push(chunk.subarray(0, length));
  }
}

/**
 * The bytes of a regular file of at most `limit` bytes, or undefined when there is none of that name.
 * Throws a SystemError: EINVAL for anything but a regular file, EFBIG above the limit, or what the kernel said.
 */
export function readRootedFile(rootDirectory: Path, path: Path, limit: number): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    const resolved = resolveInside(rootDirectory, path);
    // Not blocking: the name may be that of a fifo.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
    descriptor = openSync(hostPath(rootDirectory, resolved), flags);
    if (!fstatSync(descriptor).isFile()) throw new SystemError('open', 'EINVAL', 'not a regular file');
    return readWhole(descriptor, limit);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error instanceof SystemError ? error : new SystemError('open', code);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
