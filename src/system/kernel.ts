/**
 * The system calls by which integ looks at the examined tree, as an interface: libc-kernel.ts implements it over libc,
 * portable-kernel.ts over node:fs where libc cannot be called. Nothing else touches the tree.
 *
 * Every call is relative to an open directory, so that no path is resolved twice, a symbolic link put in place of a
 * directory is noticed, and the depth of a tree is not limited by PATH_MAX.
 */
import type { Path } from '../model/bytes.ts';

/** struct statx of statx(2), which is 256 bytes on every architecture. */
const STATX_LENGTH = 256;

// Offsets in 32-bit words of struct statx.
const WORD = { nlink: 4, uid: 5, gid: 6, inode: 8, size: 10, blocks: 12 };
const STATX_BTIME = 0x800;
const STATX_ATTR_MOUNT_ROOT = 0x2000;
const TIME_WORD = { atime: 16, btime: 20, ctime: 24, mtime: 28 } as const;
const RDEV_WORD = 32;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const SIZE_HIGH = LITTLE_ENDIAN ? WORD.size + 1 : WORD.size;
const SIZE_LOW = LITTLE_ENDIAN ? WORD.size : WORD.size + 1;
const DEV_WORD = 34;

/** What `Stat.fill` takes: times in nanoseconds since 1970, devices as major and minor number. */
export interface StatFields {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly inode: bigint;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly device: readonly [number, number];
  readonly node: readonly [number, number];
  readonly atime: bigint;
  readonly mtime: bigint;
  readonly ctime: bigint;
  readonly btime: bigint;
}

const BILLION = 1_000_000_000n;

/** One reusable result of a stat call, read without making a big integer for each field. */
export class Stat {
  readonly bytes = Buffer.alloc(STATX_LENGTH);
  readonly #view = new DataView(this.bytes.buffer, this.bytes.byteOffset, STATX_LENGTH);

