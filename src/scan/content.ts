/**
 * Reads the content of files for their digests. What is recorded of a file is what one inode held at one time: it is
 * looked at before and after reading, and when that differs it is examined again, a bounded number of times.
 */
import type { DigestJob } from '../digest/digest-job.ts';
import type { FileDigester } from '../digest/file-digester.ts';
import type { DigestName, ObjectType } from '../model/attributes.ts';
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import { errorCode, SystemError } from '../model/errors.ts';
import { objectTypeOf } from '../model/record.ts';
import { type Kernel, Stat } from '../system/kernel.ts';
import { type Examiner, isGone, objectPath, type Place } from './examiner.ts';
import type { Shape } from './shape.ts';

/** How often a file that changes while it is read is read before it is called unstable. */
const ATTEMPTS = 5;
/** Bytes that are read of a file whose size says nothing: more than anything has that is not a stream without end. */
const MOST_UNTOLD = 64 * 1024 * 1024;
const ITSELF = pathFromLatin1('');
// What open(2) says when a link, socket or fifo has taken the place of the file since it was looked at.
const REPLACED: ReadonlySet<string> = new Set(['ELOOP', 'ENXIO', 'ENOTDIR']);

/** A regular file whose content is to be digested. */
export interface Target {
  readonly place: Place;
  readonly name: Path;
  readonly shape: Shape;
  /** What lstat said of it, when it was looked at already: for this reading alone until `done`. */
  readonly seen?: Stat;
  /** What governs the object if it has turned into another type meanwhile; undefined when nothing does. */
  shapeFor(type: ObjectType): Shape | undefined;
  /** Takes the record, or undefined when the object has gone or could not be examined (then a failure was told). */
  done(record: Buffer | undefined): void;
}

export class ContentReader {
  readonly #kernel: Kernel;
  readonly #examiner: Examiner;
  readonly #digester: FileDigester;

  constructor(kernel: Kernel, examiner: Examiner, digester: FileDigester) {
    this.#kernel = kernel;
    this.#examiner = examiner;
    this.#digester = digester;
  }

  /** Digests many files at once, pulling them as it gets on; each target's `done` is called exactly once. */
  read(targets: Iterator<Target>): void {
    let again: FileReading[] = [];
    const context = { kernel: this.#kernel, examiner: this.#examiner, retry: (job: FileReading) => again.push(job) };
    this.#digester.run({
      next: () => {
        const target = targets.next();
        return target.done === true
          ? { done: true, value: undefined }
          : { done: false, value: new FileReading(context, target.value) };
      },
    });
    while (again.length > 0) {
      const round = again;
      again = [];
      this.#digester.run(round.values());
    }
  }
}

interface Context {
  readonly kernel: Kernel;
  readonly examiner: Examiner;
  retry(job: FileReading): void;
}

/** One file on its way through the digester. */
class FileReading implements DigestJob {
  readonly algorithms: readonly DigestName[];
  /**
   * Known once the file is open. What a log gains while it is read belongs to the next run; of any other file one byte
   * more than it has tells that it grew, and more of it is not read, or it would never end.
   */
  limit = Number.MAX_SAFE_INTEGER;
  readonly #context: Context;
  readonly #target: Target;
  readonly #before: Stat;
  #descriptor = -1;
  #attempts = 0;
  /** Its size says nothing, as that of a file in /proc or on some file systems of programs. */
  #isUntold = false;
  /** What the last reading of such a file gave: two equal ones count. */
  #lastRead: Uint8Array | undefined;

  constructor(context: Context, target: Target) {
    this.#context = context;
    this.#target = target;
    this.algorithms = target.shape.digests;
    this.#before = target.seen ?? new Stat();
  }

