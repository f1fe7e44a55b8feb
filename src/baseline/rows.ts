/**
 * Rows of `entries` and `directories` as values, checked for shape once, for everybody who reads them. Whether they are
 * to be trusted is the seal's business.
 */
import type { Database, Statement } from 'better-sqlite3';
import { isWellFormed } from '../model/record.ts';
import { ROOT_DIRECTORY, type StoredEntry } from '../model/stored-entries.ts';
import { MalformedRows } from './malformed.ts';

export interface StoredChild extends StoredEntry {
  readonly name: Buffer;
}

export interface StoredDirectory {
  readonly name: Buffer;
  readonly id: number;
}

/** Rows of one directory, in byte order of names. */
interface Page<Row> {
  readonly rows: Row[];
  /** Whether no row comes after them; a page may be short because its records are long. */
  readonly isLast: boolean;
  /** Length of all names and records in it. */
  readonly bytes: number;
}

/** Reads a page of rows of one directory with names after the given one: at least one row, if there is any. */
export type PageReader<Row> = (directory: number, after: Buffer) => Page<Row>;

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
 * Longer records are read one by one, and a page ends when it has more than so many bytes: bounds what one may hold.
 */
const LONG_RECORD = 16 * 1024;
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * A page of entries as one blob and one list of numbers: making a Buffer for each value would take twice the time of
 * the query itself. group_concat takes the rows in the order of the inner query; the names are checked for it.
 */
function packedPage(limit: number): string {
  // The limit is no parameter: SQLite would prepare the statement anew for each value, even the same.
  return `
    SELECT CAST(group_concat(name || CASE WHEN length(record) > ${LONG_RECORD} THEN x'' ELSE record END, '') AS BLOB),
      group_concat(length(name) || ',' || length(record) || ',' || id || ',' || rule)
    FROM (SELECT name, record, id, rule FROM entries WHERE dir = ? AND name > ? ORDER BY name LIMIT ${limit})`;
}

function unpack(row: unknown, limit: number, longRecord: (name: Buffer) => unknown): Page<StoredChild> {
  const [packed, list]: unknown[] = Array.isArray(row) ? row : [];
  if (packed === null && list === null) return { rows: [], isLast: true, bytes: 0 };
  if (!Buffer.isBuffer(packed) || typeof list !== 'string') throw new MalformedRows('a page has not the shape of one');
  const rows: StoredChild[] = [];
  const numbers = list.split(',').map(Number);
  let offset = 0;
  let bytes = 0;
  for (let at = 0; at < numbers.length; at += 4) {
    if (bytes > PAGE_BYTES) return { rows, isLast: false, bytes };
    const [nameLength = -1, recordLength = -1, id = -1, rule = -1] = numbers.slice(at, at + 4);
    const name = packed.subarray(offset, offset + nameLength);
    offset += nameLength;
    const isLong = recordLength > LONG_RECORD;
    const record = isLong ? longRecord(name) : packed.subarray(offset, offset + recordLength);
    if (!isLong) offset += recordLength;
    if (!Buffer.isBuffer(record)) throw new MalformedRows('an entry has not the shape of one');
    rows.push(checked({ name, id, rule, record }));
    bytes += nameLength + recordLength;
  }
  // Values of other types than ours have other lengths than their bytes.
  if (offset !== packed.length) throw new MalformedRows('a page has not the shape of one');
  return { rows, isLast: rows.length < limit, bytes };
}

/** A damaged or forged b-tree may not be in order; a lookup by name would then miss what a walk shows. */
function inOrder<Row extends { readonly name: Buffer }>(page: Page<Row>, after: Buffer): Page<Row> {
  let before = after;
  for (const { name } of page.rows) {
    if (Buffer.compare(before, name) >= 0) throw new MalformedRows('names are not in order');
    before = name;
  }
  return page;
}

/** `limit` is the number of rows of a full page. */
export function childReader(database: Database, limit: number): PageReader<StoredChild> {
  const statement: Statement = database.prepare(packedPage(limit)).raw(true);
  const one: Statement = database.prepare('SELECT record FROM entries WHERE dir = ? AND name = ?').pluck(true);
  return (directory, after) => {
    const longRecord = (name: Buffer): unknown => one.get(directory, name);
    return inOrder(unpack(statement.get(directory, after), limit, longRecord), after);
  };
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
    const found: unknown[] = statement.all(directory, after);
    const rows = found.map(decodeDirectory);
    const bytes = rows.reduce((sum, { name }) => sum + name.length, 0);
    return inOrder({ rows, isLast: rows.length < limit, bytes }, after);
  };
}
