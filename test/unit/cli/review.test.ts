import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderReview } from '../../../src/cli/review/screen.ts';
import {
  countDecisions,
  press,
  type ReviewState,
  type ReviewStep,
  startReview,
} from '../../../src/cli/review/state.ts';
import type { Report, ReportChange } from '../../../src/model/report.ts';
import type { Severity } from '../../../src/model/severity.ts';

const PAGE = 20;
const SIZE = { columns: 80, rows: 24 };

function change(path: string, severity: Severity, rule: string, extra: Partial<ReportChange> = {}): ReportChange {
  return { kind: 'changed', path, type: 'file', rule, severity, attributes: {}, flags: [], ...extra };
}

function reportOf(changes: readonly ReportChange[]): Report {
  return {
    schema: 'integ-report/1',
    id: '20260102T030405Z-1f2e3d4c',
    host: 'mail1',
    version: '0.1.0',
    tool: { version: '0.1.0', sha256: 'cd'.repeat(32), node: '20.19.0' },
    startedAt: '2026-01-02T03:04:05.000000000Z',
    finishedAt: '2026-01-02T03:04:06.000000000Z',
    status: 'changed',
    exitCode: 4,
    baseline: { file: 'b.db', sequence: 1, createdAt: '', seal: '', signature: { status: 'none' } },
    policy: { name: 'p', sha256: '', matchesFile: true },
    summary: {
      examined: 3,
      bytes: 0,
      added: 0,
      removed: 0,
      changed: 3,
      moved: 0,
      violations: 0,
      errors: 0,
      bySeverity: {},
    },
    changes,
    violations: [],
    errors: [],
    notes: [],
  };
}

const REPORT = reportOf([
  change('/bin/ls', 'critical', 'Binaries', {
    attributes: { sha256: { before: 'a'.repeat(64), after: 'b'.repeat(64) } },
  }),
  change('/etc/hosts', 'low', 'Configuration'),
  change('/etc', 'low', 'Configuration', { type: 'directory', consequence: true }),
  change('/etc/passwd', 'low', 'Configuration'),
]);

function type(state: ReviewState, ...keys: readonly string[]): ReviewStep {
  let step: ReviewStep = { state };
  for (const key of keys) step = press(step.state, key, PAGE);
  return step;
}

function textOf(state: ReviewState): string {
  return renderReview(state, SIZE)
    .map(({ text }) => text)
    .join('\n');
}

