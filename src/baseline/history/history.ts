/**
 * The history: every run with its report, and every generation that was ever seen, in an SQLite file beside the
 * baseline (docs/history-format.md). It decides nothing about runs or baselines; it only remembers, and never learns
 * anew what it cannot read.
 */
import type { Database } from 'better-sqlite3';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { type ChainBreak, type ChainedRun, type RunFacts, runDigest, verifyChain } from './chain.ts';
import { damagedHistory, historyFailure } from './failure.ts';
import { openHistoryFile, openHistoryFileToRead } from './file.ts';
import { chainEnd, setChainEnd, setSkipped, skippedOf } from './meta.ts';
import { RunParts } from './parts.ts';
import { expiredRuns } from './retention.ts';
import {
  addGeneration,
  cameIntoForce,
  type GenerationRecord,
  generationsOf,
  newestGeneration,
  type SeenGeneration,
  verifyGenerations,
} from './seen-generations.ts';
import { decodeStates, encodeState } from './states.ts';
import { typedRow } from './stored-types.ts';

export type NewRun = Omit<RunFacts, 'number' | 'report' | 'states' | 'generations'>;

export interface ReportSelection {
  /** Id of a report, or undefined for the newest one. */
  readonly id: string | undefined;
  /** Restricts the newest one to those of one baseline. */
  readonly lineage?: string;
}

const KNOWN_SHOWN = 10;

const RUN_TYPES = {
  number: 'count',
  id: 'text',
  lineage: 'text',
  host: 'text',
  startedAt: 'text',
  finishedAt: 'text',
  status: 'text',
  exitCode: 'count',
  sequence: 'count',
  seal: 'text',
  rules: 'text',
  limits: 'text',
  summary: 'text',
  report: 'text',
  states: 'text',
  generations: 'text',
  previous: 'text',
  digest: 'text',
} as const satisfies Record<keyof ChainedRun, 'text' | 'count'>;

const RUN_COLUMNS = Object.keys(RUN_TYPES).join(', ');

export class History {
  readonly file: string;
  readonly #database: Database;
  readonly #parts: RunParts;

  private constructor(file: string, database: Database) {
    this.file = file;
    this.#database = database;
    this.#parts = new RunParts(database);
  }

  /**
   * Opens a history to read and write; makes an empty one, for its owner alone, where there is none. Throws a
   * UserError: 65 when the file is damaged or no history, 73, 74 or 77 when it cannot be written. `adopt` is the host
   * whose generations are in a history of format 2 (migration.ts).
   */
  static open(file: string, adopt = ''): History {
    return new History(file, openHistoryFile(file, adopt));
  }

  /** Opens a history that exists, to read only; undefined when there is none. Throws as `open`. */
  static openToRead(file: string, adopt = ''): History | undefined {
    const database = openHistoryFileToRead(file, adopt);
    return database === undefined ? undefined : new History(file, database);
  }

  close(): void {
    this.#database.close();
  }

