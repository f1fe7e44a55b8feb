/**
 * Finds entries by directory and name. A scan asks for the names of a directory one after the other, and to read them
 * all at once costs a third of looking up each: so a directory that is asked for again and again is read whole, if it
 * is not too large to be held. What comes in another order is found all the same, only slower.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEntry } from '../model/stored-entries.ts';
import { childReader, decodeEntry, type PageReader, type StoredChild } from './rows.ts';

/** Look-ups in a row after which a directory is read: it bounds what is read in vain when they jump about. */
const LOOKUPS_BEFORE = 4;
/** Directories with fewer entries are held. */
const PAGE_ROWS = 1024;
const BEFORE_ALL = Buffer.alloc(0);

export class EntryLookup {
  readonly #byName: Statement;
  readonly #readPage: PageReader<StoredChild>;
  #directory = -1;
  #lookups = 0;
  /** All entries of the directory, when it is held. */
  #held: readonly StoredChild[] | undefined;
  /** Where in them the next name is, if the order is that of the baseline. */
  #next = 0;

  constructor(database: Database) {
    this.#byName = database.prepare('SELECT id, rule, record FROM entries WHERE dir = ? AND name = ?').raw(true);
    this.#readPage = childReader(database, PAGE_ROWS);
  }

  find(directory: number, name: Buffer): StoredEntry | undefined {
    if (directory !== this.#directory) {
      this.#directory = directory;
      this.#lookups = 0;
      this.#held = undefined;
    }
    this.#lookups += 1;
    if (this.#lookups === LOOKUPS_BEFORE) this.#hold();
    if (this.#held !== undefined) return this.#among(this.#held, name);
    const row: unknown = this.#byName.get(directory, name);
    return row === undefined ? undefined : decodeEntry(row);
  }

  #hold(): void {
    const page = this.#readPage(this.#directory, BEFORE_ALL);
    if (page.isLast) this.#held = page.rows;
    this.#next = 0;
  }

  #among(rows: readonly StoredChild[], name: Buffer): StoredEntry | undefined {
    let low = 0;
    let high = rows.length;
    for (let middle = Math.min(this.#next, high - 1); low < high; middle = (low + high) >> 1) {
      const row = rows[middle];
      if (row === undefined) break;
      const order = Buffer.compare(row.name, name);
      if (order === 0) {
        this.#next = middle + 1;
        return row;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    this.#next = low;
    return undefined;
  }
}
