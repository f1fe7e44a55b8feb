/**
 * The canonical encoding behind the seal: a byte stream that depends on what a baseline says and not on how SQLite
 * stores it (docs/baseline-format.md, "Seal"). It reads the rows and feeds a hash; it decides nothing.
 */
import type { Hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { encodeContents } from './contents.ts';
import { blobRows, HEADER_TABLES, readMeta, readRows } from './header-tables.ts';
import { MalformedRows } from './malformed.ts';
import { CanonicalWalk } from './walk.ts';

const PREAMBLE = 'integ-baseline/2\n';

/** Tables, index and views as SQLite stores their text: what a view shows is under the seal too. */
const SCHEMA = `SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(tbl_name AS BLOB), CAST(coalesce(sql, '') AS BLOB)
  FROM sqlite_schema ORDER BY name`;

// Marks of the items of the tree.
const OBJECT = 0x45; // E
const ENTER = 0x44; // D
const LEAVE = 0x55; // U
const END = 0x5a; // Z

const CHUNK = 64 * 1024;
/** Objects in a step of the work: some milliseconds. */
const STEP = 1024;

/** Collects small writes, since a call of Hash.update costs more than hashing a row. */
class HashSink {
  readonly #hash: Hash;
  readonly #chunk = Buffer.alloc(CHUNK);
  #filled = 0;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#chunk[this.#filled] = value;
    this.#filled += 1;
  }

  /** 32 bits, little-endian. */
  number(value: number): void {
    this.#reserve(4);
    this.#filled = this.#chunk.writeUInt32LE(value, this.#filled);
  }

  bytes(value: Uint8Array): void {
    if (value.length > CHUNK) {
      this.flush();
      this.#hash.update(value);
      return;
    }
    this.#reserve(value.length);
    this.#chunk.set(value, this.#filled);
    this.#filled += value.length;
  }

  /** The length as a number, then the bytes. */
  sized(value: Uint8Array): void {
    this.number(value.length);
    this.bytes(value);
  }

  flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #reserve(length: number): void {
    if (this.#filled + length > CHUNK) this.flush();
  }
}

/** The number of rows, then every value with its length. */
function encodeSection(rows: readonly Buffer[][], sink: HashSink): void {
  sink.number(rows.length);
  for (const row of rows) for (const value of row) sink.sized(value);
}

/** What was met on the way. */
export interface Counts {
  readonly entries: number;
  readonly directories: number;
  /** Largest index of a rule that an entry refers to, or -1. */
  readonly highestRule: number;
}

/** Notes ids from 0 to `count` - 1; each may come once, or an object could hide behind another's id. */
class IdSet {
  readonly #count: number;
  readonly #bits: Uint8Array;

  constructor(count: number) {
    this.#count = count;
    this.#bits = new Uint8Array(Math.ceil(count / 8));
  }

  add(id: number): void {
    const bits = this.#bits[id >> 3] ?? 0;
    const bit = 1 << (id & 7);
    if (id >= this.#count || (bits & bit) !== 0) throw new MalformedRows('two entries have one id');
    this.#bits[id >> 3] = bits | bit;
  }
}

function* encodeTree(database: Database, sink: HashSink, ids: IdSet): Generator<void, Counts, undefined> {
  const walk = new CanonicalWalk(database);
  let entries = 0;
  let directories = 1;
  let highestRule = -1;
  for (let step = walk.next(); step !== 'end'; step = walk.next()) {
    switch (step) {
      case 'object': {
        const { name, id, rule, record } = walk.child;
        sink.byte(OBJECT);
        sink.sized(name);
        sink.number(rule);
        sink.sized(record);
        entries += 1;
        if (rule > highestRule) highestRule = rule;
        ids.add(id);
        if (entries % STEP === 0 || record.length > CHUNK) yield;
        break;
      }
      case 'enter':
        sink.byte(ENTER);
        sink.sized(walk.entered);
        directories += 1;
        if (directories % STEP === 0) yield;
        break;
      case 'leave':
        sink.byte(LEAVE);
        break;
      default:
        step satisfies never;
    }
  }
  sink.byte(END);
  sink.number(entries % 2 ** 32);
  sink.number(Math.floor(entries / 2 ** 32));
  return { entries, directories, highestRule };
}

/**
 * Feeds the canonical encoding of a whole baseline, except the seal itself, to a hash, in steps. `count` is how many
 * entries there are. Throws MalformedRows.
 */
export function* encodeBaseline(database: Database, hash: Hash, count: number): Generator<void, Counts, undefined> {
  const sink = new HashSink(hash);
  sink.bytes(Buffer.from(PREAMBLE, 'latin1'));
  encodeSection(readMeta(database), sink);
  for (const table of HEADER_TABLES) encodeSection(readRows(database, table), sink);
  encodeSection(blobRows(database, SCHEMA), sink);
  const counts = yield* encodeTree(database, sink, new IdSet(count));
  yield* encodeContents(database, sink);
  sink.flush();
  return counts;
}
