/** Changes the rows of an SQLite file as somebody would who may write it: values, types, rows gone and doubled. */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { mutateBytes } from './bytes.ts';
import type { Random } from './random.ts';

type Value = string | number | bigint | Buffer | null;

const OTHERS: readonly Value[] = [
  ...[null, '', 'x', '\u001b[2J\n', '\u202e', '-1', '1e308', '\ud83d', 'NaN', '[]', '{"a":1}', 'y'.repeat(3000)],
  ...[0n, 1n, -1n, 2n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), 0.5, 1e300],
  ...[Buffer.alloc(0), Buffer.from([0]), Buffer.from('/'), Buffer.from('..'), Buffer.alloc(2000, 0xff)],
];

function otherValue(value: Value, random: Random, words: readonly string[]): Value {
  if (random.once(3)) return random.pick(OTHERS);
  if (typeof value === 'number' || typeof value === 'bigint')
    return BigInt(random.pick([0, 1, -1, 2, 3, 7, 2 ** 31, 2 ** 40]));
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : (value ?? Buffer.alloc(0));
  const changed = mutateBytes(bytes, random, { words, other: bytes, longest: 64 * 1024 });
  if (random.once(8)) return typeof value === 'string' ? changed : changed.toString('utf8');
  return typeof value === 'string' ? changed.toString('utf8') : changed;
}

function tablesOf(database: Database): readonly string[] {
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck(true).all();
  return names.map(String);
}

/** The columns of a table that hold this row, whatever is in them. */
function where(columns: readonly string[]): string {
  return columns.map((column) => `"${column}" IS ?`).join(' AND ');
}

function changeRow(database: Database, random: Random, words: readonly string[]): void {
  const table = random.pick(tablesOf(database));
  const count = Number(database.prepare(`SELECT count(*) FROM "${table}"`).pluck(true).get());
  if (count === 0) return;
  const select = database.prepare(`SELECT * FROM "${table}" LIMIT 1 OFFSET ?`).safeIntegers(true);
  const columns = select.columns().map(({ name }) => name);
  // Rows of SQLite hold nothing but these.
  const row = select.raw(true).get(random.below(count)) as Value[];
  const at = random.below(columns.length);
  const value = otherValue(row[at] ?? null, random, words);
  switch (random.below(6)) {
    case 0:
      database.prepare(`DELETE FROM "${table}" WHERE ${where(columns)}`).run(...row);
      break;
    case 1: {
      const places = columns.map(() => '?').join(', ');
      database.prepare(`INSERT OR REPLACE INTO "${table}" VALUES (${places})`).run(...row.with(at, value));
      break;
    }
    default:
      database
        .prepare(`UPDATE OR REPLACE "${table}" SET "${columns[at]}" = ? WHERE ${where(columns)}`)
        .run(value, ...row);
  }
}

/** What keeps values of other types out of a column; the text is put back when all is changed. */
const STRICT = "replace(replace(sql, ' STRICT, WITHOUT ROWID', ' WITHOUT ROWID'), ' STRICT', '')";

function withoutStrictness(database: Database, change: () => void): void {
  const schema = database.prepare('SELECT sql, name FROM sqlite_schema WHERE sql IS NOT NULL').raw(true).all();
  database.exec(`UPDATE sqlite_schema SET sql = replace(${STRICT}, ' NOT NULL', '') WHERE type = 'table'`);
  database.pragma('writable_schema = RESET');
  database.pragma('writable_schema = ON');
  try {
    change();
  } finally {
    const restore = database.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?');
    // Two columns were selected.
    for (const [sql, name] of schema as [string, string][]) restore.run(sql, name);
  }
}

const MOST_ROWS = 4;

/**
 * The file with some rows changed, one time in four without regard to the types of columns. Undefined where SQLite
 * refuses.
 */
export function mutateRows(file: Buffer, random: Random, words: readonly string[]): Buffer | undefined {
  const database = new SqliteDatabase(file);
  try {
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    const change = (): void => {
      for (let left = random.small(MOST_ROWS); left > 0; left -= 1) changeRow(database, random, words);
    };
    if (random.once(4)) withoutStrictness(database, change);
    else change();
    return database.serialize();
  } catch (error) {
    // What was changed before need not be readable any more.
    if (error instanceof SqliteDatabase.SqliteError || error instanceof RangeError) return undefined;
    throw error;
  } finally {
    database.close();
  }
}

const PAGE = 4096;
const FIRST_HEADER = 100;

/** The file with some bytes changed, more often in the headers of pages, and with pages exchanged. */
export function mutatePages(file: Buffer, random: Random): Buffer {
  const pages = Buffer.from(file);
  for (let left = random.small(8); left > 0; left -= 1) {
    const page = random.below(pages.length / PAGE) * PAGE;
    if (random.once(10)) {
      const from = random.below(pages.length / PAGE) * PAGE;
      pages.copyWithin(page, from, from + PAGE);
      continue;
    }
    const header = page === 0 ? FIRST_HEADER : 0;
    const at = page + (random.once(2) ? header + random.below(24) : random.below(PAGE));
    pages[at] = random.once(2) ? (pages[at] ?? 0) ^ (1 << random.below(8)) : random.below(256);
  }
  return pages;
}
