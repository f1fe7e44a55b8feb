/** Reads the beginning of regular files, for what is told of some of them after a scan. On the calling thread. */
import type { Path } from '../model/bytes.ts';
import { Stat } from '../system/kernel.ts';
import { type Pace, type Read, readAt } from '../system/pace.ts';
import type { Tree } from '../system/tree.ts';

export class FileStarts {
  readonly #tree: Tree;
  readonly #read: Read;
  /** Bytes read so far. */
  bytes = 0;

  constructor(tree: Tree, pace?: Pace) {
    this.#tree = tree;
    this.#read = readAt(pace);
  }

  /** What `use` makes of the beginning of a file, of as many bytes as it asks for. Throws SystemError. */
  with<Result>(path: Path, use: (first: (bytes: number) => Buffer) => Result): Result | undefined {
    const stat = new Stat();
    const descriptor = this.#tree.openFile(path, stat);
    if (descriptor === undefined) return undefined;
    try {
      let known: Buffer = Buffer.alloc(0);
      return use((bytes) => {
        const wanted = Math.min(bytes, Math.max(stat.approximateSize, known.length));
        known = this.#more(descriptor, known, wanted);
        return known.subarray(0, wanted);
      });
    } finally {
      this.#tree.kernel.close(descriptor);
    }
  }

  #more(descriptor: number, known: Buffer, wanted: number): Buffer {
    if (wanted <= known.length) return known;
    const bytes = Buffer.alloc(wanted);
    known.copy(bytes);
    let filled = known.length;
    while (filled < wanted) {
      const count = this.#read(descriptor, bytes, filled, wanted - filled);
      if (count === 0) break;
      filled += count;
    }
    this.bytes += filled - known.length;
    return bytes.subarray(0, filled);
  }
}
