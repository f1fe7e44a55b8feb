/**
 * The history: every run with its report, and every generation that was ever seen, in an SQLite file beside the baseline
 * (docs/history-format.md). It decides nothing about runs or baselines; it only remembers, and never learns anew what it
 * cannot read.
 */
import { createHash, type Hash } from 'node:crypto';
import { accessSync, closeSync, constants, lstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { GenerationOrigin } from '../model/baseline.ts';
import { printableText } from '../model/bytes.ts';
import { errorCode, errorMessage, UserError } from '../model/errors.ts';
import type { FindingState } from '../model/finding-state.ts';
import type { LeftOut } from '../model/left-out.ts';
import { writeError } from '../system/safe-write.ts';
import {
  type ChainBreak,
  type ChainEnd,
  type ChainedRun,
  type RunFacts,
  runDigest,
  verifyChain,
} from './history-chain.ts';
import { createHistorySchema, HISTORY_APPLICATION_ID, HISTORY_VERSION, hasHistoryTables } from './history-schema.ts';
import { leftOutOf } from './left-out.ts';
import { MalformedRows } from './malformed.ts';
import { decodeStates, encodeState } from './states.ts';

export type NewRun = Omit<RunFacts, 'number' | 'report' | 'states'>;

/** A generation that was in force once, as it was first seen. */
export interface SeenGeneration {
  readonly sequence: number;
  readonly seal: string;
  readonly createdAt: string;
  readonly origin: Omit<GenerationOrigin, 'command'> & { readonly command: string };
}

export interface ReportSelection {
  /** Id of a report, or undefined for the newest one. */
  readonly id: string | undefined;
  /** Restricts the newest one to those of one baseline. */
  readonly lineage?: string;
}

/** Bytes of a report or of states that are compressed together: bounds memory, whatever the length of a report. */
const PART_BYTES = 1 << 20;
/** What a part may hold beyond that: its last piece, which may carry the longest of texts and paths. */
const LONGEST_PART = 1 << 26;
/** Another run may be storing a long report. */
const WAIT_MILLISECONDS = 30_000;
/** Fast rather than small: a check must not wait for it. */
const COMPRESSION = { level: 3 };
const KNOWN_SHOWN = 10;

const RUN_COLUMNS =
  'number, id, lineage, host, startedAt, finishedAt, status, exitCode, sequence, seal, rules, limits, summary, ' +
  'report, states, previous, digest';

/** Key, before a lineage. */
const LEFT_OUT = 'left-out';

type PartKind = 'report' | 'states';

/**
 * A run that was killed while it stored leaves a journal, which SQLite rolls back at the next opening, though never at one
 * to read only. Where it may not be rolled back, that opening says what is wrong.
 */
function rollBackInterrupted(file: string): void {
  if (lstatSync(`${file}-journal`, { throwIfNoEntry: false }) === undefined) return;
  try {
    accessSync(file, constants.W_OK);
  } catch {
    return;
  }
  const database = new SqliteDatabase(resolve(file), { fileMustExist: true, timeout: WAIT_MILLISECONDS });
  try {
    database.pragma('schema_version');
  } finally {
    database.close();
  }
}

export class History {
  readonly file: string;
  readonly #database: Database;

  private constructor(file: string, database: Database) {
    this.file = file;
    this.#database = database;
  }

  /**
   * Opens a history to read and write; makes an empty one, for its owner alone, where there is none. Throws a UserError:
   * 65 when the file is damaged or no history, 73, 74 or 77 when it cannot be written.
   */
  static open(file: string): History {
    try {
      const isNew = createFile(file);
      const database = new SqliteDatabase(resolve(file), { fileMustExist: true, timeout: WAIT_MILLISECONDS });
      try {
        database.pragma('trusted_schema = OFF');
        database.pragma('synchronous = FULL');
        database
          .transaction(() => {
            if (isNew && isEmpty(database)) createHistorySchema(database);
          })
          .immediate();
        requireHistory(file, database);
        return new History(file, database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      throw historyFailure(file, error);
    }
  }

  /** Opens a history that exists, to read only; undefined when there is none. Throws as `open`. */
  static openToRead(file: string): History | undefined {
    try {
      if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
      rollBackInterrupted(file);
      const options = { readonly: true, fileMustExist: true, timeout: WAIT_MILLISECONDS };
      const database = new SqliteDatabase(resolve(file), options);
      try {
        database.pragma('trusted_schema = OFF');
        requireHistory(file, database);
        return new History(file, database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      if (errorCode(error) === 'ENOTDIR') return undefined;
      throw historyFailure(file, error);
    }
  }

  close(): void {
    this.#database.close();
  }

  /** Stores a run at the end of the chain: all of it or nothing. `report` are the pieces of its JSON document. */
  store(run: NewRun, report: Iterable<string>, states: Iterable<FindingState>): void {
    this.#write(() => {
      const head = this.#end('head');
      const number = head.number + 1;
      const facts: RunFacts = {
        number,
        ...run,
        report: this.#storeParts(number, 'report', utf8(report)),
        states: this.#storeParts(number, 'states', encoded(states)),
      };
      const digest = runDigest(facts, head.digest);
      const places = RUN_COLUMNS.split(',').map((column) => `@${column.trim()}`);
      this.#database
        .prepare(`INSERT INTO runs (${RUN_COLUMNS}) VALUES (${places.join(', ')})`)
        .run({ ...facts, previous: head.digest, digest });
      this.#setEnd('head', { number, digest });
    });
  }

  /** Runs without their reports, oldest first. */
  runs(): readonly ChainedRun[] {
    return this.#read(() => this.#runs());
  }

  /** One run. Throws a UserError `missing` that names the known ones. */
  find({ id, lineage }: ReportSelection): ChainedRun {
    const runs = this.runs();
    const found =
      id === undefined
        ? runs.findLast((run) => lineage === undefined || run.lineage === lineage)
        : runs.find((run) => run.id === id);
    if (found !== undefined) return found;
    const known = runs.slice(-KNOWN_SHOWN).reverse();
    if (known.length === 0 || id === undefined) {
      throw new UserError('missing', `no report is stored in ${printableText(this.file)}`, {
        hint: 'integ check makes and stores one',
      });
    }
    const more = runs.length > known.length ? ` and ${runs.length - known.length} older ones` : '';
    const names = known.map((run) => printableText(run.id)).join(', ');
    throw new UserError('missing', `there is no report ${printableText(id)}`, {
      hint: `stored are ${names}${more}; latest is the newest one`,
    });
  }

  /** The JSON document of a report as it was stored, in pieces. */
  *report(run: ChainedRun): Generator<string, void, undefined> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for (const part of this.#parts(run, 'report')) yield decoder.decode(part, { stream: true });
    yield decoder.decode();
  }

  /** The states of the changes of a report, in their order. */
  *states(run: ChainedRun): Generator<FindingState, void, undefined> {
    for (const part of this.#parts(run, 'states')) yield* this.#guarded(decodeStates(part));
  }

  /** Where the chain of runs is broken; nowhere, if nobody touched it. */
  verify(): readonly ChainBreak[] {
    return this.#read(() =>
      verifyChain(this.#runs(), this.#end('anchor'), this.#end('head'), (run) => this.#isIntact(run)),
    );
  }

  /**
   * Removes runs that began before the time, oldest first; the chain then begins at the last of them. How many. Throws a
   * UserError `untrusted`, and removes none, when the chain is broken among them.
   */
  prune(before: string): number {
    return this.#write(() => {
      const runs = this.#runs();
      const kept = runs.findIndex((run) => run.startedAt >= before);
      // The newest run stays: `latest` always means something.
      const old = runs.slice(0, kept < 0 ? -1 : kept);
      const last = old.at(-1);
      if (last === undefined) return 0;
      // What is removed can show nothing any more, so a break among it must be seen first.
      const [broken] = verifyChain(old, this.#end('anchor'), last, (run) => this.#isIntact(run));
      if (broken !== undefined) throw damagedHistory(this.file, broken.what);
      this.#database.prepare('DELETE FROM parts WHERE run <= ?').run(last.number);
      this.#database.prepare('DELETE FROM runs WHERE number <= ?').run(last.number);
      this.#setEnd('anchor', last);
      return old.length;
    });
  }

  /** Remembers a generation that is in force. One that is known already stays as it is. */
  remember(lineage: string, generation: SeenGeneration, seenAt: string): void {
    const { sequence, seal, createdAt, origin } = generation;
    this.#write(() => {
      this.#database
        .prepare('INSERT OR IGNORE INTO generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(lineage, sequence, seal, createdAt, origin.command, origin.who, origin.why, origin.ticket ?? '', seenAt);
    });
  }

  /** All generations ever seen of one baseline, oldest first. */
  generations(lineage: string): readonly SeenGeneration[] {
    return this.#read(() => {
      const rows = this.#database
        .prepare(
          'SELECT sequence, seal, createdAt, command, who, why, ticket FROM generations WHERE lineage = ? ORDER BY sequence',
        )
        .all(lineage);
      return rows.map((row) => {
        // The table is STRICT: the columns have the types they were declared with.
        const { sequence, seal, createdAt, command, who, why, ticket } = row as GenerationRow;
        const origin = { command, who, why, ...(ticket === '' ? {} : { ticket }) };
        return { sequence, seal, createdAt, origin };
      });
    });
  }

  /** Keeps what the last check of a baseline did not come to. */
  setLeftOut(lineage: string, leftOut: readonly LeftOut[]): void {
    const key = `${LEFT_OUT} ${lineage}`;
    this.#write(() => {
      if (leftOut.length === 0) this.#database.prepare('DELETE FROM meta WHERE key = ?').run(key);
      else {
        const value = JSON.stringify(leftOut.map(({ path, times }) => [path, times]));
        this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
      }
    });
  }

  /** What the last check of a baseline did not come to. It only says where to begin, so nothing rests on its being true. */
  leftOut(lineage: string): readonly LeftOut[] {
    const key = `${LEFT_OUT} ${lineage}`;
    return this.#read(() => {
      const value: unknown = this.#database.prepare('SELECT value FROM meta WHERE key = ?').pluck(true).get(key);
      return value === undefined ? [] : leftOutOf(String(value));
    });
  }

  #runs(): readonly ChainedRun[] {
    // The table is STRICT: the columns have the types they were declared with.
    return this.#database.prepare(`SELECT ${RUN_COLUMNS} FROM runs ORDER BY number`).all() as ChainedRun[];
  }

  #end(key: 'anchor' | 'head'): ChainEnd {
    const value: unknown = this.#database.prepare('SELECT value FROM meta WHERE key = ?').pluck(true).get(key);
    if (value === undefined) return { number: 0, digest: '' };
    const [number = '', digest = ''] = String(value).split(' ');
    if (!/^\d+$/.test(number)) throw new MalformedRows(`the ${key} of its chain is none`);
    return { number: Number(number), digest };
  }

  #setEnd(key: 'anchor' | 'head', { number, digest }: ChainEnd): void {
    this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, `${number} ${digest}`);
  }

  /** Compresses and stores pieces that belong together; the digest of what was stored. */
  #storeParts(run: number, kind: PartKind, pieces: Iterable<Buffer>): string {
    const insert = this.#database.prepare('INSERT INTO parts VALUES (?, ?, ?, ?)');
    const hash = createHash('sha256');
    let position = 0;
    let gathered: Buffer[] = [];
    let length = 0;
    const flush = (): void => {
      if (length === 0) return;
      const bytes = deflateRawSync(Buffer.concat(gathered, length), COMPRESSION);
      insert.run(run, kind, position, bytes);
      updatePart(hash, bytes);
      position += 1;
      gathered = [];
      length = 0;
    };
    for (const piece of pieces) {
      gathered.push(piece);
      length += piece.length;
      if (length >= PART_BYTES) flush();
    }
    flush();
    return hash.digest('hex');
  }

  *#storedParts(run: number, kind: PartKind): Generator<Buffer, void, undefined> {
    const select = this.#database
      .prepare('SELECT bytes FROM parts WHERE run = ? AND kind = ? AND position = ?')
      .pluck(true);
    for (let position = 0; ; position += 1) {
      const bytes: unknown = select.get(run, kind, position);
      if (!Buffer.isBuffer(bytes)) return;
      yield bytes;
    }
  }

  #isIntact(run: ChainedRun): boolean {
    return (['report', 'states'] as const).every((kind) => {
      const hash = createHash('sha256');
      for (const part of this.#storedParts(run.number, kind)) updatePart(hash, part);
      return hash.digest('hex') === run[kind];
    });
  }

  /** Decompressed; the run is verified first, so that nothing is shown or accepted that was edited. */
  *#parts(run: ChainedRun, kind: PartKind): Generator<Buffer, void, undefined> {
    const isSound = this.#read(() => runDigest(run, run.previous) === run.digest && this.#isIntact(run));
    if (!isSound) throw damagedHistory(this.file, `report ${printableText(run.id)} was edited after it was stored`);
    for (const part of this.#guarded(this.#storedParts(run.number, kind))) {
      yield this.#read(() => inflateRawSync(part, { maxOutputLength: LONGEST_PART }));
    }
  }

  *#guarded<Item>(items: Iterator<Item>): Generator<Item, void, undefined> {
    for (;;) {
      const next = this.#read(() => items.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  #read<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw historyFailure(this.file, error);
    }
  }

  #write<Result>(write: () => Result): Result {
    return this.#read(() => this.#database.transaction(write).immediate());
  }
}

