/**
 * One open file on its way through the digests: reads the next piece, feeds it to the digests that take it at once and
 * notices the end. It neither opens nor closes; where the bytes go and how MD5 is computed from them is the caller's.
 */
import type { Digest } from './algorithms.ts';
import type { DigestJob, ReadFile } from './digest-job.ts';
import type { DigestPlan } from './digest-plan.ts';

/** Bytes after which the job is asked whether to go on. */
const STRETCH = 8 * 1024 * 1024;

export class FileReading {
  readonly plan: DigestPlan;
  /** Size in bytes that the file is expected to have, or the job's limit if that is less. */
  readonly expected: number;
  /** The digests, complete (but for an MD5 of the lanes) once `ended` is true. */
  readonly digests: Buffer;
  /** Bytes read so far; exact below 2^53, which is months of reading. */
  bytes = 0;
  ended = false;
  error: NodeJS.ErrnoException | undefined;
  readonly #job: DigestJob;
  readonly #fd: number;
  readonly #readFile: ReadFile;
  readonly #limit: number;
  #nextQuestion = STRETCH;
  #running: readonly Digest[] | undefined;

  constructor(
    job: DigestJob,
    opened: { readonly fd: number; readonly size: number },
    plan: DigestPlan,
    readFile: ReadFile,
  ) {
    this.#job = job;
    this.#readFile = readFile;
    this.#fd = opened.fd;
    this.#limit = job.limit ?? Number.POSITIVE_INFINITY;
    this.plan = plan;
    this.expected = Math.min(opened.size, this.#limit);
    this.digests = Buffer.alloc(plan.length);
  }

  /**
   * Reads up to `room` bytes to `offset` of the buffer and returns how many came; sets `ended` or, when it fails,
   * `error`.
   */
  advance(buffer: Uint8Array, offset: number, room: number): number {
    const wanted = Math.min(room, this.#limit - this.bytes);
    const got = this.#read(buffer, offset, wanted);
    this.bytes += got;
    // A read that brings less than asked for ends at the end of the file if that is where it was expected; any other
    // short read proves nothing, and only a read of 0 bytes does.
    this.ended = got === 0 || this.bytes === this.#limit || (got < wanted && this.bytes === this.expected);
    if (!this.ended && this.bytes >= this.#nextQuestion) {
      this.#nextQuestion = this.bytes + STRETCH;
      this.ended = this.#job.isWanted?.() === false;
    }
    if (this.error === undefined) this.#digest(buffer.subarray(offset, offset + got));
    return got;
  }

  /** Hands the outcome to the job. */
  finish(): void {
    if (this.error !== undefined) this.#job.finish({ error: this.error });
    else this.#job.finish({ bytes: this.bytes, digests: this.digests });
  }

  #read(buffer: Uint8Array, offset: number, wanted: number): number {
    if (wanted === 0) return 0;
    try {
      return this.#readFile(this.#fd, buffer, offset, wanted);
    } catch (error) {
      // With valid arguments reading throws errors of the system call only, or what the caller gave for one.
      this.error = error as NodeJS.ErrnoException;
      return 0;
    }
  }

  #digest(piece: Uint8Array): void {
    if (this.#running === undefined && this.ended) {
      this.plan.computeAtOnce(piece, this.digests);
      return;
    }
    this.#running ??= this.plan.start();
    for (const digest of this.#running) digest.update(piece);
    if (this.ended) this.plan.end(this.#running, this.digests);
  }
}
