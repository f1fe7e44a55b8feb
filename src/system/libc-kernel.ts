/**
 * The kernel interface over libc (libc.ts declares the functions). Constants are those of the Linux UAPI headers, the
 * same on every architecture except the open flags, which come from node:fs.
 */
import { constants } from 'node:fs';
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { DENIED_TO_ROOT } from '../model/failure-codes.ts';
import { mayReadAll } from './capabilities.ts';
import type { Kernel, NameReader, Stat } from './kernel.ts';
import { type Libc, loadLibc } from './libc.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
const AT_EMPTY_PATH = 0x1000;
// STATX_BASIC_STATS | STATX_BTIME of statx(2).
const STATX_WANTED = 0x7ff | 0x800;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
// openat2(2).
const SYS_OPENAT2 = 437n;
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_NO_SYMLINKS = 0x04n;
const RESOLVE_BENEATH = 0x08n;
const CLONE_FS = 0x200;

const DIRECTORY_FLAGS =
  constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK | O_CLOEXEC;
const FILE_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY | O_CLOEXEC;

/** Longest relative path handed to one openat2 call; PATH_MAX is 4096 with the final NUL. */
const LONGEST_PATH = 4095;
const NAMES_BUFFER = 1 << 18;
const XATTR_BUFFER = 1 << 16;

/** The kernel over libc, or undefined where libc cannot be called. */
export function openLibcKernel(options: { readonly privateDirectory: boolean }): Kernel | undefined {
  const libc = loadLibc();
  return libc === undefined ? undefined : new LibcKernel(libc, options.privateDirectory);
}

class LibcKernel implements Kernel {
  readonly hasExtendedAttributes = true;
  readonly #libc: Libc;
  /** Whether this thread has a working directory of its own (unshare(2)), so that fchdir does not disturb others. */
  readonly #hasPrivateDirectory: boolean;
  #currentDirectory = -1;
  readonly #hasOpenat2: boolean;
  readonly #path = Buffer.alloc(LONGEST_PATH + 1 + 64);
  readonly #attribute = Buffer.alloc(256);
  readonly #value = Buffer.alloc(XATTR_BUFFER);
  readonly #openHow = Buffer.alloc(24);
  #names: Buffer | undefined;

  /**
   * `privateDirectory`: the calling thread is a worker whose working directory may be taken away from the process's.
   */
  constructor(libc: Libc, privateDirectory: boolean) {
    this.#libc = libc;
    // Extended attributes have no call relative to a directory before Linux 6.13. In a working directory of its own a
    // thread can name the object directly, which is twice as fast as going through /proc/self/fd and works at any
    // depth.
    this.#hasPrivateDirectory = privateDirectory && libc.unshare(CLONE_FS) === 0;
    this.#hasOpenat2 = this.#canOpenat2();
  }

  /** Kernels before 5.6 have no openat2, and some sandboxes forbid it. */
  #canOpenat2(): boolean {
    this.#openHow.fill(0).writeBigUInt64LE(BigInt(constants.O_DIRECTORY | O_PATH | O_CLOEXEC), 0);
    const path = this.#cString(pathFromLatin1('/'));
    const descriptor = Number(this.#libc.syscall(SYS_OPENAT2, BigInt(AT_FDCWD), path, this.#openHow, 24n));
    if (descriptor < 0) return false;
    this.close(descriptor);
    return true;
  }

  #fail(operation: string): never {
    throw failed(operation, this.#libc.errorName());
  }

