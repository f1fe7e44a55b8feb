/**
 * Rows of `entries` and `directories` as values, checked for shape once, for everybody who reads them. Whether they are
 * to be trusted is the seal's business.
 */
import type { Database, Statement } from 'better-sqlite3';
import { isWellFormed, type RecordBytes } from '../model/record.ts';
import { MalformedRows } from './malformed.ts';
import { ROOT_DIRECTORY } from './schema.ts';

/** What is stored under one name. `id` counts from 0 and is smaller than the number of entries. */
export interface StoredEntry {
  readonly id: number;
  /** Index into the rules. */
  readonly rule: number;
  readonly record: RecordBytes;
}

export interface StoredChild extends StoredEntry {
  readonly name: Buffer;
}

export interface StoredDirectory {
  readonly name: Buffer;
  readonly id: number;
}

/** Reads a page of rows of one directory with names after the given one, in byte order of names. */
export type PageReader<Row> = (directory: number, after: Buffer) => Row[];

const SLASH = 0x2f;
const DOT = 0x2e;

/** Whether a directory can hold such a name. */
export function isName(name: Buffer): boolean {
  if (name.length === 0 || name.includes(SLASH) || name.includes(0)) return false;
  return name[0] !== DOT || name.length > 2 || (name.length === 2 && name[1] !== DOT);
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Rules are sealed as 32 bits. */
const LARGEST_RULE = 0xffff_ffff;

function checked<Row extends StoredEntry>(entry: Row): Row {
  const { id, rule, record } = entry;
  if (isIndex(id) && isIndex(rule) && rule <= LARGEST_RULE && isWellFormed(record)) return entry;
  throw new MalformedRows('an entry has not the shape of one');
}

/** Turns a row `id, rule, record` into an entry. */
export function decodeEntry(row: unknown): StoredEntry {
  const [id, rule, record]: unknown[] = Array.isArray(row) ? row : [];
  if (isIndex(id) && isIndex(rule) && Buffer.isBuffer(record)) return checked({ id, rule, record });
  throw new MalformedRows('an entry has not the shape of one');
}

/**
 * A page of entries as one blob and one list of numbers: making a Buffer for each value would take twice the time of
 * the query itself. group_concat takes the rows in the order of the inner query; the names are checked for it.
 */
function packedPage(limit: number): string {
  // The limit is no parameter: SQLite would prepare the statement anew for each value, even the same.
  return `
    SELECT CAST(group_concat(name || record, '') AS BLOB),
      group_concat(length(name) || ',' || length(record) || ',' || id || ',' || rule)
    FROM (SELECT name, record, id, rule FROM entries WHERE dir = ? AND name > ? ORDER BY name LIMIT ${limit})`;
}

function unpack(row: unknown): StoredChild[] {
  const [bytes, list]: unknown[] = Array.isArray(row) ? row : [];
  if (bytes === null && list === null) return [];
  if (!Buffer.isBuffer(bytes) || typeof list !== 'string') throw new MalformedRows('a page has not the shape of one');
  const children: StoredChild[] = [];
  const numbers = list.split(',').map(Number);
  let offset = 0;
  for (let at = 0; at < numbers.length; at += 4) {
    const [nameLength = -1, recordLength = -1, id = -1, rule = -1] = numbers.slice(at, at + 4);
    const record = offset + nameLength;
    const end = record + recordLength;
    const name = bytes.subarray(offset, record);
    children.push(checked({ name, id, rule, record: bytes.subarray(record, end) }));
    offset = end;
  }
  // Values of other types than ours have other lengths than their bytes.
  if (offset !== bytes.length) throw new MalformedRows('a page has not the shape of one');
  return children;
}

/** A damaged or forged b-tree may not be in order; a lookup by name would then miss what a walk shows. */
function inOrder<Row extends { readonly name: Buffer }>(rows: Row[], after: Buffer): Row[] {
  let before = after;
  for (const { name } of rows) {
    if (Buffer.compare(before, name) >= 0) throw new MalformedRows('names are not in order');
    before = name;
  }
  return rows;
}

/** `limit` is the number of rows of a full page. */
export function childReader(database: Database, limit: number): PageReader<StoredChild> {
  const statement: Statement = database.prepare(packedPage(limit)).raw(true);
  return (directory, after) => inOrder(unpack(statement.get(directory, after)), after);
}

function decodeDirectory(row: unknown): StoredDirectory {
  const [name, id]: unknown[] = Array.isArray(row) ? row : [];
  if (Buffer.isBuffer(name) && isName(name) && isIndex(id) && id > ROOT_DIRECTORY) return { name, id };
  throw new MalformedRows('a directory has not the shape of one');
}

export function subdirectoryReader(database: Database, limit: number): PageReader<StoredDirectory> {
  const statement: Statement = database
    .prepare(`SELECT name, id FROM directories WHERE parent = ? AND name > ? ORDER BY name LIMIT ${limit}`)
    .raw(true);
  return (directory, after) => {
    const rows: unknown[] = statement.all(directory, after);
    return inOrder(rows.map(decodeDirectory), after);
  };
}
