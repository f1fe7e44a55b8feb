/**
 * Reads a baseline that was verified as a whole: its header, single entries, one directory, all of it in order. It
 * never writes and knows nothing of the live system.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { BaselineHeader } from '../model/baseline.ts';
import { joinPath, type Path, pathBytes, pathFromBytes, pathFromLatin1, ROOT } from '../model/bytes.ts';
import type { PackedContent } from '../model/content.ts';
import type { RecordBytes } from '../model/record.ts';
import { ABOVE_ROOT, ROOT_DIRECTORY, type StoredEntry } from '../model/stored-entries.ts';
import { runSteps, takeTurns } from '../system/turns.ts';
import { countContents, type StoredContent, storedContents } from './contents.ts';
import type { StoredHeader, StoredRule } from './header.ts';
import { EntryLookup } from './lookup.ts';
import { openBaseline } from './open.ts';
import { childReader, type PageReader, type StoredChild } from './rows.ts';
import { parseExpectedSeal } from './seal.ts';
import { readFailure } from './sqlite-failure.ts';
import { CanonicalWalk } from './walk.ts';

export type { StoredChild } from './rows.ts';

/** An entry met in canonical order. */
export class PlacedEntry implements StoredChild {
  readonly name: Buffer;
  readonly id: number;
  readonly rule: number;
  readonly record: RecordBytes;
  /** Id of the directory that holds it. */
  readonly directory: number;
  readonly #reader: BaselineReader;

  constructor(reader: BaselineReader, directory: number, { name, id, rule, record }: StoredChild) {
    this.#reader = reader;
    this.directory = directory;
    this.name = name;
    this.id = id;
    this.rule = rule;
    this.record = record;
  }

  /** Composed when it is asked for: a chain of n directories would else cost n² bytes. */
  get path(): Path {
    if (this.directory === ABOVE_ROOT) return ROOT;
    return joinPath(this.#reader.pathOf(this.directory), pathFromBytes(this.name));
  }
}

export interface ReaderOptions {
  /** 16 to 64 hex digits that the seal must begin with. */
  readonly expectSeal?: string;
}

/** No name sorts before it; where a page of `childrenAfter` begins. */
const BEFORE_ALL = Buffer.alloc(0);
const PAGE_ROWS = 4096;
const STANDARD_INPUT = '-';

export class BaselineReader {
  /** As given, or '-' for standard input. */
  readonly file: string;
  readonly header: BaselineHeader;
  /** 64 hex digits. */
  readonly seal: string;
  readonly entryCount: number;
  /** The text that a signature is made over. */
  readonly manifest: string;
  /** As ssh-keygen(1) writes it; empty when the baseline is not signed. Not verified here. */
  readonly signature: string;
  /** The policy's rules by index. */
  readonly rules: readonly StoredRule[];
  readonly #database: Database;
  readonly #lookup: EntryLookup;
  readonly #readChildren: PageReader<StoredChild>;
  readonly #directory: Statement;
  readonly #place: Statement;
  readonly #content: Statement;
  #lastDirectory = ROOT_DIRECTORY;
  #lastPath: Path = ROOT;

  private constructor(file: string, database: Database, stored: StoredHeader) {
    this.file = file;
    this.header = stored.header;
    this.seal = stored.seal;
    this.entryCount = stored.entries;
    this.manifest = stored.signed.manifest;
    this.signature = stored.signed.signature;
    this.rules = stored.rules;
    this.#database = database;
    const prepare = (sql: string): Statement => database.prepare(sql).raw(true);
    this.#lookup = new EntryLookup(database);
    this.#readChildren = childReader(database, PAGE_ROWS);
    this.#directory = prepare('SELECT id FROM directories WHERE parent = ? AND name = ?').pluck(true);
    this.#place = prepare('SELECT parent, name FROM directories WHERE id = ?');
    this.#content = prepare('SELECT content FROM contents WHERE path = ?').pluck(true);
  }

