/**
 * What the engine of this folder is given and gives back: a file to read, how it is read, and its digests. Types only.
 */
import type { DigestName } from '../model/attributes.ts';

/** What became of a file: bytes read and the digests one after the other in the order of `algorithms`, or why not. */
export type DigestOutcome =
  | { readonly bytes: number; readonly digests: Uint8Array }
  | { readonly error: NodeJS.ErrnoException };

export interface DigestJob {
  /**
   * The algorithms wanted, in the order the results are returned in; share one array among jobs: it is compiled once.
   */
  readonly algorithms: readonly DigestName[];
  /**
   * Called when the engine is ready to read this file: a descriptor at offset 0 and the size expected (bytes; a hint,
   * the file is read to its end or limit), or undefined when there is nothing to do (the job handled its own failure).
   */
  open(): { readonly fd: number; readonly size: number } | undefined;
  /** Read no more than this many bytes. */
  readonly limit?: number;
  /** Asked now and then while a large file is read: whether it is worth reading on. The rest is not read if not. */
  isWanted?(): boolean;
  /** Called once after `open` returned a descriptor, which is still open and which the callee closes. */
  finish(outcome: DigestOutcome): void;
}

/** Reads up to `length` bytes at the file's offset to `offset` of the buffer: how many came. Throws as fs.readSync. */
export type ReadFile = (fd: number, buffer: Uint8Array, offset: number, length: number) => number;