interface GenerationRow {
  readonly sequence: number;
  readonly seal: string;
  readonly createdAt: string;
  readonly command: string;
  readonly who: string;
  readonly why: string;
  readonly ticket: string;
}

function updatePart(hash: Hash, bytes: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  hash.update(length).update(bytes);
}

function* utf8(pieces: Iterable<string>): Generator<Buffer, void, undefined> {
  for (const piece of pieces) yield Buffer.from(piece, 'utf8');
}

function* encoded(states: Iterable<FindingState>): Generator<Buffer, void, undefined> {
  for (const state of states) yield encodeState(state);
}

/** Makes the file where there is none, mode 0600, before SQLite would make it readable for others. */
function createFile(file: string): boolean {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    closeSync(openSync(file, flags, 0o600));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // A run that was killed right here leaves an empty file, which is as good as none.
    return lstatSync(file).size === 0;
  }
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck(true).get() === 0;
}

function requireHistory(file: string, database: Database): void {
  const mark = database.pragma('application_id', { simple: true });
  if (mark !== HISTORY_APPLICATION_ID) throw damagedHistory(file, 'this is not a history of integ');
  const version = database.pragma('user_version', { simple: true });
  if (version !== HISTORY_VERSION) {
    throw new UserError('untrusted', `history ${printableText(file)}: its format is version ${String(version)}`, {
      hint: `this integ reads version ${HISTORY_VERSION}: use the version of integ that wrote it`,
    });
  }
  if (!hasHistoryTables(database)) throw damagedHistory(file, 'its tables are not those of a history');
}

