/**
 * The 40 bytes after the SQLite pages: a magic and the SHA-256 of everything before it, so that a flipped byte anywhere
 * is noticed, in free space and in SQLite's own header too, before SQLite looks at the file. SQLite ignores bytes after
 * its last page. The trailer is no protection against an attacker (who can compute it): that is the seal's job.
 */
import { createHash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';

const MAGIC = Buffer.from('integsum', 'latin1');
const SUM_LENGTH = 32;
export const TRAILER_LENGTH = MAGIC.length + SUM_LENGTH;

const CHUNK = 1 << 20;

/** Where bytes come from: a file descriptor, or a whole file in memory. */
export type ByteSource = number | Buffer;

export function byteLength(source: ByteSource): number {
  return typeof source === 'number' ? fstatSync(source).size : source.length;
}

/** Bytes from `start` to `end`; shorter when the source ends before. */
export function readBytes(source: ByteSource, start: number, end: number): Buffer {
  if (typeof source !== 'number') return source.subarray(start, end);
  const bytes = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(source, bytes, filled, bytes.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function* sha256(source: ByteSource, end: number): Generator<void, Buffer, undefined> {
  const hash = createHash('sha256');
  for (let start = 0; start < end; start += CHUNK) {
    hash.update(readBytes(source, start, Math.min(end, start + CHUNK)));
    yield;
  }
  return hash.digest();
}

/** The trailer for a file that ends with its last SQLite page, in steps. */
export function* trailerOf(source: ByteSource): Generator<void, Buffer, undefined> {
  return Buffer.concat([MAGIC, yield* sha256(source, byteLength(source))]);
}

export type TrailerState = 'intact' | 'absent' | 'wrong';

/** Whether the bytes end in a trailer, and whether it fits what stands before it, in steps. */
export function* checkTrailer(source: ByteSource): Generator<void, TrailerState, undefined> {
  const end = byteLength(source) - TRAILER_LENGTH;
  if (end < 0) return 'absent';
  const trailer = readBytes(source, end, end + TRAILER_LENGTH);
  if (!trailer.subarray(0, MAGIC.length).equals(MAGIC)) return 'absent';
  return trailer.subarray(MAGIC.length).equals(yield* sha256(source, end)) ? 'intact' : 'wrong';
}
