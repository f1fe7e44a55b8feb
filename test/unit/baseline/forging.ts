/** Edits a baseline as somebody would who knows its format. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { TRAILER_LENGTH } from '../../../src/baseline/trailer.ts';

/** Runs SQL on the tables and puts a trailer that fits behind them. */
export function forge(file: string, sql: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, -TRAILER_LENGTH));
  const database = new Database(file);
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  database.exec(sql);
  database.close();
  const pages = readFileSync(file);
  const sum = createHash('sha256').update(pages).digest();
  writeFileSync(file, Buffer.concat([pages, Buffer.from('integsum'), sum]));
}