function damagedHistory(file: string, what: string, cause?: unknown): UserError {
  return new UserError('untrusted', `history ${printableText(file)}: ${what}`, {
    hint: 'find out who or what changed it; put a copy known to be good in its place, or move it away to begin anew',
    cause,
  });
}

const READ_ONLY: readonly string[] = ['SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH'];

/** The UserError for a failure; a defect of integ is handed back as it is. */
function historyFailure(file: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof MalformedRows) return damagedHistory(file, error.message, error);
  const code = errorCode(error);
  const asSystem = (name: string) =>
    writeError(file, Object.assign(new Error(errorMessage(error), { cause: error }), { code: name }));
  if (code.startsWith('SQLITE_BUSY')) {
    return new UserError('locked', `history ${printableText(file)} is in use by another run of integ`, {
      hint: 'wait until it has ended',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_FULL')) return asSystem('ENOSPC');
  if (READ_ONLY.some((name) => code.startsWith(name)) || code.startsWith('SQLITE_CANTOPEN')) return asSystem('EACCES');
  if (code.startsWith('SQLITE_IOERR')) return asSystem('EIO');
  const isBroken = code.startsWith('SQLITE_') || code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE';
  if (isBroken) return damagedHistory(file, 'the file is damaged', error);
  return /^E[A-Z0-9]+$/.test(code) && code !== 'EUNKNOWN' ? asSystem(code) : error;
}
