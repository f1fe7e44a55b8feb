/**
 * The tables of a baseline file and what marks a file as one (docs/baseline-format.md). This module only holds the
 * definitions: it opens no file and knows nothing of trailer or seal.
 */
import type { Database } from 'better-sqlite3';
import { ABOVE_ROOT, ROOT_DIRECTORY } from '../model/stored-entries.ts';
import { CONTENTS_TABLE } from './contents.ts';
import { createStatement, HEADER_TABLES } from './header-tables.ts';
import { SIGNATURE_TABLE } from './signature-table.ts';
import { VIEWS } from './views.ts';

/** "intg", in the SQLite header at offset 68. */
export const APPLICATION_ID = 0x696e7467;
/** In the SQLite header at offset 60 (user_version). */
export const FORMAT_VERSION = 2;
export const PAGE_SIZE = 4096;

const TABLES: ReadonlyMap<string, string> = new Map([
  // ANY, so that numbers stay numbers and the root a blob.
  ['meta', 'CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID'],
  ...HEADER_TABLES.map((table): [string, string] => [table, createStatement(table)]),
  [
    'directories',
    'CREATE TABLE directories (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL, UNIQUE (parent, name)) STRICT',
  ],
  [
    'entries',
    'CREATE TABLE entries (dir INTEGER NOT NULL, name BLOB NOT NULL, id INTEGER NOT NULL, rule INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (dir, name)) STRICT, WITHOUT ROWID',
  ],
  ['contents', CONTENTS_TABLE],
  ['signature', SIGNATURE_TABLE],
]);

/** What sqlite_schema holds, apart from views: type, name, table, and the SQL as SQLite stores it. */
const EXPECTED: readonly (readonly (string | null)[])[] = [
  ...[...TABLES].map(([name, sql]) => ['table', name, name, sql]),
  // The index behind the UNIQUE constraint.
  ['index', 'sqlite_autoindex_directories_1', 'directories', null],
];

/** Makes the empty tables and views in a new database and marks it as a baseline. */
export function createSchema(database: Database): void {
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${FORMAT_VERSION}`);
  for (const sql of TABLES.values()) database.exec(sql);
  for (const sql of VIEWS.values()) database.exec(sql);
  database.prepare('INSERT INTO directories VALUES (?, ?, ?)').run(ROOT_DIRECTORY, ABOVE_ROOT, Buffer.alloc(0));
}

/**
 * Whether the opened file has exactly our tables and index, no trigger and nothing virtual, so that a query means what
 * it says. Views are let through whatever they say: integ never reads one, and the seal covers their text, so that a
 * later version may improve a view without losing the baselines of today.
 */
export function hasOurTables(database: Database): boolean {
  const rows: unknown[] = database
    .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type <> 'view'")
    .raw(true)
    .all();
  const isExpected = (row: unknown): boolean =>
    Array.isArray(row) && EXPECTED.some((expected) => expected.every((value, at) => row[at] === value));
  return rows.length === EXPECTED.length && rows.every(isExpected);
}
