/**
 * Copies a baseline that was verified, as it is or with a signature put in, under a temporary name that takes the place
 * of the target only after the copy was verified too. It takes no lock and asks for no signature.
 */
import { closeSync } from 'node:fs';
import { resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { TemporaryFile } from '../system/safe-write.ts';
import { openRegular } from '../system/small-file.ts';
import { takeTurns } from '../system/turns.ts';
import { openBaseline } from './open.ts';
import { type StoredSignature, writeSignature } from './signature-table.ts';
import { writeFailure } from './sqlite-failure.ts';
import { type ByteSource, byteLength, readBytes, TRAILER_LENGTH, trailerOf } from './trailer.ts';

const CHUNK = 1 << 20;

export interface CopyOptions {
  /** The file, or its bytes when it was read from standard input. */
  readonly source: string | Buffer;
  readonly target: string;
  /** The seal that was verified: the copy must have it. */
  readonly seal: string;
  /** Takes the place of the signature that is in it. */
  readonly signed?: StoredSignature;
}

function* copyPages(source: ByteSource, copy: TemporaryFile): Generator<void, void, undefined> {
  const end = byteLength(source) - TRAILER_LENGTH;
  for (let start = 0; start < end; start += CHUNK) {
    copy.write(readBytes(source, start, Math.min(end, start + CHUNK)));
    yield;
  }
}

function* appendTrailer(source: ByteSource, copy: TemporaryFile): Generator<void, void, undefined> {
  copy.write(yield* trailerOf(source), byteLength(source));
}

async function withSource<Result>(
  source: string | Buffer,
  use: (bytes: ByteSource) => Generator<void, Result, undefined>,
): Promise<Result> {
  if (typeof source !== 'string') return takeTurns(use(source));
  const descriptor = openRegular(source);
  try {
    return await takeTurns(use(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function putSignature(path: string, signed: StoredSignature): void {
  const database = new SqliteDatabase(resolve(path));
  try {
    // In memory, as for a new baseline: what a crash leaves is a temporary file.
    database.pragma('journal_mode = MEMORY');
    database.pragma('synchronous = OFF');
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('secure_delete = ON');
    writeSignature(database, signed);
  } finally {
    database.close();
  }
}

/** Throws a UserError: 73, 74 or 77 for the target, 65 when the source is not what was verified any more. */
export async function copyBaseline({ source, target, seal, signed }: CopyOptions): Promise<void> {
  const copy = TemporaryFile.beside(target);
  try {
    await withSource(source, (bytes) => copyPages(bytes, copy));
    if (signed !== undefined) putSignature(copy.path, signed);
    await withSource(copy.path, (bytes) => appendTrailer(bytes, copy));
    (await takeTurns(openBaseline(copy.path, target, seal))).database.close();
    copy.publish();
  } catch (error) {
    copy.discard();
    throw writeFailure(target, error);
  }
}