describe('a review', () => {
  test('starts with nothing decided, the most severe finding first', () => {
    const state = startReview(REPORT);
    expect(countDecisions(state)).toEqual({ undecided: 3, accept: 0, leave: 0 });
    const lines = textOf(state).split('\n');
    expect(lines.findIndex((line) => line.includes('/bin/ls'))).toBeLessThan(
      lines.findIndex((line) => line.includes('/etc/hosts')),
    );
  });

  test('does not ask about what only follows from another finding', () => {
    const listed = textOf(startReview(REPORT))
      .split('\n')
      .filter((line) => line.includes('[ ]'));
    expect(listed).toHaveLength(3);
  });

  test('accepts exactly what was marked, with the reason that was typed', () => {
    const { end } = type(startReview(REPORT), 'a', 'j', 'l', 'a', 'w', 'return', ...'new relay', 'return');
    expect(end).toEqual({ kind: 'accept', indexes: [0, 3], reason: 'new relay' });
  });

  test('accepts a whole group from its heading', () => {
    const { end } = type(startReview(REPORT), 'j', 'a', 'w', 'return', 'x', 'return');
    expect(end).toEqual({ kind: 'accept', indexes: [1, 3], reason: 'x' });
  });

  test('writes nothing without a reason', () => {
    const { end, state } = type(startReview(REPORT), 'A', 'w', 'return', ' ', 'return');
    expect(end).toBeUndefined();
    expect(textOf(state)).toContain('a reason is needed');
  });

  test('writes nothing when nothing is marked, and says which key marks', () => {
    const { end, state } = type(startReview(REPORT), 'w');
    expect(end).toBeUndefined();
    expect(textOf(state)).toContain('nothing is marked');
  });

  test('asks before it forgets what was marked', () => {
    const asked = type(startReview(REPORT), 'a', 'q');
    expect(asked.end).toBeUndefined();
    expect(textOf(asked.state)).toContain('Leave all the same?');
    expect(type(asked.state, 'x').state.view).toBe('list');
    expect(type(asked.state, 'y').end).toBe('nothing');
  });

  test('shows a summary of what is accepted and of what stays', () => {
    const text = textOf(type(startReview(REPORT), 'a', 'w').state);
    expect(text).toContain('accepts 1 finding');
    expect(text).toContain('/bin/ls');
    expect(text).toContain('2 findings stay findings');
  });

  test('shows every digit of a digest in the details', () => {
    const text = textOf(type(startReview(REPORT), 'return').state).replaceAll('\n', '');
    expect(text).toContain('b'.repeat(64));
  });

  test('fits its screen, whatever is pressed and however small the terminal is', () => {
    const key = fc.constantFrom(
      'a',
      'l',
      'u',
      'A',
      'L',
      'w',
      'q',
      'd',
      '?',
      'up',
      'down',
      'pagedown',
      'G',
      'return',
      'escape',
      'x',
      'backspace',
    );
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 40 }),
        fc.integer({ min: 10, max: 120 }),
        fc.integer({ min: 5, max: 50 }),
        (keys, columns, rows) => {
          let step: ReviewStep = { state: startReview(REPORT) };
          for (const one of keys) {
            if (step.end !== undefined) break;
            step = press(step.state, one, rows - 4);
            const lines = renderReview(step.state, { columns, rows });
            expect(lines.length).toBeLessThanOrEqual(rows);
            for (const { text } of lines) expect([...text].length).toBeLessThanOrEqual(columns);
          }
          // Whatever was pressed, only what was marked can be accepted.
          if (step.end !== undefined && step.end !== 'nothing') {
            const marked = countDecisions(step.state).accept;
            expect(step.end.indexes).toHaveLength(marked);
          }
        },
      ),
    );
  });
});

describe('a move in a review', () => {
  const long = 'a-directory-with-a-long-name/'.repeat(4);
  const moved = reportOf([
    change('/srv/own', 'critical', 'Data', { kind: 'moved', from: '/srv/before' }),
    change('/srv/sshd', 'critical', 'Data', { kind: 'moved', from: '/usr/sbin/sshd' }),
    change(`/srv/${long}to`, 'low', 'Data', { kind: 'moved', from: `/usr/${long}from`, type: 'directory' }),
    change(`/srv/${long}to/child`, 'low', 'Data', {
      kind: 'moved',
      from: `/usr/${long}from/child`,
      consequence: true,
    }),
  ]);
  const OLD_RULES = new Map([[1, 'Binaries']]);

  test('shows where it came from and where it went, in the list and before it is written', () => {
    const list = textOf(startReview(moved, OLD_RULES));
    expect(list).toContain('/usr/sbin/sshd -> /srv/sshd');
    expect(list).toMatch(/\/usr\/a-directory.*… -> \/srv\/a-directory.*…/);
    const summary = textOf(type(startReview(moved, OLD_RULES), 'G', 'a', 'w').state).replaceAll(/\n */g, '');
    expect(summary).toContain(`/srv/${long}to`);
    expect(summary).toContain(`from /usr/${long}from`);
    expect(summary).toContain('and with it 1 object');
  });

  test('that came from under another rule is not accepted with a group, only by itself', () => {
    const { state } = type(startReview(moved, OLD_RULES), 'A');
    expect(countDecisions(state)).toEqual({ undecided: 2, accept: 1, leave: 0 });
    expect(textOf(state)).toContain('1 finding came from another rule and is left out');
    expect(countDecisions(type(startReview(moved, OLD_RULES), 'g', 'a').state).accept).toBe(1);
    const own = type(state, 'j', 'return');
    expect(textOf(own.state)).toContain('until now under the rule Binaries');
    expect(countDecisions(type(own.state, 'a').state).accept).toBe(2);
  });
});
