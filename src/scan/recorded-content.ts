/**
 * Reads the content that a record tells of, and no other: the file is read again, whole, and taken only when it has the
 * recorded digests. For small files, on the calling thread. What of it may be kept is decided by others.
 */
import { createDigest } from '../digest/algorithms.ts';
import { DIGEST_NAMES, type DigestName, isStrong } from '../model/attributes.ts';
import { type Path, parentPath, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { fromAbove } from '../model/from-above.ts';
import { attributeBytes, type RecordBytes, sizeOf } from '../model/record.ts';
import { Stat } from '../system/kernel.ts';
import { type Pace, type Read, readAt } from '../system/pace.ts';
import type { Tree } from '../system/tree.ts';

export interface RecordedContent {
  readonly bytes: Buffer;
  /** Everybody may read the file now, and enter all directories above it. */
  readonly isReadableByAll: boolean;
}

// Rights of those who are neither the owner nor in the group, in st_mode.
const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o001;
const ITSELF = pathFromLatin1('');

export class RecordedContents {
  readonly #tree: Tree;
  readonly #read: Read;
  /** Whether everybody may enter a directory and all above it. */
  readonly #open = new Map<Path, boolean>();

  /** The digests must have been loaded (digest/algorithms.ts). */
  constructor(tree: Tree, pace?: Pace) {
    this.#tree = tree;
    this.#read = readAt(pace);
  }

  /**
   * The content of a regular file up to its recorded size; undefined when it is not exactly what was recorded any more,
   * or nothing recorded proves it. Throws SystemError when it cannot be read.
   */
  read(path: Path, record: RecordBytes): RecordedContent | undefined {
    const algorithms = DIGEST_NAMES.filter((name) => attributeBytes(record, name) !== undefined);
    if (!algorithms.some(isStrong)) return undefined;
    const stat = new Stat();
    const descriptor = this.#tree.openFile(path, stat);
    if (descriptor === undefined) return undefined;
    try {
      const bytes = this.#readFirst(descriptor, Number(sizeOf(record)));
      if (!hasDigests(bytes, record, algorithms)) return undefined;
      return { bytes, isReadableByAll: (stat.mode & OTHERS_READ) !== 0 && this.#canAllEnter(parentPath(path)) };
    } finally {
      this.#tree.kernel.close(descriptor);
    }
  }

  /** Up to `length` bytes: fewer where the file ends before. */
  #readFirst(descriptor: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = this.#read(descriptor, bytes, filled, length - filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  /** Each directory is looked at once a run. */
  #canAllEnter(directory: Path): boolean {
    return fromAbove<Path | undefined, boolean>(directory, {
      known: (path) => (path === undefined ? true : this.#open.get(path)),
      above: (path) => (path === undefined || path === ROOT ? undefined : parentPath(path)),
      below: (isReached, path) => {
        if (path === undefined) return isReached;
        const isOpen = isReached && this.#mayAllEnter(path);
        this.#open.set(path, isOpen);
        return isOpen;
      },
    });
  }

  #mayAllEnter(directory: Path): boolean {
    const descriptor = this.#tree.openParent(directory);
    try {
      const stat = new Stat();
      this.#tree.kernel.stat(descriptor, ITSELF, stat);
      return (stat.mode & OTHERS_ENTER) !== 0;
    } finally {
      this.#tree.kernel.close(descriptor);
    }
  }
}

function hasDigests(bytes: Buffer, record: RecordBytes, algorithms: readonly DigestName[]): boolean {
  if (BigInt(bytes.length) !== sizeOf(record)) return false;
  return algorithms.every((name) => {
    const digest = createDigest(name);
    digest.update(bytes);
    return Buffer.compare(digest.digest(), attributeBytes(record, name) ?? Buffer.alloc(0)) === 0;
  });
}
