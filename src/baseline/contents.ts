/**
 * The table of texts that rules with `diff` keep: its declaration, its part of the canonical encoding, and
 * its rows. A text is a blob here (model/content.ts): whether it may be kept was decided before.
 */
import type { Database } from 'better-sqlite3';
import { type Path, pathFromBytes } from '../model/bytes.ts';
import type { PackedContent } from '../model/content.ts';
import { MalformedRows } from './malformed.ts';

export const CONTENTS_TABLE =
  'CREATE TABLE contents (path BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID';

/** A text that is kept, and of which file. */
export interface StoredContent {
  readonly path: Path;
  readonly content: PackedContent;
}

/** What the canonical encoding is written to. */
interface EncodingSink {
  /** 32 bits, little-endian. */
  number(value: number): void;
  /** The length as a number, then the bytes. */
  sized(value: Uint8Array): void;
}

const BEFORE_ALL: Buffer = Buffer.alloc(0);

/** Path and text of every row, one at a time: all together they may be large. Throws MalformedRows. */
function* rows(database: Database): Generator<readonly [path: Buffer, content: Buffer], void, undefined> {
  const found: Iterable<unknown> = database
    .prepare('SELECT path, content FROM contents ORDER BY path')
    .raw(true)
    .iterate();
  let before: Buffer = BEFORE_ALL;
  for (const row of found) {
    const [path, content]: unknown[] = Array.isArray(row) ? row : [];
    const isText = Buffer.isBuffer(path) && Buffer.isBuffer(content);
    // A forged b-tree may not be in order; a lookup by path would then miss what is sealed here.
    if (!isText || Buffer.compare(before, path) >= 0) throw new MalformedRows('a kept text has not the shape of one');
    before = path;
    yield [path, content];
  }
}

/** How many texts are kept. */
export function countContents(database: Database): number {
  const count: unknown = database.prepare('SELECT count(*) FROM contents').pluck(true).get();
  return typeof count === 'number' ? count : 0;
}

/** In steps. Throws MalformedRows. */
export function* encodeContents(database: Database, sink: EncodingSink): Generator<void, void, undefined> {
  const count = countContents(database);
  let encoded = 0;
  sink.number(count);
  for (const [path, content] of rows(database)) {
    sink.sized(path);
    sink.sized(content);
    encoded += 1;
    yield;
  }
  if (encoded !== count) throw new MalformedRows('kept texts are missing');
}

/** Every text, in byte order of paths. Throws MalformedRows. */
export function* storedContents(database: Database): Generator<StoredContent, void, undefined> {
  for (const [path, content] of rows(database)) yield { path: pathFromBytes(path), content };
}