  /** Puts a NUL-terminated path into the shared buffer. */
  #cString(path: Path): Buffer {
    if (path.length > LONGEST_PATH) throw new SystemError('path', 'ENAMETOOLONG');
    const length = this.#path.write(path, 0, 'latin1');
    this.#path[length] = 0;
    return this.#path;
  }

  openRoot(hostPath: string): number {
    const target = Buffer.from(`${hostPath}\0`, 'utf8');
    const descriptor: number = this.#libc.openat(AT_FDCWD, target, constants.O_DIRECTORY | O_PATH | O_CLOEXEC);
    if (descriptor < 0) this.#fail('open');
    return descriptor;
  }

  openDirectory(directory: number, path: Path): number {
    try {
      return this.#descend(directory, path, DIRECTORY_FLAGS | constants.O_NOATIME);
    } catch (error) {
      // O_NOATIME is for the owner and CAP_FOWNER only (open(2)).
      if (error instanceof SystemError && error.code === 'EPERM') {
        return this.#descend(directory, path, DIRECTORY_FLAGS);
      }
      throw error;
    }
  }

  openParent(directory: number, path: Path): number {
    return this.#descend(directory, path, constants.O_DIRECTORY | O_PATH);
  }

  /** Opens a path of any length: what is longer than PATH_MAX is walked in pieces. */
  #descend(directory: number, path: Path, flags: number): number {
    let current = directory;
    let rest: string = path === '' ? '.' : path;
    try {
      while (rest.length > LONGEST_PATH) {
        const cut = rest.lastIndexOf('/', LONGEST_PATH);
        if (cut <= 0) throw new SystemError('open', 'ENAMETOOLONG');
        const next = this.#openBeneath(current, pathFromLatin1(rest.slice(0, cut)), constants.O_DIRECTORY | O_PATH);
        if (current !== directory) this.close(current);
        current = next;
        rest = rest.slice(cut + 1);
      }
      return this.#openBeneath(current, pathFromLatin1(rest), flags);
    } finally {
      if (current !== directory) this.close(current);
    }
  }

  #openBeneath(directory: number, path: Path, flags: number): number {
    if (!this.#hasOpenat2) return this.#openByComponents(directory, path, flags);
    this.#openHow.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
    this.#openHow.writeBigUInt64LE(0n, 8);
    this.#openHow.writeBigUInt64LE(RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH, 16);
    const descriptor = Number(
      this.#libc.syscall(SYS_OPENAT2, BigInt(directory), this.#cString(path), this.#openHow, 24n),
    );
    if (descriptor >= 0) return descriptor;
    const code = this.#libc.errorName();
    // RESOLVE_BENEATH may ask to try again when something was renamed meanwhile.
    if (code === 'EAGAIN') return this.#openByComponents(directory, path, flags);
    throw failed('open', code);
  }

  #openByComponents(directory: number, path: Path, flags: number): number {
    const names = path.split('/').filter((name) => name !== '');
    let current = directory;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const wanted = isLast ? flags : constants.O_DIRECTORY | O_PATH;
      const next: number = this.#libc.openat(
        current,
        this.#cString(pathFromLatin1(name)),
        wanted | constants.O_NOFOLLOW | O_CLOEXEC,
      );
      const code = next < 0 ? this.#libc.errorName() : undefined;
      if (current !== directory) this.close(current);
      if (code !== undefined) throw failed('open', code);
      current = next;
    }
    return current;
  }

  openFile(directory: number, name: Path): number {
    const path = this.#cString(name);
    let descriptor: number = this.#libc.openat(directory, path, FILE_FLAGS | constants.O_NOATIME);
    if (descriptor < 0 && this.#libc.errorName() === 'EPERM') {
      descriptor = this.#libc.openat(directory, path, FILE_FLAGS);
    }
    if (descriptor < 0) this.#fail('open');
    return descriptor;
  }

  close(descriptor: number): void {
    if (descriptor === this.#currentDirectory) this.#currentDirectory = -1;
    this.#libc.close(descriptor);
  }

  names(directory: number): NameReader {
    // One buffer serves all readers: `next` empties it before it returns.
    this.#names ??= Buffer.alloc(NAMES_BUFFER);
    const buffer = this.#names;
    return {
      next: () => {
        const length = Number(this.#libc.getdents64(directory, buffer, BigInt(buffer.length)));
        if (length < 0) this.#fail('readdir');
        return length === 0 ? undefined : namesOfDirents(buffer, length);
      },
    };
  }

  stat(directory: number, name: Path, into: Stat): void {
    const flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name === '' ? AT_EMPTY_PATH : 0);
    if (this.#libc.statx(directory, this.#cString(name), flags, STATX_WANTED, into.bytes) !== 0) this.#fail('lstat');
  }

  readLink(directory: number, name: Path): Uint8Array {
    const length = Number(
      this.#libc.readlinkat(directory, this.#cString(name), this.#value, BigInt(this.#value.length)),
    );
    if (length < 0) this.#fail('readlink');
    return Uint8Array.prototype.slice.call(this.#value, 0, length);
  }

  /** A path by which the object can be named in calls that take no directory. */
  #directPath(directory: number, name: Path): Buffer {
    if (!this.#hasPrivateDirectory) {
      return this.#cString(pathFromLatin1(`/proc/self/fd/${directory}/${name}`));
    }
    if (this.#currentDirectory !== directory) {
      if (this.#libc.fchdir(directory) !== 0) this.#fail('fchdir');
      this.#currentDirectory = directory;
    }
    return this.#cString(name);
  }

  /**
   * Makes a call on an open object itself, or by a path; one that is open for naming only (O_PATH) needs a path too.
   */
  #xattrCall(directory: number, name: Path, call: (path: Buffer | undefined, room: bigint) => unknown): number {
    const room = BigInt(this.#value.length);
    if (name !== '') return Number(call(this.#directPath(directory, name), room));
    const length = Number(call(undefined, room));
    if (length >= 0 || this.#libc.errorName() !== 'EBADF') return length;
    return Number(call(this.#cString(pathFromLatin1(`/proc/self/fd/${directory}/.`)), room));
  }

  listXattrs(directory: number, name: Path): Path[] | undefined {
    const length = this.#xattrCall(directory, name, (path, room) =>
      path === undefined
        ? this.#libc.flistxattr(directory, this.#value, room)
        : this.#libc.llistxattr(path, this.#value, room),
    );
    if (length === 0) return NO_NAMES;
    if (length > 0) {
      return this.#value
        .toString('latin1', 0, length)
        .split('\0')
        .filter((attribute) => attribute !== '')
        .map(pathFromLatin1);
    }
    if (this.#libc.errorName() === 'ENOTSUP') return undefined;
    return this.#fail('listxattr');
  }

  readXattr(directory: number, name: Path, attribute: Path): Uint8Array | undefined {
    const end = this.#attribute.write(attribute, 0, 255, 'latin1');
    this.#attribute[end] = 0;
    const length = this.#xattrCall(directory, name, (path, room) =>
      path === undefined
        ? this.#libc.fgetxattr(directory, this.#attribute, this.#value, room)
        : this.#libc.lgetxattr(path, this.#attribute, this.#value, room),
    );
    if (length >= 0) return Uint8Array.prototype.slice.call(this.#value, 0, length);
    if (this.#libc.errorName() === 'ENODATA') return undefined;
    return this.#fail('getxattr');
  }
}

/** A call that failed. Where this process may see everything, it is not the one to be given more rights. */
function failed(operation: string, code: string): SystemError {
  const isDenied = code === 'EACCES' || code === 'EPERM';
  return new SystemError(operation, code, isDenied && mayReadAll() ? DENIED_TO_ROOT : undefined);
}

const NO_NAMES: Path[] = [];

/** struct linux_dirent64 of getdents64(2): d_ino 8, d_off 8, d_reclen 2, d_type 1, name with NUL. */
function namesOfDirents(buffer: Buffer, length: number): Path[] {
  const names: Path[] = [];
  const view = new DataView(buffer.buffer, buffer.byteOffset, length);
  for (let offset = 0; offset < length; ) {
    const recordLength = view.getUint16(offset + 16, LITTLE_ENDIAN);
    const start = offset + 19;
    const end = buffer.indexOf(0, start);
    const name = buffer.toString('latin1', start, end);
    if (name !== '.' && name !== '..') names.push(pathFromLatin1(name));
    offset += recordLength;
  }
  return names;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
