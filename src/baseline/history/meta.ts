/**
 * The single values of a history: where its chain begins and ends, and what the last check of a baseline left out.
 * Reads and writes the table `meta`, and nothing else.
 */
import type { Database } from 'better-sqlite3';
import { pathFromLatin1 } from '../../model/bytes.ts';
import { MOST_TIMES, type SkippedPath } from '../../model/skipped.ts';
import { MalformedRows } from '../malformed.ts';
import type { ChainEnd } from './chain.ts';

function storedValue(database: Database, key: string): string | undefined {
  const value: unknown = database.prepare('SELECT value FROM meta WHERE key = ?').pluck(true).get(key);
  if (value === undefined || typeof value === 'string') return value;
  throw new MalformedRows('in a row of meta the column value is no text');
}

function storeValue(database: Database, key: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
}

/**
 * `anchor`: the last run that was removed; `head`: the last one that was stored; `generations`: the newest of these.
 */
type ChainEndKey = 'anchor' | 'head' | 'generations';

/** Throws MalformedRows. */
export function chainEnd(database: Database, key: ChainEndKey): ChainEnd {
  const value = storedValue(database, key);
  if (value === undefined) return { number: 0, digest: '' };
  const [number = '', digest = ''] = value.split(' ');
  if (!/^\d+$/.test(number) || !Number.isSafeInteger(Number(number)))
    throw new MalformedRows(`the ${key} of its chain is none`);
  return { number: Number(number), digest };
}

export function setChainEnd(database: Database, key: ChainEndKey, { number, digest }: ChainEnd): void {
  storeValue(database, key, `${number} ${digest}`);
}

function skippedKey(lineage: string): string {
  return `left-out ${lineage}`;
}

export function setSkipped(database: Database, lineage: string, skipped: readonly SkippedPath[]): void {
  const key = skippedKey(lineage);
  if (skipped.length === 0) database.prepare('DELETE FROM meta WHERE key = ?').run(key);
  else storeValue(database, key, JSON.stringify(skipped.map(({ path, times }) => [path, times])));
}

/** What cannot be understood is left away: it would be examined anyway, only later. */
export function skippedOf(database: Database, lineage: string): readonly SkippedPath[] {
  let value: unknown;
  try {
    value = JSON.parse(storedValue(database, skippedKey(lineage)) ?? '[]');
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  return Array.isArray(value) ? value.flatMap((pair: unknown) => skippedOfPair(pair)) : [];
}

/** A path, one character a byte, and a count. */
function skippedOfPair(pair: unknown): readonly SkippedPath[] {
  if (!Array.isArray(pair)) return [];
  const [path, times]: readonly unknown[] = pair;
  if (typeof path !== 'string' || !/^\/[\x01-\xff]*$/.test(path)) return [];
  if (typeof times !== 'number' || !Number.isSafeInteger(times) || times < 1) return [];
  return [{ path: pathFromLatin1(path), times: Math.min(times, MOST_TIMES) }];
}