  /** Stores a run at the end of the chain: all of it or nothing. `report` are the pieces of its JSON document. */
  store(run: NewRun, report: Iterable<string>, states: Iterable<FindingState>): void {
    this.#write(() => {
      const head = chainEnd(this.#database, 'head');
      const number = head.number + 1;
      const digests = this.#parts.store(number, { report: utf8(report), states: encoded(states) });
      const facts: RunFacts = { number, ...run, ...digests, generations: newestGeneration(this.#database) };
      const digest = runDigest(facts, head.digest);
      const places = RUN_COLUMNS.split(',').map((column) => `@${column.trim()}`);
      this.#database
        .prepare(`INSERT INTO runs (${RUN_COLUMNS}) VALUES (${places.join(', ')})`)
        .run({ ...facts, previous: head.digest, digest });
      setChainEnd(this.#database, 'head', { number, digest });
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
    for (const part of this.#partsOf(run, 'report')) yield decoder.decode(part, { stream: true });
    yield decoder.decode();
  }

  /** The states of the changes of a report, in their order. */
  *states(run: ChainedRun): Generator<FindingState, void, undefined> {
    for (const part of this.#partsOf(run, 'states')) yield* this.#guarded(decodeStates(part));
  }

  /** Where the chains of runs and generations are broken; nowhere, if nobody touched them. */
  verify(): readonly ChainBreak[] {
    return this.#read(() => this.#breaks((run) => this.#isIntact(run)));
  }

  /** The same without the stored reports and states, which are long to read. */
  verifyRows(): readonly ChainBreak[] {
    return this.#read(() => this.#breaks(() => true));
  }

  /**
   * Removes runs that are older than so many days, oldest first, and a tenth of all at most; the chain then begins at
   * the last of them. How many. Throws a UserError `untrusted`, and removes none, when the chain is broken among them.
   */
  prune(retainDays: number): number {
    return this.#write(() => {
      const runs = this.#runs();
      const old = runs.slice(0, expiredRuns(runs, retainDays));
      const last = old.at(-1);
      if (last === undefined) return 0;
      // What is removed can show nothing any more, so a break among it must be seen first.
      const anchor = chainEnd(this.#database, 'anchor');
      const [broken] = verifyChain(old, anchor, last, (run) => this.#isIntact(run));
      if (broken !== undefined) throw damagedHistory(this.file, broken.what);
      this.#parts.removeThrough(last.number);
      this.#database.prepare('DELETE FROM runs WHERE number <= ?').run(last.number);
      setChainEnd(this.#database, 'anchor', last);
      return old.length;
    });
  }

  /** Remembers a generation. */
  remember(record: GenerationRecord): void {
    this.#write(() => addGeneration(this.#database, record));
  }

  /** All generations ever seen of one baseline, oldest first. */
  generations(lineage: string): readonly SeenGeneration[] {
    return this.#read(() => generationsOf(this.#database, lineage));
  }

  /**
   * Whether the generation with this seal was put into force on a host, as far as the chain of generations is whole.
   */
  cameIntoForce(seal: string, host: string): boolean {
    const isSo = this.#database.transaction(
      () => verifyGenerations(this.#database, this.#runs()).length === 0 && cameIntoForce(this.#database, seal, host),
    );
    return this.#read(isSo);
  }

  /** Keeps what the last check of a baseline did not come to. */
  setSkipped(lineage: string, skipped: readonly SkippedPath[]): void {
    this.#write(() => setSkipped(this.#database, lineage, skipped));
  }

  /**
   * What the last check of a baseline did not come to. It only says where to begin, so nothing rests on its being true.
   */
  skipped(lineage: string): readonly SkippedPath[] {
    return this.#read(() => skippedOf(this.#database, lineage));
  }

  #runs(): readonly ChainedRun[] {
    const rows: unknown[] = this.#database.prepare(`SELECT ${RUN_COLUMNS} FROM runs ORDER BY number`).all();
    return rows.map((row) => typedRow('runs', RUN_TYPES, row));
  }

  #breaks(isIntact: (run: ChainedRun) => boolean): readonly ChainBreak[] {
    // In one transaction, so that a run that is stored meanwhile is there as a whole or not at all.
    return this.#database.transaction(() => {
      const [anchor, head] = [chainEnd(this.#database, 'anchor'), chainEnd(this.#database, 'head')];
      const runs = this.#runs();
      return [...verifyGenerations(this.#database, runs), ...verifyChain(runs, anchor, head, isIntact)];
    })();
  }

  #isIntact(run: ChainedRun): boolean {
    return this.#parts.isIntact(run.number, run);
  }

  /** Verifies the run first, so that nothing is shown or accepted that was edited. */
  *#partsOf(run: ChainedRun, kind: 'report' | 'states'): Generator<Buffer, void, undefined> {
    const isSound = this.#read(() => runDigest(run, run.previous) === run.digest && this.#isIntact(run));
    if (!isSound) throw damagedHistory(this.file, `report ${printableText(run.id)} was edited after it was stored`);
    yield* this.#guarded(this.#parts.read(run.number, kind));
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

function* utf8(pieces: Iterable<string>): Generator<Buffer, void, undefined> {
  for (const piece of pieces) yield Buffer.from(piece, 'utf8');
}

function* encoded(states: Iterable<FindingState>): Generator<Buffer, void, undefined> {
  for (const state of states) yield encodeState(state);
}
