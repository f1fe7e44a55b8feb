import { describe, expect, test } from 'vitest';
import { pathFromLatin1 } from '../../../../src/model/bytes.ts';
import type { ReportViolation } from '../../../../src/model/report.ts';
import { type RunViolations, ViolationThreads } from '../../../../src/report/evidence/violations.ts';
import { hour } from '../../../support/followed-histories.ts';

const VIOLATION: ReportViolation = {
  path: '/a',
  rule: 'tree',
  severity: 'high',
  expected: { mode: '0600' },
  actual: { mode: '0644' },
};

type Ran = Partial<Omit<RunViolations, 'violations'>> & { readonly violated: readonly ReportViolation[] };

function follow(...runs: readonly Ran[]) {
  const timelines = new ViolationThreads((sequence) => {
    return { sequence, createdAt: hour(0), command: 'policy update', who: 'ann', why: 'other rules' };
  });
  for (const [index, { violated, ...others }] of runs.entries()) {
    timelines.add({
      run: { number: index + 1, report: 'r', startedAt: hour(index), sequence: others.policySha256 === 'b' ? 2 : 1 },
      coverage: { isRestricted: false, unexamined: [] },
      policySha256: 'a',
      violations: violated.map((violation) => ({ violation, path: pathFromLatin1(violation.path) })),
      ...others,
    });
  }
  return timelines.finish(hour(-1), hour(50));
}

describe('a violation', () => {
  test('is open until a run no longer reports it, then mended', () => {
    expect(follow({ violated: [VIOLATION] }, { violated: [VIOLATION] })[0]).toMatchObject({
      runs: '1-2',
      fate: { is: 'open', ageDays: 2 },
    });
    expect(follow({ violated: [VIOLATION] }, { violated: [] })[0]?.fate).toMatchObject({ is: 'mended', run: 2 });
  });

  test('is not called mended when another policy was in force', () => {
    const found = follow({ violated: [VIOLATION] }, { violated: [], policySha256: 'b' });
    expect(found[0]?.fate).toMatchObject({ is: 'no longer reported', generations: [{ sequence: 2 }] });
  });

  test('is not called mended by a run that could not tell', () => {
    const restricted = { violated: [], coverage: { isRestricted: true, unexamined: [] } };
    expect(follow({ violated: [VIOLATION] }, restricted)[0]?.fate).toMatchObject({ is: 'open', doubt: 'restricted' });
  });

  test('of another requirement is another one', () => {
    const owner = { ...VIOLATION, expected: { owner: 'root' }, actual: { owner: 'ann' } };
    const found = follow({ violated: [VIOLATION] }, { violated: [owner] });
    expect(found.map(({ fate }) => fate.is)).toEqual(['mended', 'open']);
  });
});
