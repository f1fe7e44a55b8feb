/**
 * Writes a baseline: entries in any order, then the header; seals it and puts it in place of the old one atomically. It
 * takes no lock and judges nothing: both are the caller's. Until `finish` returns, the old baseline is untouched.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import type { BaselineHeader } from '../model/baseline.ts';
import { baseName, type Path, parentPath, pathBytes, pathFromBytes, ROOT } from '../model/bytes.ts';
import type { PackedContent } from '../model/content.ts';
import type { DirectoryNode, Entry } from '../model/entry.ts';
import { type FromAbove, fromAbove } from '../model/from-above.ts';
import type { Rule } from '../model/rule.ts';
import { removeLeftovers, TemporaryFile } from '../system/safe-write.ts';
import { writeHeader, writeRules, writeSeal } from './header.ts';
import { manifestOf } from './manifest.ts';
import { ABOVE_ROOT, createSchema, PAGE_SIZE, ROOT_DIRECTORY } from './schema.ts';
import { computeSeal } from './seal.ts';
import { writeSignature } from './signature-table.ts';
import { writeFailure } from './sqlite-failure.ts';
import { trailerOf } from './trailer.ts';

/** Different names that are kept in memory at once. */
const MOST_NAMES = 10_000;

function openStaging(path: string): Database {
  // Absolute, since the driver trims what it is given and takes ":memory:" for something else.
  const database = new SqliteDatabase(resolve(path));
  database.pragma(`page_size = ${PAGE_SIZE}`);
  // A crash loses a temporary file and nothing else, so it needs neither a sync nor a journal on the disk. (The driver
  // forbids OFF; in memory it stays small, since nearly every page is a new one.)
  database.pragma('journal_mode = MEMORY');
  database.pragma('synchronous = OFF');
  database.pragma('locking_mode = EXCLUSIVE');
  return database;
}