  open(): { readonly fd: number; readonly size: number } | undefined {
    const { place, name, seen } = this.#target;
    this.#attempts += 1;
    const isKnown = this.#attempts === 1 && seen !== undefined;
    if (!isKnown && !this.#context.examiner.stat(place, name, this.#before)) {
      this.#target.done(undefined);
      return undefined;
    }
    const type = objectTypeOf(this.#before.mode);
    if (type !== 'file') {
      this.#describeAs(type);
      return undefined;
    }
    try {
      this.#descriptor = this.#context.kernel.openFile(place.descriptor, name);
    } catch (error) {
      if (REPLACED.has(errorCode(error))) this.#retry();
      else this.#abandon(error);
      return undefined;
    }
    const opened = this.#statOpen();
    if (opened === undefined) return undefined;
    if (!opened.isUnchanged(this.#before)) {
      this.#close();
      this.#retry();
      return undefined;
    }
    const size = this.#isUntold ? MOST_UNTOLD : this.#before.approximateSize;
    this.limit = this.#target.shape.growing || this.#isUntold ? size : size + 1;
    return { fd: this.#descriptor, size };
  }

  /** What has changed already is read in vain; of a file that grows ever faster each attempt would take longer. */
  isWanted(): boolean {
    if (this.#target.shape.growing) return true;
    try {
      this.#context.kernel.stat(this.#descriptor, ITSELF, afterwards);
      return afterwards.isUnchanged(this.#before);
    } catch {
      // `finish` looks once more and tells why it could not.
      return false;
    }
  }

  finish(
    outcome: { readonly bytes: number; readonly digests: Uint8Array } | { readonly error: NodeJS.ErrnoException },
  ) {
    if ('error' in outcome) {
      this.#close();
      const { error } = outcome;
      this.#abandon(error instanceof SystemError ? error : new SystemError('read', errorCode(error)));
      return;
    }
    const after = this.#statOpen();
    if (after === undefined) return;
    const { shape, place, name } = this.#target;
    const isSettled = shape.growing
      ? after.isSameObject(this.#before) && after.size >= this.#before.size
      : after.isUnchanged(this.#before);
    if (!isSettled || !this.#isWhole(outcome)) {
      this.#close();
      this.#retry();
      return;
    }
    const content = { descriptor: this.#descriptor, digests: outcome.digests };
    const record = this.#context.examiner.describe(place, name, this.#before, 'file', shape, content);
    this.#close();
    this.#target.done(record);
  }

  /**
   * Whether the content was read to its end: as many bytes as the size tells, or, where that is not how many there are
   * although nothing changed, the same twice.
   */
  #isWhole({ bytes, digests }: { readonly bytes: number; readonly digests: Uint8Array }): boolean {
    if (bytes === this.#before.approximateSize) return true;
    const before = this.#lastRead;
    if (this.#isUntold) this.#lastRead = bytes < MOST_UNTOLD ? digests : undefined;
    this.#isUntold = !this.#target.shape.growing;
    return before !== undefined && this.#lastRead !== undefined && Buffer.compare(before, this.#lastRead) === 0;
  }

  /** fstat of the open file; when that fails the file is closed and given up. */
  #statOpen(): Stat | undefined {
    try {
      this.#context.kernel.stat(this.#descriptor, ITSELF, afterwards);
      return afterwards;
    } catch (error) {
      this.#close();
      this.#abandon(error);
      return undefined;
    }
  }

  #close(): void {
    this.#context.kernel.close(this.#descriptor);
  }

  #retry(): void {
    if (this.#attempts < ATTEMPTS) {
      this.#context.retry(this);
      return;
    }
    const { place, name } = this.#target;
    this.#context.examiner.fail(objectPath(place, name), new SystemError('read', 'UNSTABLE'));
    this.#target.done(undefined);
  }

  #abandon(error: unknown): void {
    const { place, name, shape } = this.#target;
    if (isGone(error)) {
      this.#target.done(undefined);
      return;
    }
    this.#context.examiner.fail(objectPath(place, name), error);
    // Everything but the content is known: a record without digests keeps that for comparison and for the reader.
    this.#target.done(this.#context.examiner.describe(place, name, this.#before, 'file', shape));
  }

  /** The object is no file any more: describe what it is now. */
  #describeAs(type: ObjectType | undefined): void {
    const { place, name } = this.#target;
    const shape = type === undefined ? undefined : this.#target.shapeFor(type);
    this.#target.done(
      type === undefined || shape === undefined
        ? undefined
        : this.#context.examiner.describe(place, name, this.#before, type, shape),
    );
  }
}

/** Shared by all readings of a thread: each use ends before the next begins. */
const afterwards = new Stat();