  #word(index: number): number {
    return this.#view.getUint32(index * 4, LITTLE_ENDIAN);
  }

  /** st_mode: type and permission bits. */
  get mode(): number {
    return this.#view.getUint16(28, LITTLE_ENDIAN);
  }
  get uid(): number {
    return this.#word(WORD.uid);
  }
  get gid(): number {
    return this.#word(WORD.gid);
  }
  get nlink(): number {
    return this.#word(WORD.nlink);
  }
  get inode(): bigint {
    return this.#view.getBigUint64(WORD.inode * 4, LITTLE_ENDIAN);
  }
  get size(): bigint {
    return this.#view.getBigUint64(WORD.size * 4, LITTLE_ENDIAN);
  }
  get blocks(): bigint {
    return this.#view.getBigUint64(WORD.blocks * 4, LITTLE_ENDIAN);
  }
  /** Size in bytes as a number: exact up to 2^53, for buffers and batching only. */
  get approximateSize(): number {
    return this.#word(SIZE_HIGH) * 2 ** 32 + this.#word(SIZE_LOW);
  }
  get deviceMajor(): number {
    return this.#word(DEV_WORD);
  }
  get deviceMinor(): number {
    return this.#word(DEV_WORD + 1);
  }
  get nodeMajor(): number {
    return this.#word(RDEV_WORD);
  }
  get nodeMinor(): number {
    return this.#word(RDEV_WORD + 1);
  }
  /** The low 32 bits of stx_attributes. */
  get attributes(): number {
    return this.#view.getUint32(LITTLE_ENDIAN ? 8 : 12, LITTLE_ENDIAN);
  }
  get attributesMask(): number {
    return this.#view.getUint32(LITTLE_ENDIAN ? 56 : 60, LITTLE_ENDIAN);
  }
  get hasBirthTime(): boolean {
    return (this.#word(0) & STATX_BTIME) !== 0;
  }
  /** Whether the kernel says that this is the root of a mount; undefined when it is too old to say (before 5.8). */
  get isMountRoot(): boolean | undefined {
    if ((this.attributesMask & STATX_ATTR_MOUNT_ROOT) === 0) return undefined;
    return (this.attributes & STATX_ATTR_MOUNT_ROOT) !== 0;
  }

  /** Writes a time into a record: seconds as int64 and nanoseconds as uint32, little-endian. */
  writeTime(name: keyof typeof TIME_WORD, target: DataView, offset: number): void {
    const start = TIME_WORD[name] * 4;
    target.setBigInt64(offset, this.#view.getBigInt64(start, LITTLE_ENDIAN), true);
    target.setUint32(offset + 8, this.#view.getUint32(start + 8, LITTLE_ENDIAN), true);
  }

  /** Whether two results are of the same inode. */
  isSameObject(other: Stat): boolean {
    return this.#sameWords(other, WORD.inode, 2) && this.#sameWords(other, DEV_WORD, 2);
  }

  /** Whether two results are of the same inode in the same state: type, size, mtime and ctime. */
  isUnchanged(other: Stat): boolean {
    return (
      this.isSameObject(other) &&
      this.mode === other.mode &&
      this.#sameWords(other, WORD.size, 2) &&
      this.#sameWords(other, TIME_WORD.ctime, 3) &&
      this.#sameWords(other, TIME_WORD.mtime, 3)
    );
  }

  #sameWords(other: Stat, from: number, count: number): boolean {
    for (let index = from; index < from + count; index += 1) {
      if (this.#word(index) !== other.#word(index)) return false;
    }
    return true;
  }

  copyFrom(other: Stat): void {
    this.bytes.set(other.bytes);
  }

  /** Fills the result from fields, for a kernel that has no statx. It then knows no file flags and no mount roots. */
  fill(fields: StatFields): void {
    this.bytes.fill(0);
    const view = this.#view;
    view.setUint32(0, fields.btime > 0n ? STATX_BTIME : 0, LITTLE_ENDIAN);
    view.setUint16(28, fields.mode, LITTLE_ENDIAN);
    view.setUint32(WORD.nlink * 4, fields.nlink, LITTLE_ENDIAN);
    view.setUint32(WORD.uid * 4, fields.uid, LITTLE_ENDIAN);
    view.setUint32(WORD.gid * 4, fields.gid, LITTLE_ENDIAN);
    view.setBigUint64(WORD.inode * 4, fields.inode, LITTLE_ENDIAN);
    view.setBigUint64(WORD.size * 4, fields.size, LITTLE_ENDIAN);
    view.setBigUint64(WORD.blocks * 4, fields.blocks, LITTLE_ENDIAN);
    view.setUint32(DEV_WORD * 4, fields.device[0], LITTLE_ENDIAN);
    view.setUint32(DEV_WORD * 4 + 4, fields.device[1], LITTLE_ENDIAN);
    view.setUint32(RDEV_WORD * 4, fields.node[0], LITTLE_ENDIAN);
    view.setUint32(RDEV_WORD * 4 + 4, fields.node[1], LITTLE_ENDIAN);
    for (const name of ['atime', 'mtime', 'ctime', 'btime'] as const) {
      const nanoseconds = ((fields[name] % BILLION) + BILLION) % BILLION;
      view.setBigInt64(TIME_WORD[name] * 4, (fields[name] - nanoseconds) / BILLION, LITTLE_ENDIAN);
      view.setUint32(TIME_WORD[name] * 4 + 8, Number(nanoseconds), LITTLE_ENDIAN);
    }
  }
}

/** Streams the names of an open directory in the order of the file system, without `.` and `..`. */
export interface NameReader {
  /** The next names, or undefined at the end. Throws SystemError. */
  next(): Path[] | undefined;
}

/** All calls throw SystemError. Descriptors are plain numbers that `close` closes. */
export interface Kernel {
  /** Whether extended attributes and file flags can be read at all with this implementation. */
  readonly hasExtendedAttributes: boolean;
  /** Opens the directory that counts as root; symbolic links in this host path are followed. */
  openRoot(hostPath: string): number;
  /** Opens a directory below an open one for listing; `path` is relative, and no component may be a symbolic link. */
  openDirectory(directory: number, path: Path): number;
  /** The same for naming objects in it only, which needs no right to read the directory. */
  openParent(directory: number, path: Path): number;
  /**
   * Opens a regular file for reading: no symbolic link is followed, a fifo does not block, atime stays where allowed.
   */
  openFile(directory: number, name: Path): number;
  close(descriptor: number): void;
  names(directory: number): NameReader;
  /** lstat of a name in a directory; the empty name is the directory itself. */
  stat(directory: number, name: Path, into: Stat): void;
  readLink(directory: number, name: Path): Uint8Array;
  /**
   * Names of the extended attributes of an object, not following a link; undefined when the file system has none. The
   * empty name is the open object itself.
   */
  listXattrs(directory: number, name: Path): Path[] | undefined;
  /** Value of one attribute, or undefined when it has gone. */
  readXattr(directory: number, name: Path, attribute: Path): Uint8Array | undefined;
}
