/**
 * Looks at single objects on the calling thread, outside a walk: for requirements, which hold for paths whatever rule
 * governs them, and for the first bytes of logs.
 */
import { createDigest } from '../digest/algorithms.ts';
import { FileDigester } from '../digest/file-digester.ts';
import type { AttributeName, DigestName } from '../model/attributes.ts';
import { baseName, type Path, parentPath, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { type Failure, failureFrom, SystemError } from '../model/errors.ts';
import { objectTypeOf, type RecordBytes } from '../model/record.ts';
import { Stat } from '../system/kernel.ts';
import { type Pace, type Read, readAt } from '../system/pace.ts';
import type { Tree } from '../system/tree.ts';
import { ContentReader } from './content.ts';
import { Examiner, type Place } from './examiner.ts';
import { shapeOf } from './shape.ts';

const CHUNK = 1 << 20;

export class Probe {
  readonly #tree: Tree;
  readonly #failures: Failure[] = [];
  readonly #examiner: Examiner;
  readonly #content: ContentReader;
  readonly #read: Read;

  /** `onRead` is called before each read of content, as nothing else runs on this thread until that is done. */
  constructor(tree: Tree, pace?: Pace, onRead?: () => void) {
    this.#tree = tree;
    const read = readAt(pace);
    this.#read =
      onRead === undefined
        ? read
        : (...parameters) => {
            onRead();
            return read(...parameters);
          };
    this.#examiner = new Examiner(tree.kernel, {
      failure: (failure) => this.#failures.push(failure),
      unavailable: () => undefined,
    });
    this.#content = new ContentReader(tree.kernel, this.#examiner, new FileDigester({ read: this.#read }));
  }

  /**
   * The record of one object, with these digests if it is a file and these attributes beside those of stat(2), or what
   * kept us from it (ENOENT: it does not exist).
   */
  examine(
    path: Path,
    digests: readonly DigestName[],
    attributes: readonly AttributeName[] = [],
  ): RecordBytes | Failure {
    return this.#inDirectory(path, (place, name) => {
      const stat = new Stat();
      this.#tree.kernel.stat(place.descriptor, name, stat);
      const type = objectTypeOf(stat.mode);
      if (type === undefined) return failureFrom(path, new SystemError('lstat', 'EUNKNOWNTYPE'));
      const shape = shapeOf({ attributes, growing: false, appendOnly: false, digests });
      let record: Buffer | undefined;
      if (type === 'file' && digests.length > 0) {
        const target = {
          place,
          name,
          shape,
          shapeFor: () => shape,
          done: (found: Buffer | undefined) => {
            record = found;
          },
        };
        this.#content.read([target].values());
      } else {
        record = this.#examiner.describe(place, name, stat, type, shape);
      }
      const [failed] = this.#failures.splice(0);
      return failed ?? record ?? failureFrom(path, new SystemError('lstat', 'ENOENT'));
    });
  }

  /** Digests of the first `length` bytes of a regular file, concatenated in the order of `algorithms`. */
  digestPrefix(path: Path, length: bigint, algorithms: readonly DigestName[]): Uint8Array | Failure {
    return this.#inDirectory(path, (place, name) => {
      const stat = new Stat();
      // Opening alone starts some devices.
      this.#tree.kernel.stat(place.descriptor, name, stat);
      if (objectTypeOf(stat.mode) !== 'file') return failureFrom(path, new SystemError('open', 'ENXIO'));
      const descriptor = this.#tree.kernel.openFile(place.descriptor, name);
      try {
        this.#tree.kernel.stat(descriptor, pathFromLatin1(''), stat);
        if (objectTypeOf(stat.mode) !== 'file') return failureFrom(path, new SystemError('open', 'ENXIO'));
        return digestFirst(this.#read, descriptor, length, algorithms);
      } finally {
        this.#tree.kernel.close(descriptor);
      }
    });
  }

  #inDirectory<Result>(path: Path, action: (place: Place, name: Path) => Result | Failure): Result | Failure {
    let descriptor = -1;
    try {
      const name = path === ROOT ? pathFromLatin1('') : baseName(path);
      descriptor = this.#tree.openParent(parentPath(path), name);
      return action({ descriptor, path: parentPath(path) }, name);
    } catch (error) {
      return failureFrom(path, error);
    } finally {
      if (descriptor >= 0) this.#tree.kernel.close(descriptor);
    }
  }
}

function digestFirst(read: Read, descriptor: number, length: bigint, algorithms: readonly DigestName[]): Uint8Array {
  const digests = algorithms.map(createDigest);
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let rest = length; rest > 0n; ) {
    const wanted = rest < BigInt(CHUNK) ? Number(rest) : CHUNK;
    const count = read(descriptor, buffer, 0, wanted);
    // A file that ends early has other digests than the recorded ones, which is the answer.
    if (count === 0) break;
    for (const digest of digests) digest.update(buffer.subarray(0, count));
    rest -= BigInt(count);
  }
  return Buffer.concat(digests.map((digest) => digest.digest()));
}
