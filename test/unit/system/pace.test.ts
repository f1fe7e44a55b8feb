import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clock, isOver, type Pace, readAt, Throttle } from '../../../src/system/pace.ts';

const SECOND = 1_000_000_000n;

/** A clock that only sleeping moves on. */
class FakeClock implements Clock {
  time = 5n * SECOND;
  /** How much longer than asked for a sleep takes. */
  lateness = 0n;

  now(): bigint {
    return this.time;
  }

  sleep(nanoseconds: bigint): void {
    this.time += nanoseconds + this.lateness;
  }
}

function limited(bytesPerSecond: number, deadline?: bigint): Pace & { bytesPerSecond: number } {
  return { bytesPerSecond, deadline, meter: new SharedArrayBuffer(8) };
}

test('however the reads are cut, no more is read in a time than the rate allows', () => {
  const reads = fc.array(fc.integer({ min: 0, max: 131_072 }), { minLength: 20, maxLength: 300 });
  const rates = fc.integer({ min: 65_536, max: 2 ** 31 });
  fc.assert(
    fc.property(reads, rates, fc.integer({ min: 1, max: 8 }), (sizes, rate, threads) => {
      const clock = new FakeClock();
      const pace = limited(rate);
      const throttles = Array.from({ length: threads }, () => new Throttle(pace, clock));
      const start = clock.now();
      for (const [index, size] of sizes.entries()) throttles[index % threads]?.take(size);
      const seconds = Number(clock.now() - start) / 1e9;
      const due = sizes.reduce((sum, size) => sum + size, 0) / rate;
      // A tenth of a second may have been saved up before; each sleep is rounded to a nanosecond.
      expect(seconds).toBeGreaterThanOrEqual(due - 0.1 - 1e-6);
      expect(seconds).toBeLessThanOrEqual(due + 1e-6);
    }),
  );
});

test('sleeps that take too long do not slow the whole down', () => {
  const clock = new FakeClock();
  clock.lateness = SECOND / 100n;
  const throttle = new Throttle(limited(2 ** 20), clock);
  const start = clock.now();
  for (let read = 0; read < 800; read += 1) throttle.take(2 ** 17);
  expect(Number(clock.now() - start) / 1e9).toBeCloseTo(100, 0);
});

test('nobody sleeps past the deadline, and nothing is read after it', () => {
  const clock = new FakeClock();
  const pace = limited(65_536, clock.now() + SECOND);
  new Throttle(pace, clock).take(10 * 65_536);
  expect(clock.now()).toBe(pace.deadline);
  expect(isOver(pace, clock)).toBe(true);
  expect(() => readAt(pace, clock)(0, Buffer.alloc(1), 0, 1)).toThrow(
    expect.objectContaining({ operation: 'deadline', code: 'ETIME' }),
  );
});

test('a run without limits is never over', () => {
  expect(isOver(undefined)).toBe(false);
  expect(isOver(limited(65_536))).toBe(false);
});
