/**
 * Brings many files through the MD5 lanes together, in rounds: each round reads a piece of every large file and the
 * whole of many small ones into the lanes' memory, then computes all their MD5s at once. Which files, is the caller's
 * choice.
 */
import type { FileReading } from './file-reading.ts';
import { BLOCK, LANES } from './md5-kernel.ts';
import { Md5Lanes, Md5Stream, PADDING_ROOM } from './md5-lanes.ts';

/**
 * Bytes that a large file advances in a round; files that are shorter are read in one piece. Small enough that the
 * pieces of all lanes are still in a core's own cache (512 KiB or more) when their MD5s are computed.
 */
const PIECE = 32 * 1024;
/** Small files in a round; with the lanes it bounds the number of files that are open. */
const SMALL_FILES = 60;
const SMALL_SPACE = 512 * 1024;
/** Not a multiple of 4096: eight streams at the same offset of a page would compete for the same lines of the cache. */
const SEAT_STRIDE = PIECE + 192;

/** A place for a large file: its buffer, and the stream of its MD5. */
interface Seat {
  readonly base: number;
  readonly stream: Md5Stream;
  reading: FileReading | undefined;
  /** Bytes at `base` that are read and digested, but not by MD5 because they are no whole block yet. */
  held: number;
}

/** A small file that is read completely and waits for its MD5. */
interface Small {
  readonly reading: FileReading;
  readonly stream: Md5Stream;
}

export class LaneRounds {
  readonly #lanes: Md5Lanes;
  readonly #onRead: (bytes: number) => void;
  readonly #seats: readonly Seat[];
  readonly #spareStreams: Md5Stream[] = Array.from({ length: SMALL_FILES }, () => new Md5Stream());
  readonly #smallStart: number;
  readonly #smallEnd: number;
  #smallNext: number;
  #small: Small[] = [];
  #seated = 0;

  /** Undefined where this host cannot run the lanes. */
  static create(onRead: (bytes: number) => void): LaneRounds | undefined {
    const lanes = Md5Lanes.create(LANES * SEAT_STRIDE + SMALL_SPACE);
    return lanes === undefined ? undefined : new LaneRounds(lanes, onRead);
  }

  private constructor(lanes: Md5Lanes, onRead: (bytes: number) => void) {
    this.#lanes = lanes;
    this.#onRead = onRead;
    this.#seats = Array.from({ length: LANES }, (_, index) => ({
      base: lanes.dataStart + index * SEAT_STRIDE,
      stream: new Md5Stream(),
      reading: undefined,
      held: 0,
    }));
    this.#smallStart = lanes.dataStart + LANES * SEAT_STRIDE;
    this.#smallNext = this.#smallStart;
    this.#smallEnd = this.#smallStart + SMALL_SPACE;
  }

  get idle(): boolean {
    return this.#seated === 0 && this.#small.length === 0;
  }

  /** Whether a round must come before the next file can be added. */
  get full(): boolean {
    return this.#seated === LANES || this.#small.length === SMALL_FILES;
  }

  /** Takes a file whose plan has an MD5 for the lanes. Not to be called when `full`. */
  add(reading: FileReading): void {
    // At least one byte more than expected, so that the end shows in the same read.
    const room = blocksIn(reading.expected + BLOCK) * BLOCK;
    if (room > PIECE || this.#smallNext + room + PADDING_ROOM > this.#smallEnd) {
      this.#seat(reading);
      return;
    }
    const start = this.#smallNext;
    const got = this.#read(reading, start, room);
    if (reading.error !== undefined) {
      reading.finish();
    } else if (reading.ended) {
      const stream = this.#spareStreams.pop() ?? new Md5Stream();
      stream.reset();
      stream.pointer = start;
      stream.blocks = this.#lanes.pad(start, got, got);
      this.#smallNext += stream.blocks * BLOCK;
      this.#small.push({ reading, stream });
    } else {
      // It has grown since it was measured: what came goes with it to a seat.
      const seat = this.#seat(reading);
      this.#lanes.memory.copyWithin(seat.base, start, start + got);
      seat.held = got;
    }
  }

  /** One round: reads on in every large file, computes, and finishes the files that are complete. */
  advance(): void {
    for (const seat of this.#seats) this.#fill(seat);
    this.#lanes.run(this.#waitingStreams());
    for (const seat of this.#seats) this.#settle(seat);
    this.#finishSmall();
  }

  /** Forgets all files without finishing them. */
  reset(): void {
    for (const seat of this.#seats) this.#vacate(seat);
    this.#takeSmall();
  }

  #seat(reading: FileReading): Seat {
    const seat = this.#seats.find((candidate) => candidate.reading === undefined);
    if (seat === undefined) throw new Error('a file was added to a full round');
    seat.reading = reading;
    seat.held = 0;
    seat.stream.reset();
    this.#seated++;
    return seat;
  }

  #vacate(seat: Seat): void {
    if (seat.reading === undefined) return;
    seat.reading = undefined;
    seat.stream.blocks = 0;
    this.#seated--;
  }

  #read(reading: FileReading, offset: number, room: number): number {
    const got = reading.advance(this.#lanes.memory, offset, room);
    this.#onRead(got);
    return got;
  }

  /** The next piece of a large file, behind what is held of the one before. */
  #fill(seat: Seat): void {
    const { reading, base, held, stream } = seat;
    if (reading === undefined) return;
    const bytes = held + this.#read(reading, base + held, Math.min(PIECE, PIECE + BLOCK - held));
    if (reading.error !== undefined) {
      this.#vacate(seat);
      reading.finish();
      return;
    }
    stream.pointer = base;
    stream.blocks = reading.ended ? this.#lanes.pad(base, bytes, reading.bytes) : blocksIn(bytes);
    seat.held = bytes % BLOCK;
  }

  *#waitingStreams(): Generator<Md5Stream> {
    for (const { stream } of this.#seats) yield stream;
    for (const { stream } of this.#small) yield stream;
  }

  /** Finishes a large file at its end; otherwise moves what is no whole block to the start of the buffer. */
  #settle(seat: Seat): void {
    const { reading, base, held, stream } = seat;
    if (reading === undefined) return;
    if (reading.ended) {
      this.#vacate(seat);
      complete(reading, stream);
    } else if (held > 0) {
      this.#lanes.memory.copyWithin(base, stream.pointer, stream.pointer + held);
    }
  }

  #finishSmall(): void {
    for (const { reading, stream } of this.#takeSmall()) complete(reading, stream);
  }

  #takeSmall(): readonly Small[] {
    const small = this.#small;
    this.#small = [];
    this.#smallNext = this.#smallStart;
    for (const { stream } of small) this.#spareStreams.push(stream);
    return small;
  }
}

function blocksIn(bytes: number): number {
  return Math.floor(bytes / BLOCK);
}

function complete(reading: FileReading, stream: Md5Stream): void {
  if (reading.plan.laneOffset !== undefined) stream.writeDigest(reading.digests, reading.plan.laneOffset);
  reading.finish();
}
