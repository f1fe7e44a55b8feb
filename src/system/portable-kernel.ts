/**
 * The kernel interface over node:fs and /proc/self/fd, for platforms where libc cannot be called. It cannot read
 * extended attributes and file flags, which the scan reports; everything else is examined alike.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readlinkSync,
} from 'node:fs';
import { type Path, pathBytes, pathFromLatin1 } from '../model/bytes.ts';
import { errorCode, SystemError } from '../model/errors.ts';
import type { Kernel, NameReader, Stat } from './kernel.ts';

const O_PATH = 0o10000000;
const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const FILE_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const NAMES_AT_ONCE = 1024;

/** Runs a node:fs call and turns its exception into a SystemError. */
function call<Result>(operation: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw new SystemError(operation, errorCode(error));
  }
}

function inDirectory(directory: number, name: Path): Buffer {
  return pathBytes(pathFromLatin1(`/proc/self/fd/${directory}/${name}`));
}

function openWithoutAtime(path: Buffer, flags: number): number {
  try {
    return openSync(path, flags | constants.O_NOATIME);
  } catch (error) {
    if (errorCode(error) === 'EPERM') return call('open', () => openSync(path, flags));
    throw new SystemError('open', errorCode(error));
  }
}

export class PortableKernel implements Kernel {
  readonly hasExtendedAttributes = false;

  openRoot(hostPath: string): number {
    return call('open', () => openSync(hostPath, constants.O_DIRECTORY | O_PATH));
  }

  openDirectory(directory: number, path: Path): number {
    const parent = this.#descend(directory, path);
    try {
      return openWithoutAtime(inDirectory(parent.descriptor, parent.last), DIRECTORY_FLAGS);
    } finally {
      if (parent.descriptor !== directory) this.close(parent.descriptor);
    }
  }

  openParent(directory: number, path: Path): number {
    const parent = this.#descend(directory, path);
    try {
      const flags = constants.O_DIRECTORY | constants.O_NOFOLLOW | O_PATH;
      return call('open', () => openSync(inDirectory(parent.descriptor, parent.last), flags));
    } finally {
      if (parent.descriptor !== directory) this.close(parent.descriptor);
    }
  }

  /** Opens all components but the last, none of which may be a symbolic link. */
  #descend(directory: number, path: Path): { readonly descriptor: number; readonly last: Path } {
    const names = path.split('/').filter((name) => name !== '');
    const last = pathFromLatin1(names.pop() ?? '.');
    let current = directory;
    for (const name of names) {
      const flags = constants.O_DIRECTORY | constants.O_NOFOLLOW | O_PATH;
      const target = inDirectory(current, pathFromLatin1(name));
      try {
        const next = call('open', () => openSync(target, flags));
        if (current !== directory) this.close(current);
        current = next;
      } catch (error) {
        if (current !== directory) this.close(current);
        throw error;
      }
    }
    return { descriptor: current, last };
  }

  openFile(directory: number, name: Path): number {
    return openWithoutAtime(inDirectory(directory, name), FILE_FLAGS);
  }

  close(descriptor: number): void {
    closeSync(descriptor);
  }

  names(directory: number): NameReader {
    const reader = call('readdir', () => opendirSync(`/proc/self/fd/${directory}`, { encoding: 'latin1' as 'utf8' }));
    let isOpen = true;
    return {
      next: () => {
        if (!isOpen) return undefined;
        const names: Path[] = [];
        while (names.length < NAMES_AT_ONCE) {
          const entry = call('readdir', () => reader.readSync());
          if (entry === null) {
            reader.closeSync();
            isOpen = false;
            break;
          }
          names.push(pathFromLatin1(entry.name));
        }
        return names.length === 0 ? undefined : names;
      },
    };
  }

  stat(directory: number, name: Path, into: Stat): void {
    const stats = call('lstat', () =>
      name === ''
        ? fstatSync(directory, { bigint: true })
        : lstatSync(inDirectory(directory, name), { bigint: true, throwIfNoEntry: true }),
    );
    into.fill(statFields(stats));
  }

  readLink(directory: number, name: Path): Uint8Array {
    return call('readlink', () => readlinkSync(inDirectory(directory, name), { encoding: 'buffer' }));
  }

  listXattrs(): undefined {
    return undefined;
  }

  readXattr(): undefined {
    return undefined;
  }
}

// dev_t of Linux as gnu_dev_major(3) and gnu_dev_minor(3) take it apart.
function deviceMajor(device: bigint): number {
  return Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n));
}

function deviceMinor(device: bigint): number {
  return Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n));
}

function statFields(stats: BigIntStats) {
  return {
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    nlink: Number(stats.nlink),
    inode: BigInt.asUintN(64, stats.ino),
    size: BigInt.asUintN(64, stats.size),
    blocks: BigInt.asUintN(64, stats.blocks),
    device: [deviceMajor(stats.dev), deviceMinor(stats.dev)] as const,
    node: [deviceMajor(stats.rdev), deviceMinor(stats.rdev)] as const,
    atime: stats.atimeNs,
    mtime: stats.mtimeNs,
    ctime: stats.ctimeNs,
    btime: stats.birthtimeNs,
  };
}