function* appendTrailer(file: TemporaryFile): Generator<void, void, undefined> {
  const descriptor = openSync(file.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    file.write(yield* trailerOf(descriptor), fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}

export class BaselineWriter {
  readonly #file: string;
  readonly #staging: TemporaryFile;
  readonly #database: Database;
  readonly #insertEntry: Statement;
  readonly #insertDirectory: Statement;
  readonly #findDirectory: Statement;
  readonly #insertContent: Statement;
  readonly #directories = new WeakMap<DirectoryNode, number>();
  #lastNode: DirectoryNode | undefined;
  #lastDirectory = ABOVE_ROOT;
  #nextDirectory = ROOT_DIRECTORY + 1;
  #entries = 0;
  #open = true;

  private constructor(file: string, staging: TemporaryFile, rules: readonly Rule[]) {
    this.#file = file;
    this.#staging = staging;
    this.#database = openStaging(staging.path);
    createSchema(this.#database);
    this.#insertEntry = this.#database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?)');
    this.#insertDirectory = this.#database.prepare('INSERT INTO directories VALUES (?, ?, ?)');
    this.#findDirectory = this.#database
      .prepare('SELECT id FROM directories WHERE parent = ? AND name = ?')
      .pluck(true);
    this.#insertContent = this.#database.prepare('INSERT INTO contents VALUES (?, ?)');
    this.#database.exec('BEGIN');
    writeRules(this.#database, rules);
  }

  /**
   * Starts a baseline that will replace `file`. `rules` are the policy's, in the order that entries refer to. Throws a
   * UserError (73, 74 or 77) when nothing can be written there.
   */
  static create(file: string, rules: readonly Rule[]): BaselineWriter {
    let staging: TemporaryFile | undefined;
    try {
      removeLeftovers(file);
      staging = TemporaryFile.beside(file);
      return new BaselineWriter(file, staging, rules);
    } catch (error) {
      staging?.discard();
      throw writeFailure(file, error);
    }
  }

  /** Stores one entry; its bytes are copied. Each object may come once. */
  add(entry: Entry): void {
    try {
      const directory = entry.directory === this.#lastNode ? this.#lastDirectory : this.#directoryOf(entry.directory);
      this.#insertEntry.run(directory, entry.name, this.#entries, entry.rule, entry.record);
      this.#entries += 1;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Stores the text of a file whose entry is stored too. Each path may come once. */
  keepContent(path: Path, content: PackedContent): void {
    try {
      this.#insertContent.run(pathBytes(path), content);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** A test whether an object was stored. Only for when all are: what it met is remembered. */
  holdings(): (path: Path) => boolean {
    const find = this.#database.prepare('SELECT 1 FROM entries WHERE dir = ? AND name = ?').pluck(true);
    const directories = new Map<Path, number | 'none'>([[ROOT, ROOT_DIRECTORY]]);
    const steps: FromAbove<Path, number | 'none'> = {
      known: (path) => directories.get(path),
      above: parentPath,
      below: (parent, path) => {
        const found: unknown = parent === 'none' ? parent : this.#findDirectory.get(parent, pathBytes(baseName(path)));
        const id = typeof found === 'number' ? found : 'none';
        directories.set(path, id);
        return id;
      },
    };
    return (path) => {
      const directory = fromAbove(parentPath(path), steps);
      return directory !== 'none' && find.get(directory, pathBytes(baseName(path))) !== undefined;
    };
  }

  /** A test whether an object of this name may have been stored. Of many names it is not worth while to know. */
  storedNames(): (name: Path) => boolean {
    if (this.#entries > MOST_NAMES) return () => true;
    const stored = this.#database.prepare<[], Buffer>('SELECT DISTINCT name FROM entries').pluck(true).all();
    const names = new Set(stored.map(pathFromBytes));
    return (name) => names.has(name);
  }

  /** Seals the baseline and puts it in place, synced to the disk, in steps. Throws a UserError (73, 74 or 77). */
  *finish(header: BaselineHeader): Generator<void, { seal: string; entries: number }, undefined> {
    let sealed: TemporaryFile | undefined;
    try {
      writeHeader(this.#database, header, this.#entries);
      const { seal } = yield* computeSeal(this.#database);
      writeSeal(this.#database, seal);
      const manifest = manifestOf({ header, seal, entries: this.#entries });
      writeSignature(this.#database, { manifest, signature: '' });
      this.#database.exec('COMMIT');
      sealed = TemporaryFile.beside(this.#file);
      // Copies the tables in key order into full pages: a tenth smaller, and nothing is left of what was overwritten.
      this.#database.prepare('VACUUM INTO ?').run(resolve(sealed.path));
      this.abort();
      yield* appendTrailer(sealed);
      sealed.publish();
      return { seal, entries: this.#entries };
    } catch (error) {
      sealed?.discard();
      throw this.#failed(error);
    }
  }

  /** Gives up: removes the temporary file. Does nothing after `finish`. */
  abort(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
    this.#staging.discard();
  }

  #failed(error: unknown): unknown {
    const failure = writeFailure(this.#file, error);
    this.abort();
    return failure;
  }

  #directoryOf(node: DirectoryNode | undefined): number {
    const directory = fromAbove<DirectoryNode | undefined, number>(node, {
      known: (at) => (at === undefined ? ABOVE_ROOT : this.#directories.get(at)),
      above: (at) => at?.parent,
      below: (parent, at) => {
        if (at === undefined) return parent;
        const id = this.#storeDirectory(parent, pathBytes(at.name));
        this.#directories.set(at, id);
        return id;
      },
    });
    this.#lastNode = node;
    this.#lastDirectory = directory;
    return directory;
  }

  /** Two walks may meet in one directory with nodes of their own, so it may be there already; as the root always is. */
  #storeDirectory(parent: number, name: Buffer): number {
    const found: unknown = this.#findDirectory.get(parent, name);
    if (typeof found === 'number') return found;
    const id = this.#nextDirectory;
    this.#insertDirectory.run(id, parent, name);
    this.#nextDirectory += 1;
    return id;
  }
}
