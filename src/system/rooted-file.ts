/**
 * Reads a small file of the examined system by its name in that system. With another root than '/', symbolic links are
 * followed as that system would follow them and never lead out of it, since its files are not to be trusted. The files
 * are administrative ones, such as /etc/passwd; the walk of the tree does not come through here.
 */
import { constants, lstatSync, readlinkSync } from 'node:fs';
import { type Path, pathBytes, pathFromBytes, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { errorCode, SystemError } from '../model/errors.ts';
import { follow, type MaybeLink } from './follow.ts';
import { readSmallFile } from './small-file.ts';

/** The path as the host has it: the directory that counts as root in front. */
function hostPath(rootDirectory: Path, path: Path): Buffer {
  return pathBytes(rootDirectory === ROOT ? path : pathFromLatin1(rootDirectory + path));
}

/** What stands at a path of the examined system, of which no directory is a link. Throws what the system call says. */
export function linkInRoot(rootDirectory: Path, path: Path): MaybeLink {
  const onHost = hostPath(rootDirectory, path);
  const stat = lstatSync(onHost, { throwIfNoEntry: false });
  if (stat === undefined) return 'nothing';
  return stat.isSymbolicLink() ? { link: pathFromBytes(readlinkSync(onHost, { encoding: 'buffer' })) } : 'no link';
}

/**
 * The bytes of a regular file of at most `limit` bytes, or undefined when there is none of that name.
 * Throws a SystemError: EINVAL for anything but a regular file, EFBIG above the limit, or what the kernel said.
 */
export function readRootedFile(rootDirectory: Path, path: Path, limit: number): Buffer | undefined {
  try {
    const followed = follow(ROOT, path, (place) => linkInRoot(rootDirectory, place));
    if ('code' in followed) throw new SystemError('open', followed.code);
    return readSmallFile(hostPath(rootDirectory, followed.path), limit, constants.O_NOFOLLOW);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error instanceof SystemError ? error : new SystemError('open', code);
  }
}
