/**
 * The tables beside the tree that hold lists: one declaration from which their SQL, their rows and their part of the
 * canonical encoding are made. What the values mean is in header.ts.
 */
import type { Database } from 'better-sqlite3';
import { MalformedRows } from './malformed.ts';

type ColumnType = 'TEXT' | 'BLOB' | 'INTEGER';

/** In the order of the canonical encoding. Paths are blobs, everything that somebody wrote is text. */
const COLUMNS = {
  policy_sources: { name: 'TEXT', text: 'TEXT' },
  start_links: { rule: 'INTEGER', path: 'BLOB', target: 'BLOB' },
  mounts: { path: 'BLOB', type: 'TEXT', source: 'TEXT', options: 'TEXT', entered: 'INTEGER' },
  unavailable: { attribute: 'TEXT', file_system: 'TEXT', example: 'BLOB' },
  failures: { path: 'BLOB', operation: 'TEXT', code: 'TEXT', message: 'TEXT' },
  rules: { name: 'TEXT', severity: 'TEXT', watch: 'TEXT' },
  packages: { name: 'TEXT', version: 'TEXT', files: 'BLOB' },
} as const satisfies Record<string, Readonly<Record<string, ColumnType>>>;

export type HeaderTable = keyof typeof COLUMNS;

// Object.keys loses the key type; the object above is closed.
export const HEADER_TABLES: readonly HeaderTable[] = Object.keys(COLUMNS) as HeaderTable[];

export function createStatement(table: HeaderTable): string {
  const columns = Object.entries(COLUMNS[table]).map(([name, type]) => `, ${name} ${type} NOT NULL`);
  return `CREATE TABLE ${table} (position INTEGER PRIMARY KEY${columns.join('')}) STRICT`;
}

/** A lone surrogate has no UTF-8 form; it would come back as something else than was sealed. */
export function storable(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Writes rows at positions 0, 1, 2 …, each with the values in the order of the columns. */
export function writeRows(
  database: Database,
  table: HeaderTable,
  rows: readonly (readonly (string | Buffer | number)[])[],
): void {
  const places = Object.keys(COLUMNS[table]).map(() => ', ?');
  const insert = database.prepare(`INSERT INTO ${table} VALUES (?${places.join('')})`);
  rows.forEach((row, position) => {
    insert.run(position, ...row.map((value) => (typeof value === 'string' ? storable(value) : value)));
  });
}

/**
 * The rows of a query that selects blobs only; the stored bytes of a text, the decimal digits of a number. Throws
 * MalformedRows for anything else.
 */
export function blobRows(database: Database, query: string): Buffer[][] {
  const rows: unknown[] = database.prepare(query).raw(true).all();
  return rows.map((row) => {
    if (Array.isArray(row) && row.every(Buffer.isBuffer)) return row;
    throw new MalformedRows('the header has not the shape of one');
  });
}

/** All rows of a table in order, each value as its bytes. Throws MalformedRows when one is missing. */
export function readRows(database: Database, table: HeaderTable): Buffer[][] {
  const columns = Object.keys(COLUMNS[table]).map((name) => `, CAST(${name} AS BLOB)`);
  const query = `SELECT CAST(position AS BLOB)${columns.join('')} FROM ${table} ORDER BY position`;
  return blobRows(database, query).map(([position, ...values], index) => {
    if (position?.toString('latin1') === String(index)) return values;
    throw new MalformedRows(`a row of ${table} is missing`);
  });
}

/** Everything in `meta` but the seal, by key in byte order: key and value as bytes. */
export function readMeta(database: Database): Buffer[][] {
  return blobRows(database, "SELECT CAST(key AS BLOB), CAST(value AS BLOB) FROM meta WHERE key <> 'seal' ORDER BY key");
}
