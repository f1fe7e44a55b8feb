import { describe, expect, test } from 'vitest';
import { judgeSchedule, type ScheduledRun } from '../../../../src/report/evidence/schedule.ts';
import { hour } from '../../../support/followed-histories.ts';

const HOUR = 3600;

function run(number: number, at: number, isWhole = true): ScheduledRun {
  return { number, startedAt: hour(at), finishedAt: hour(at), isWhole };
}

function judge(runs: readonly ScheduledRun[], until: number, since = 0, seconds = 2 * HOUR) {
  return judgeSchedule(runs, {
    since: hour(since),
    until: hour(until),
    recordedSince: hour(0),
    maxGap: { seconds, from: 'option' },
  });
}

describe('a schedule', () => {
  test('is kept while complete checks follow each other closely enough, to the end of the period', () => {
    expect(judge([run(1, 1), run(2, 3), run(3, 5)], 6)).toMatchObject({ kept: true, completeRuns: 3, gaps: [] });
  });

  test('has a gap where one is missing, in the middle, at the start and at the end', () => {
    expect(judge([run(1, 1), run(2, 5)], 6).gaps).toMatchObject([{ seconds: 4 * HOUR, after: 1, before: 2 }]);
    expect(judge([run(1, 4)], 5).gaps).toMatchObject([{ seconds: 4 * HOUR, before: 1 }]);
    expect(judge([run(1, 1)], 9)).toMatchObject({ kept: false, longestGap: { seconds: 8 * HOUR, after: 1 } });
  });

  test('is not kept by checks that were restricted or incomplete', () => {
    const found = judge([run(1, 1), run(2, 3, false), run(3, 5)], 6);
    expect(found).toMatchObject({ kept: false, completeRuns: 2, gaps: [{ seconds: 4 * HOUR }] });
  });

  test('is measured from the check before the period', () => {
    const found = judge([run(1, 1), run(2, 10)], 11, 9);
    expect(found).toMatchObject({ completeRuns: 1, gaps: [{ seconds: 9 * HOUR, after: 1, before: 2 }] });
  });

  test('is not kept by a check whose clock was ahead', () => {
    expect(judge([run(1, 1), run(2, 2), run(3, 500)], 9)).toMatchObject({
      kept: false,
      gaps: [{ seconds: 7 * HOUR, after: 2 }],
    });
    expect(judge([run(1, 1), run(2, 12), run(3, 9), run(4, 11)], 13).gaps).toMatchObject([
      { seconds: 8 * HOUR, after: 1, before: 3 },
    ]);
  });

  test('is not kept without a single complete check, and not judged without an interval', () => {
    expect(judge([], 1)).toMatchObject({ kept: false, completeRuns: 0 });
    const question = { since: hour(0), until: hour(9), recordedSince: hour(0), maxGap: undefined };
    const found = judgeSchedule([run(1, 1)], question);
    expect(found.kept).toBeUndefined();
    expect(found).toMatchObject({ maxGapFrom: 'nobody', longestGap: { seconds: 8 * HOUR } });
  });
});
