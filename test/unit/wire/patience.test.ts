import { expect, test } from 'vitest';
import { Patience } from '../../../src/wire/patience.ts';

/** How many seconds pass until the waiting is over, with a line every so many seconds. */
function waited(patience: Patience, pass: (seconds: number) => void, lineEvery = Number.POSITIVE_INFINITY): number {
  let lines = 0;
  for (let seconds = 1; seconds <= 200_000; seconds += 1) {
    pass(1);
    if (seconds % lineEvery === 0) lines += 1;
    patience.hear(lines);
    if (patience.problem !== undefined) return seconds;
  }
  return Number.POSITIVE_INFINITY;
}

function patient(deadline?: number): { readonly patience: Patience; readonly pass: (seconds: number) => void } {
  let now = 5000;
  const patience = new Patience(deadline, 300, () => now);
  return {
    patience,
    pass: (seconds) => {
      now += seconds;
    },
  };
}

test('another host that brings nothing for ten minutes is not waited for', () => {
  const { patience, pass } = patient();
  expect(waited(patience, pass)).toBe(600);
  expect(patience.problem?.message).toBe('has sent nothing for 10 minutes');
});

test('one that sends a line now and then is waited for for a day', () => {
  const { patience, pass } = patient();
  expect(waited(patience, pass, 500)).toBe(24 * 3600);
  expect(patience.problem?.message).toContain('24 hours');
});

test('with a deadline it has a tenth of it beyond, for what is left to tell', () => {
  for (const [deadline, end] of [
    [1, 31],
    [100, 130],
    [1000, 1100],
    [36_000, 36_300],
  ] as const) {
    const { patience, pass } = patient(deadline);
    expect(waited(patience, pass, 30)).toBe(end);
    expect(patience.problem?.message).toBe('did not end at the deadline');
  }
});
