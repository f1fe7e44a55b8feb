/**
 * How fast and how long a run may read: one limit for all its threads, which meet in shared memory. Without a limit
 * nothing of this is in the way of a read.
 */
import { readSync } from 'node:fs';
import { SystemError } from '../model/errors.ts';
import { DEADLINE } from '../model/skipped.ts';

/** What the threads of a run share. Plain data, to be handed to a worker. */
export interface Pace {
  /** Of file content, all threads together; undefined: no limit. */
  readonly bytesPerSecond: number | undefined;
  /** Time of the monotonic clock after which nothing more is examined, in nanoseconds; undefined: never. */
  readonly deadline: bigint | undefined;
  /** The time at which all that was read so far is paid for, in nanoseconds: one 64-bit integer. */
  readonly meter: SharedArrayBuffer;
  /** How often something was read, for who wants to see that it goes on: one 32-bit integer that wraps around. */
  readonly reads?: SharedArrayBuffer;
}

/** The clock of a run, by which its threads agree. */
export interface Clock {
  /** Nanoseconds that only grow. */
  now(): bigint;
  /** Puts the thread to sleep. */
  sleep(nanoseconds: bigint): void;
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

const monotonicClock: Clock = {
  now: () => process.hrtime.bigint(),
  sleep: (nanoseconds) => {
    Atomics.wait(nobody, 0, 0, Number(nanoseconds) / 1e6);
  },
};

/** The same clock for a thread that is watched: it shows at least once a second that it only waits. */
export function shownClock(show: () => void): Clock {
  return {
    now: monotonicClock.now,
    sleep: (nanoseconds) => {
      for (let left = nanoseconds; left > 0n; left -= SECOND) {
        show();
        monotonicClock.sleep(left < SECOND ? left : SECOND);
      }
    },
  };
}

const SECOND = 1_000_000_000n;
/** Time without reading that may be made up for, so that a sleep that took too long costs nothing. */
const SLACK = SECOND / 10n;

export function paceOf(bytesPerSecond: number | undefined, seconds: number | undefined): Pace | undefined {
  if (bytesPerSecond === undefined && seconds === undefined) return undefined;
  const deadline = seconds === undefined ? undefined : monotonicClock.now() + BigInt(seconds) * SECOND;
  return { bytesPerSecond, deadline, meter: new SharedArrayBuffer(8) };
}

/** The same pace, for a run of which it is to be seen that it goes on. */
export function countedPace(pace: Pace | undefined): Pace & { readonly reads: SharedArrayBuffer } {
  const { bytesPerSecond, deadline, meter = new SharedArrayBuffer(8) } = pace ?? {};
  return { bytesPerSecond, deadline, meter, reads: new SharedArrayBuffer(4) };
}

export function isOver(pace: Pace | undefined, clock: Clock = monotonicClock): boolean {
  return pace?.deadline !== undefined && clock.now() >= pace.deadline;
}

/** Whole seconds to the deadline, 0 when it is over; undefined without one. */
export function secondsLeft(pace: Pace | undefined, clock: Clock = monotonicClock): number | undefined {
  if (pace?.deadline === undefined) return undefined;
  const left = pace.deadline - clock.now();
  return left <= 0n ? 0 : Number((left + SECOND - 1n) / SECOND);
}

/** What is told of an object that was not examined in time. */
export function deadlineError(what: string): SystemError {
  return new SystemError(DEADLINE.operation, DEADLINE.code, `the deadline of the check passed before it was ${what}`);
}

/**
 * Counts bytes that were read and sleeps until they are paid for. The generic cell rate algorithm (ITU-T I.371): one
 * number, moved on by an atomic exchange, does for all threads.
 */
export class Throttle {
  readonly #pace: Pace & { readonly bytesPerSecond: number };
  readonly #paidUntil: BigInt64Array;
  readonly #clock: Clock;

  constructor(pace: Pace & { readonly bytesPerSecond: number }, clock: Clock) {
    this.#pace = pace;
    this.#paidUntil = new BigInt64Array(pace.meter);
    this.#clock = clock;
  }

  take(bytes: number): void {
    const price = BigInt(Math.round((bytes / this.#pace.bytesPerSecond) * 1e9));
    const now = this.#clock.now();
    const paid = this.#pay(price, now - SLACK);
    const end = this.#pace.deadline === undefined || this.#pace.deadline > paid ? paid : this.#pace.deadline;
    if (end > now) this.#clock.sleep(end - now);
  }

  /** When everything read so far, this included, is paid for; what was saved up before `earliest` is forfeited. */
  #pay(price: bigint, earliest: bigint): bigint {
    for (;;) {
      const before = Atomics.load(this.#paidUntil, 0);
      const after = (before > earliest ? before : earliest) + price;
      if (Atomics.compareExchange(this.#paidUntil, 0, before, after) === before) return after;
    }
  }
}

/** As read(2) at the current offset: how many bytes came to `offset` of the buffer. */
export type Read = (descriptor: number, buffer: Uint8Array, offset: number, length: number) => number;

function readNow(descriptor: number, buffer: Uint8Array, offset: number, length: number): number {
  return readSync(descriptor, buffer, offset, length, null);
}

/** How a thread reads at this pace. What comes after the deadline throws a SystemError (`deadlineError`). */
export function readAt(pace: Pace | undefined, clock: Clock = monotonicClock): Read {
  if (pace === undefined) return readNow;
  const { bytesPerSecond, reads } = pace;
  const counter = reads === undefined ? undefined : new Int32Array(reads);
  const throttle = bytesPerSecond === undefined ? undefined : new Throttle({ ...pace, bytesPerSecond }, clock);
  return (descriptor, buffer, offset, length) => {
    if (isOver(pace, clock)) throw deadlineError('read');
    const count = readNow(descriptor, buffer, offset, length);
    if (counter !== undefined) Atomics.add(counter, 0, 1);
    throttle?.take(count);
    return count;
  };
}
