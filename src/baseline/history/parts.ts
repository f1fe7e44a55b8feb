/**
 * Reports and finding states as a history stores them: cut into parts of bounded size, each compressed, and covered by
 * one digest (docs/history-format.md). What the bytes mean is not looked at. Failures are thrown as SQLite and zlib do.
 */
import { createHash, type Hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';

type PartKind = 'report' | 'states';

/** Digests of what is stored of a run. */
export type PartDigests = Readonly<Record<PartKind, string>>;

const KINDS: readonly PartKind[] = ['report', 'states'];
/** Bytes of a report or of states that are compressed together: bounds memory, whatever the length of a report. */
const PART_BYTES = 1 << 20;
/** What a part may hold beyond that: its last piece, which may carry the longest of texts and paths. */
const LONGEST_PART = 1 << 26;
/** Fast rather than small: a check must not wait for it. */
const COMPRESSION = { level: 3 };

export class RunParts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores what belongs to a run; the pieces are used up one by one. */
  store(run: number, pieces: Readonly<Record<PartKind, Iterable<Buffer>>>): PartDigests {
    return {
      report: this.#store(run, 'report', pieces.report),
      states: this.#store(run, 'states', pieces.states),
    };
  }

  /** Decompressed, in order. */
  *read(run: number, kind: PartKind): Generator<Buffer, void, undefined> {
    for (const part of this.#stored(run, kind)) yield inflateRawSync(part, { maxOutputLength: LONGEST_PART });
  }

  /** Whether what is stored of a run is what these digests cover. */
  isIntact(run: number, digests: PartDigests): boolean {
    return KINDS.every((kind) => {
      const hash = createHash('sha256');
      for (const part of this.#stored(run, kind)) updatePart(hash, part);
      return hash.digest('hex') === digests[kind];
    });
  }

  /** Removes what is stored of a run and of all before it. */
  removeThrough(run: number): void {
    this.#database.prepare('DELETE FROM parts WHERE run <= ?').run(run);
  }

  #store(run: number, kind: PartKind, pieces: Iterable<Buffer>): string {
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

  *#stored(run: number, kind: PartKind): Generator<Buffer, void, undefined> {
    const select = this.#database
      .prepare('SELECT bytes FROM parts WHERE run = ? AND kind = ? AND position = ?')
      .pluck(true);
    for (let position = 0; ; position += 1) {
      const bytes: unknown = select.get(run, kind, position);
      if (!Buffer.isBuffer(bytes)) return;
      yield bytes;
    }
  }
}

function updatePart(hash: Hash, bytes: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  hash.update(length).update(bytes);
}
