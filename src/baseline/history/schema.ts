/**
 * The tables of a history (docs/history-format.md) and what marks a file as one. Definitions only: it opens no file.
 */
import type { Database } from 'better-sqlite3';

/** "inth", in the SQLite header at offset 68. */
export const HISTORY_APPLICATION_ID = 0x696e7468;
export const HISTORY_VERSION = 3;

type Tables = ReadonlyMap<string, string>;

const TABLES: Tables = new Map([
  ['meta', 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID'],
  [
    'runs',
    'CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lineage TEXT NOT NULL, host TEXT NOT NULL, ' +
      'startedAt TEXT NOT NULL, finishedAt TEXT NOT NULL, status TEXT NOT NULL, exitCode INTEGER NOT NULL, ' +
      'sequence INTEGER NOT NULL, seal TEXT NOT NULL, rules TEXT NOT NULL, limits TEXT NOT NULL, summary TEXT NOT NULL, ' +
      'report TEXT NOT NULL, states TEXT NOT NULL, generations TEXT NOT NULL, previous TEXT NOT NULL, ' +
      'digest TEXT NOT NULL) STRICT',
  ],
  [
    'parts',
    'CREATE TABLE parts (run INTEGER NOT NULL, kind TEXT NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL, ' +
      'PRIMARY KEY (run, kind, position)) STRICT',
  ],
  [
    'generations',
    'CREATE TABLE generations (number INTEGER PRIMARY KEY, lineage TEXT NOT NULL, sequence INTEGER NOT NULL, ' +
      'seal TEXT NOT NULL, createdAt TEXT NOT NULL, command TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, ' +
      'ticket TEXT NOT NULL, seenAt TEXT NOT NULL, inForceOn TEXT NOT NULL, previous TEXT NOT NULL, ' +
      'digest TEXT NOT NULL) STRICT',
  ],
]);

/** The two tables that format 2 had otherwise. */
export const TABLES_OF_FORMAT_2: Tables = new Map([
  [
    'runs',
    'CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lineage TEXT NOT NULL, host TEXT NOT NULL, ' +
      'startedAt TEXT NOT NULL, finishedAt TEXT NOT NULL, status TEXT NOT NULL, exitCode INTEGER NOT NULL, ' +
      'sequence INTEGER NOT NULL, seal TEXT NOT NULL, rules TEXT NOT NULL, limits TEXT NOT NULL, summary TEXT NOT NULL, ' +
      'report TEXT NOT NULL, states TEXT NOT NULL, previous TEXT NOT NULL, digest TEXT NOT NULL) STRICT',
  ],
  [
    'generations',
    'CREATE TABLE generations (lineage TEXT NOT NULL, sequence INTEGER NOT NULL, seal TEXT NOT NULL, ' +
      'createdAt TEXT NOT NULL, command TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, ticket TEXT NOT NULL, ' +
      'seenAt TEXT NOT NULL, PRIMARY KEY (lineage, sequence)) STRICT',
  ],
]);

export function createTable(database: Database, name: 'runs' | 'generations'): void {
  database.exec(TABLES.get(name) ?? '');
}

export function createHistorySchema(database: Database): void {
  database.pragma(`application_id = ${HISTORY_APPLICATION_ID}`);
  database.pragma(`user_version = ${HISTORY_VERSION}`);
  for (const sql of TABLES.values()) database.exec(sql);
}

/**
 * Whether the file has exactly our tables, those of `older` in their older form: no trigger, no view, nothing virtual.
 */
export function hasHistoryTables(database: Database, older: Tables = new Map()): boolean {
  const rows: unknown[] = database.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL').raw(true).all();
  const isOurs = (name: string, sql: unknown): boolean => (older.get(name) ?? TABLES.get(name)) === sql;
  return rows.length === TABLES.size && rows.every((row) => Array.isArray(row) && isOurs(String(row[0]), row[1]));
}
