/**
 * Visits what a baseline holds in canonical order: depth first, an object before what lies below it, the names of a
 * directory in byte order. Memory stays bounded whatever the width or depth of the tree.
 */
import type { Database, Statement } from 'better-sqlite3';
import { ABOVE_ROOT, ROOT_DIRECTORY } from '../model/stored-entries.ts';
import { MalformedRows } from './malformed.ts';
import {
  childReader,
  decodeEntry,
  isName,
  type PageReader,
  type StoredChild,
  type StoredDirectory,
  subdirectoryReader,
} from './rows.ts';

/** Rows read at once, and bytes that the directories above the current one may keep meanwhile. */
const PAGE_ROWS = 256;
const KEPT_BYTES = 10 * 1024 * 1024;
/** What a row takes besides its name and record, about. */
const ROW_OVERHEAD = 300;

const NO_NAME = Buffer.alloc(0);

/** Rows of one directory in byte order of names, a page at a time; `head` is the next one. */
class PagedRows<Row extends { readonly name: Buffer }> {
  readonly #read: PageReader<Row>;
  readonly #directory: number;
  #rows: Row[] = [];
  #at = 0;
  #bytes = 0;
  #last: Buffer = NO_NAME;
  #exhausted = false;

  constructor(read: PageReader<Row>, directory: number) {
    this.#read = read;
    this.#directory = directory;
  }

  get head(): Row | undefined {
    if (this.#at === this.#rows.length && !this.#exhausted) this.#load();
    return this.#rows[this.#at];
  }

  /** Bytes in memory: a page stays whole as long as one of its rows is needed. */
  get kept(): number {
    return this.#at < this.#rows.length ? this.#bytes + this.#rows.length * ROW_OVERHEAD : 0;
  }

  advance(row: Row): void {
    this.#last = row.name;
    this.#at += 1;
  }

  /** Forgets the page; what of it is still needed is read again. */
  drop(): void {
    if (this.kept > 0) this.#exhausted = false;
    this.#rows = [];
    this.#at = 0;
    // A copy: names are views into the page, and would keep it.
    this.#last = Buffer.from(this.#last);
  }

  #load(): void {
    const page = this.#read(this.#directory, this.#last);
    this.#rows = page.rows;
    this.#bytes = page.bytes;
    this.#at = 0;
    this.#exhausted = page.isLast;
  }
}

interface Frame {
  readonly directory: number;
  readonly entries: PagedRows<StoredChild>;
  readonly subdirectories: PagedRows<StoredDirectory>;
  /** Bytes read ahead in this directory while a directory below it is visited. */
  kept: number;
}

/** `object`: an entry, in `child` and `directory`. `enter` and `leave`: a directory below which something is stored. */
export type Step = 'object' | 'enter' | 'leave' | 'end';

/** A cursor over all entries. `next` moves on and says what was met; the other members describe it. */
export class CanonicalWalk {
  readonly #readEntries: PageReader<StoredChild>;
  readonly #readSubdirectories: PageReader<StoredDirectory>;
  readonly #byId: Statement;
  readonly #stack: Frame[] = [];
  readonly #root: StoredChild | undefined;
  #started = false;
  #kept = 0;
  #child: StoredChild | undefined;
  #entered: Buffer = NO_NAME;
  #directory = ABOVE_ROOT;

  constructor(database: Database) {
    this.#readEntries = childReader(database, PAGE_ROWS);
    this.#readSubdirectories = subdirectoryReader(database, PAGE_ROWS);
    this.#byId = database.prepare('SELECT parent, name FROM directories WHERE id = ?').raw(true);
    const root: unknown = database
      .prepare("SELECT id, rule, record FROM entries WHERE dir = ? AND name = x''")
      .raw(true)
      .get(ABOVE_ROOT);
    this.#root = root === undefined ? undefined : { name: NO_NAME, ...decodeEntry(root) };
  }

  /** The object that was met. */
  get child(): StoredChild {
    if (this.#child === undefined) throw new Error('integ: internal error: the walk is not at an object');
    return this.#child;
  }

  /** Name of the directory that was entered. */
  get entered(): Buffer {
    return this.#entered;
  }

  /** Id of the directory that holds the object that was met. */
  get directory(): number {
    return this.#directory;
  }

  next(): Step {
    if (!this.#started) return this.#start();
    const frame = this.#stack.at(-1);
    if (frame === undefined) return 'end';
    const entry = frame.entries.head;
    const subdirectory = frame.subdirectories.head;
    if (entry !== undefined && (subdirectory === undefined || Buffer.compare(entry.name, subdirectory.name) <= 0)) {
      frame.entries.advance(entry);
      return this.#meet(frame.directory, entry);
    }
    if (subdirectory !== undefined) {
      frame.subdirectories.advance(subdirectory);
      return this.#enter(frame, subdirectory);
    }
    this.#stack.pop();
    const above = this.#stack.at(-1);
    if (above === undefined) return 'end';
    this.#kept -= above.kept;
    return 'leave';
  }

  #start(): Step {
    this.#started = true;
    this.#stack.push(this.#frame(ROOT_DIRECTORY));
    if (this.#root === undefined) return this.next();
    this.#directory = ABOVE_ROOT;
    this.#child = this.#root;
    return 'object';
  }

  #meet(directory: number, entry: StoredChild): Step {
    if (!isName(entry.name)) throw new MalformedRows('an entry has a name that no object can have');
    this.#directory = directory;
    this.#child = entry;
    return 'object';
  }

  #enter(frame: Frame, subdirectory: StoredDirectory): Step {
    // Lookups by id and by name use different b-trees of the file: they must agree.
    const row: unknown = this.#byId.get(subdirectory.id);
    const agrees = Array.isArray(row) && row[0] === frame.directory && subdirectory.name.equals(row[1]);
    if (!agrees) throw new MalformedRows('a directory has two places');
    frame.kept = frame.entries.kept + frame.subdirectories.kept;
    const isTooMuch = this.#kept + frame.kept > KEPT_BYTES;
    if (isTooMuch) frame.kept = 0;
    for (const page of [frame.entries, frame.subdirectories]) if (isTooMuch || page.kept === 0) page.drop();
    this.#kept += frame.kept;
    this.#entered = subdirectory.name;
    this.#stack.push(this.#frame(subdirectory.id));
    return 'enter';
  }

  #frame(directory: number): Frame {
    return {
      directory,
      entries: new PagedRows(this.#readEntries, directory),
      subdirectories: new PagedRows(this.#readSubdirectories, directory),
      kept: 0,
    };
  }
}