  /**
   * Opens a file, or one that was read whole into memory, and verifies every byte and the seal first. Throws a
   * UserError: 65 not to be trusted, 66 missing, 74 and 77 not readable, 64 for an expected seal that is none.
   */
  static open(source: string | Buffer, options: ReaderOptions = {}): BaselineReader {
    return runSteps(BaselineReader.#opening(source, options));
  }

  /** The same with turns for the event loop, since a large one takes long to verify. */
  static openInTurns(source: string | Buffer, options: ReaderOptions = {}): Promise<BaselineReader> {
    return takeTurns(BaselineReader.#opening(source, options));
  }

  static *#opening(source: string | Buffer, options: ReaderOptions): Generator<void, BaselineReader, undefined> {
    const expected = options.expectSeal === undefined ? undefined : parseExpectedSeal(options.expectSeal);
    const name = typeof source === 'string' ? source : 'from standard input';
    const { database, stored } = yield* openBaseline(source, name, expected);
    return new BaselineReader(typeof source === 'string' ? source : STANDARD_INPUT, database, stored);
  }

  /** Id of the directory with this name, if anything below it is stored. The root is `directory(ABOVE_ROOT, empty)`. */
  directory(parent: number, name: Buffer): number | undefined {
    return this.#guard(() => {
      const id: unknown = this.#directory.get(parent, name);
      return typeof id === 'number' ? id : undefined;
    });
  }

  /** The entry of one name in a directory. The root object has the empty name in `ABOVE_ROOT`. */
  find(directory: number, name: Buffer): StoredEntry | undefined {
    return this.#guard(() => this.#lookup.find(directory, name));
  }

  /** All entries of one directory in byte order of names. */
  children(directory: number): StoredChild[] {
    const pages: StoredChild[][] = [];
    let after: Buffer = BEFORE_ALL;
    for (let isLast = false; !isLast; ) {
      const page = this.#guard(() => this.#readChildren(directory, after));
      pages.push(page.rows);
      after = page.rows.at(-1)?.name ?? after;
      isLast = page.isLast;
    }
    return pages.flat();
  }

  /**
   * A page of a directory, for those that are too large to be held: up to 4,096 entries with names after the given one
   * (the empty name for the first page), in byte order; none after the last page.
   */
  childrenAfter(directory: number, after: Buffer): StoredChild[] {
    return this.#guard(() => this.#readChildren(directory, after).rows);
  }

  /** Every entry in canonical order: an object before what lies below it, names of a directory in byte order. */
  *entries(): IterableIterator<PlacedEntry> {
    const walk = this.#guard(() => new CanonicalWalk(this.#database));
    const next = () => walk.next();
    for (let step = this.#guard(next); step !== 'end'; step = this.#guard(next)) {
      if (step === 'object') yield new PlacedEntry(this, walk.directory, walk.child);
    }
  }

  /** The text that is kept of a file, if one is. */
  contentOf(path: Path): PackedContent | undefined {
    return this.#guard(() => {
      const content: unknown = this.#content.get(pathBytes(path));
      return Buffer.isBuffer(content) ? content : undefined;
    });
  }

  /** Of how many files a text is kept. */
  get contentCount(): number {
    return this.#guard(() => countContents(this.#database));
  }

  /** All texts that are kept, in byte order of paths. */
  *contents(): IterableIterator<StoredContent> {
    const stored = storedContents(this.#database);
    for (let next = this.#guard(() => stored.next()); next.done !== true; next = this.#guard(() => stored.next())) {
      yield next.value;
    }
  }

  /** Path of a directory by its id. */
  pathOf(directory: number): Path {
    if (directory === this.#lastDirectory) return this.#lastPath;
    const names: string[] = [];
    for (let current = directory; current !== ROOT_DIRECTORY; ) {
      const { parent, name } = this.placeOf(current);
      names.push(name);
      current = parent;
    }
    this.#lastDirectory = directory;
    this.#lastPath = pathFromLatin1(`/${names.reverse().join('/')}`);
    return this.#lastPath;
  }

  /** The directory that holds a directory, and the name there. The root has the empty name in `ABOVE_ROOT`. */
  placeOf(directory: number): { readonly parent: number; readonly name: Path } {
    const row: unknown = this.#guard(() => this.#place.get(directory));
    const [parent, name]: unknown[] = Array.isArray(row) ? row : [];
    if (typeof parent !== 'number' || !Buffer.isBuffer(name)) {
      throw new Error(`integ: internal error: the baseline has no directory ${directory}`);
    }
    return { parent, name: pathFromBytes(name) };
  }

  close(): void {
    this.#database.close();
  }

  /** What goes wrong after the check (the disk fails, the file is cut) ends the command with a line, like the rest. */
  #guard<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw readFailure(this.file, error);
    }
  }
}
