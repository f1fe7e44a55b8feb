/** Edits a baseline as somebody would who knows its format. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { readHeader } from '../../src/baseline/header.ts';
import { manifestOf } from '../../src/baseline/manifest.ts';
import { computeSeal } from '../../src/baseline/seal.ts';
import { TRAILER_LENGTH } from '../../src/baseline/trailer.ts';
import { runSteps } from '../../src/system/turns.ts';

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

/** The declaration of a table that takes any value in each column, but where the declaration makes the row's number. */
function lax(sql: string): string {
  return sql
    .replace(/ (?:TEXT|BLOB|INTEGER|ANY)(?! PRIMARY KEY)/g, '')
    .replaceAll(' NOT NULL', '')
    .replace(') STRICT, WITHOUT', ') WITHOUT')
    .replace(/\) STRICT$/, ')');
}

function editSchema(file: string, table: string, sql: string): void {
  const database = new Database(file);
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  database.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?").run(sql, table);
  database.close();
}

/** Puts a value of any type into a column of every row of a plain database; false where SQLite refuses even so. */
export function disfigure(file: string, table: string, column: string, value: unknown): boolean {
  const reader = new Database(file);
  const declared = String(
    reader.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?").pluck().get(table),
  );
  reader.close();
  editSchema(file, table, lax(declared));
  const writer = new Database(file);
  try {
    writer.prepare(`UPDATE ${table} SET ${column} = ?`).run(value);
    return true;
  } catch {
    return false;
  } finally {
    writer.close();
    editSchema(file, table, declared);
  }
}

/** Every column of every table. */
export function columnsOf(file: string): readonly (readonly [table: string, column: string])[] {
  const database = new Database(file, { readonly: true });
  const rows: unknown[] = database
    .prepare(
      "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY 1, c.cid",
    )
    .raw()
    .all();
  database.close();
  return rows.flatMap((row) => (Array.isArray(row) ? [[String(row[0]), String(row[1])] as const] : []));
}

/** Seals and signs off what the file says now, as far as that can be sealed at all; the trailer is off. */
export function sealAnew(file: string): void {
  const database = new Database(file);
  try {
    const { seal } = runSteps(computeSeal(database));
    database.prepare("UPDATE meta SET value = ? WHERE key = 'seal'").run(seal);
    database.prepare('UPDATE signature SET manifest = ?').run(manifestOf(readHeader(database)));
  } catch {
    // It is refused for what it is then, before any seal.
  } finally {
    database.close();
  }
}

/** Runs SQL on the tables and makes the baseline intact again, with the seal of what it says now. */
export function forgeAndSeal(file: string, sql: string): void {
  forge(file, sql);
  writeFileSync(file, readFileSync(file).subarray(0, -TRAILER_LENGTH));
  sealAnew(file);
  writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(TRAILER_LENGTH)]));
  forge(file, 'SELECT 1');
}
