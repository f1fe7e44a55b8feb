/** The seal: one SHA-256 that stands for everything a baseline says. Signatures and sequence numbers build on it. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { UserError } from '../model/errors.ts';
import { type Counts, encodeBaseline } from './canonical.ts';
import { MalformedRows } from './malformed.ts';

const SEAL_DIGITS = 64;
const SHORTEST_PREFIX = 16;

export interface Sealed {
  /** 64 hex digits, lower case. */
  readonly seal: string;
  readonly counts: Counts;
}

function countRows(database: Database, table: 'entries' | 'directories'): number {
  const count: unknown = database.prepare(`SELECT count(*) FROM ${table}`).pluck(true).get();
  return typeof count === 'number' ? count : 0;
}

/** Computes the seal from the rows, in steps. Throws MalformedRows when they are not what integ writes. */
export function* computeSeal(database: Database): Generator<void, Sealed, undefined> {
  const hash = createHash('sha256');
  const entries = countRows(database, 'entries');
  const counts = yield* encodeBaseline(database, hash, entries);
  // What hangs in no directory that the walk reaches would be outside the seal.
  if (entries !== counts.entries || countRows(database, 'directories') !== counts.directories) {
    throw new MalformedRows('there are rows outside the tree');
  }
  return { seal: hash.digest('hex'), counts };
}

/** Takes a seal as typed: all 64 hex digits or the first 16 or more. Throws a UserError for anything else. */
export function parseExpectedSeal(text: string): string {
  const digits = text.trim().toLowerCase();
  if (/^[0-9a-f]+$/.test(digits) && digits.length >= SHORTEST_PREFIX && digits.length <= SEAL_DIGITS) return digits;
  throw new UserError('usage', 'the expected seal must be 16 to 64 hex digits', {
    hint: 'give the seal that init printed, or at least its first 16 digits',
  });
}
