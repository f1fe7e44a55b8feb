import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columns as columnsOf } from '../../../src/cli/fit.ts';
import { press, type ReviewStep } from '../../../src/cli/review/keys.ts';
import { renderReview } from '../../../src/cli/review/screen.ts';
import { type ReviewState, startReview } from '../../../src/cli/review/state.ts';
import type { Report, ReportChange } from '../../../src/model/report.ts';
import type { Severity } from '../../../src/model/severity.ts';
import { numberFindings } from '../../../src/report/numbers.ts';
import { textReport } from '../../../src/report/text.ts';

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

function countsOf(state: ReviewState): ReviewState['decisions']['counts'] {
  return state.decisions.counts;
}

function textOf(state: ReviewState): string {
  return renderReview(state, SIZE)
    .map(({ text }) => text)
    .join('\n');
}

describe('a review', () => {
  test('starts with nothing decided, the most severe finding first', () => {
    const state = startReview(REPORT);
    expect(countsOf(state)).toEqual({ undecided: 3, accept: 0, leave: 0 });
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
      'n',
      'p',
      'e',
      'c',
      'f',
      ' ',
      '/',
      's',
    );
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 40 }),
        fc.integer({ min: 10, max: 200 }),
        fc.integer({ min: 2, max: 50 }),
        (keys, columns, rows) => {
          let step: ReviewStep = { state: startReview(REPORT) };
          for (const one of keys) {
            if (step.end !== undefined) break;
            step = press(step.state, one, Math.max(1, rows - 4));
            const lines = renderReview(step.state, { columns, rows });
            expect(lines.length).toBeLessThanOrEqual(rows);
            for (const { text, beside } of lines) {
              expect([...text].length).toBeLessThanOrEqual(beside?.column ?? columns);
              if (beside !== undefined) expect([...beside.text].length).toBeLessThanOrEqual(columns - beside.column);
            }
          }
          // Whatever was pressed, only what was marked can be accepted.
          if (step.end !== undefined && step.end !== 'nothing') {
            const marked = countsOf(step.state).accept;
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
  const OLD_RULES = { oldRules: new Map([[1, 'Binaries']]) };

  test('shows where it came from and where it went, in the list and before it is written', () => {
    const list = textOf(startReview(moved, OLD_RULES));
    expect(list).toContain('/usr/sbin/sshd -> /srv/sshd');
    expect(list).toMatch(/\/usr\/a-dir.*….*from\/? -> \/srv\/a-dir.*….*to\/?/);
    const summary = textOf(type(startReview(moved, OLD_RULES), 'G', 'a', 'w').state).replaceAll(/\n */g, '');
    expect(summary).toContain(`/srv/${long}to`);
    expect(summary).toContain(`from /usr/${long}from`);
    expect(summary).toContain('and with it 1 object');
  });

  test('that came from under another rule is not accepted with a group, only by itself', () => {
    const { state } = type(startReview(moved, OLD_RULES), 'A');
    expect(countsOf(state)).toEqual({ undecided: 2, accept: 1, leave: 0 });
    expect(textOf(state)).toContain('1 finding left: 1 from under another rule; mark it by itself');
    expect(countsOf(type(startReview(moved, OLD_RULES), 'g', 'a').state).accept).toBe(1);
    const own = type(state, 'j', 'return');
    expect(textOf(own.state)).toContain('until now under the rule Binaries');
    expect(countsOf(type(own.state, 'a').state).accept).toBe(2);
  });
});

const bash = { by: 'dpkg', package: 'bash', from: '5.2', to: '5.3', proof: 'database' } as const;
const vim = { ...bash, package: 'vim', from: '9.0', to: '9.1' } as const;

/** An upgrade, a trojan, a new directory of many files, and what else happens. */
function busyReport(): Report {
  const many = Array.from({ length: 20 }, (_, at) =>
    change(`/srv/new/${String(at).padStart(2, '0')}`, 'low', 'data', { kind: 'added' }),
  );
  return numberFindings(
    reportOf([
      change('/bin/bash', 'critical', 'programs', { explained: bash }),
      change('/bin/ping', 'critical', 'programs', { flags: ['setuid-added'] }),
      change('/bin/vim', 'critical', 'programs', { explained: vim }),
      change('/bin/zcat', 'critical', 'programs'),
      change('/etc/hosts', 'low', 'settings'),
      change('/etc/passwd', 'low', 'settings', { content: { facts: ['user backup added with uid 0'] } }),
      change('/etc/shells', 'low', 'settings', { explained: bash }),
      ...many,
      change('/usr/share/bash', 'critical', 'programs', { kind: 'added', explained: bash }),
    ]),
  );
}

/** What the list shows of findings, folds and headings. */
function listOf(state: ReviewState): readonly string[] {
  const lines = textOf(state).split('\n').slice(2, -2);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function unfoldedWhole(state: ReviewState): ReviewState {
  const closed = state.rows.findIndex((row) => row.kind === 'fold' && !row.isOpen);
  if (closed < 0) return state;
  return unfoldedWhole(type(state, 'g', ...Array.from({ length: closed }, () => 'j'), 'return').state);
}

function acceptedBy(state: ReviewState): readonly string[] {
  const { end } = type(state, 'w', 'return', 'x', 'return');
  if (end === undefined || end === 'nothing') return [];
  return end.indexes.map((index) => state.report.changes[index]?.path ?? '');
}

describe('the list of a review', () => {
  test('has the order, the numbers, the flags and the words of the report, and a line for each package', () => {
    expect(listOf(startReview(busyReport()))).toEqual([
      'CRITICAL: 2 findings',
      '[ ] [1]  changed   /bin/ping  ! setuid bit added',
      '[ ] [2]  changed   /bin/zcat',
      'CRITICAL: 3 changes explained by 2 packages, the package database says',
      '[ ] + [3-4] bash 5.2 -> 5.3: 2',
      '[ ] + [5]  vim 9.0 -> 9.1: 1',
      'LOW: 22 findings',
      '[ ] [6]  changed   /etc/passwd  * user backup added with uid 0',
      '[ ] [7]  changed   /etc/hosts',
      '[ ] + [8-27] 20 added in /srv/new and below',
      'LOW: 1 change explained by 1 package, the package database says',
      '[ ] + [28] bash 5.2 -> 5.3: 1',
    ]);
  });

  test('shows findings in the order in which the text of the report does', () => {
    const report = busyReport();
    const numbersIn = (text: string): readonly string[] => text.match(/(?<=^ *(?:\[ \] )?\[)\d+(?=\])/gmu) ?? [];
    const unfolded = unfoldedWhole(startReview(report));
    const listed = renderReview(unfolded, { columns: 80, rows: 60 }).map(({ text }) => text);
    const told = [...textReport(report, { verbose: true })].join('');
    expect(numbersIn(listed.join('\n'))).toEqual(numbersIn(told));
    expect(numbersIn(told)).toHaveLength(28);
  });

  test('unfolds and folds a line, and takes all of it or one of it', () => {
    const onFold = type(startReview(busyReport()), 'n', 'n').state;
    const open = type(onFold, 'return').state;
    expect(listOf(open)).toContain('[ ] [4]  added     /usr/share/bash');
    expect(acceptedBy(type(open, 'j', 'a').state)).toEqual(['/bin/bash']);
    expect(listOf(type(open, 'return').state)).toEqual(listOf(onFold));
    const taken = type(onFold, 'a').state;
    expect(acceptedBy(taken)).toEqual(['/bin/bash', '/usr/share/bash']);
    expect(listOf(taken)).toContain('[a] + [3-4] bash 5.2 -> 5.3: 2');
    expect(listOf(type(open, 'j', 'a', 'k', 'k', 'return').state)).toContain('[~] + [3-4] bash 5.2 -> 5.3: 2');
  });

  test('goes from group to group, and to what is searched for, even where that is folded', () => {
    const atCursor = (state: ReviewState): string =>
      renderReview(state, SIZE)
        .find(({ style }) => style === 'selected')
        ?.text.trim() ?? '';
    const start = startReview(busyReport());
    expect(atCursor(type(start, 'n').state)).toContain('explained by 2 packages');
    expect(atCursor(type(start, 'n', 'n', 'p').state)).toContain('explained by 2 packages');
    expect(atCursor(type(start, '/', ...'NEW/07', 'return').state)).toContain('/srv/new/07');
    expect(atCursor(type(start, '/', ...'uid 0', 'return').state)).toContain('/etc/passwd');
    expect(atCursor(type(start, '/', ...'bin/', 'return', '/', 'return').state)).toContain('/bin/bash');
    const none = type(start, '/', ...'nowhere', 'return').state;
    expect(textOf(none)).toContain('no finding has: nowhere');
    expect(none.cursor).toBe(start.cursor);
  });

  test('shows what the filter lets through, and decides about nothing else', () => {
    const start = startReview(busyReport());
    const menu = textOf(type(start, 'f').state);
    for (const choice of [
      'packages  unexplained (24)',
      'severity  critical (5)',
      'kind      added (21)',
      'rule      data (20)',
    ]) {
      expect(menu).toContain(choice);
    }
    const unexplained = type(start, 'f', 'u', 'escape').state;
    expect(textOf(unexplained)).toContain('only unexplained: 24 of 28 listed');
    expect(textOf(unexplained)).not.toContain('bash');
    // The third choice: what is critical.
    const critical = type(unexplained, 'f', 'j', 'j', 'return', 'escape').state;
    expect(listOf(critical)).toEqual([
      'CRITICAL: 2 findings',
      '[ ] [1]  changed   /bin/ping  ! setuid bit added',
      '[ ] [2]  changed   /bin/zcat',
    ]);
    expect(acceptedBy(type(critical, 'A', 'n', 'A').state)).toEqual(['/bin/zcat']);
    expect(textOf(type(critical, 'e').state)).toContain('packages explain nothing of what is listed');
    expect(listOf(type(critical, 'f', 'c', 'escape').state)).toEqual(listOf(start));
    const added = type(start, 'f', 'j', 'j', 'j', 'j', ' ', 'q').state;
    expect(listOf(added)).toContain('[ ] + [3-4] bash 5.2 -> 5.3: 2 (1 of them listed)');
  });

  test('takes what packages explain, says on whose word, and takes that back', () => {
    const taken = type(startReview(busyReport()), 'e').state;
    expect(textOf(taken)).toContain('4 changes explained by 2 packages, the package database says');
    expect(acceptedBy(taken)).toEqual(['/bin/bash', '/usr/share/bash', '/bin/vim', '/etc/shells']);
    const undone = type(taken, 'u').state;
    expect(textOf(undone)).toContain('undone: 4 findings are as before');
    expect(countsOf(undone)).toEqual({ undecided: 28, accept: 0, leave: 0 });
    expect(textOf(type(undone, 'u').state)).toContain('nothing to undo');
    expect(countsOf(type(undone, 'l', 'l', 'a', 'u', 'u').state)).toEqual({ undecided: 27, accept: 0, leave: 1 });
  });

  test('never takes a flag or what was raised with a group, and says how many it left', () => {
    const known = {
      ruleSeverities: new Map<string, Severity>([
        ['settings', 'info'],
        ['programs', 'critical'],
      ]),
    };
    const flagged = type(startReview(busyReport(), known), 'A').state;
    expect(textOf(flagged)).toContain('1 finding left: 1 with a flag; mark it by itself');
    expect(acceptedBy(flagged)).toEqual(['/bin/zcat']);
    const raised = type(startReview(busyReport(), known), 'n', 'n', 'n', 'n', 'a').state;
    expect(textOf(raised)).toContain('2 findings left: 2 raised above the severity of its rule; mark them one by one');
    expect(countsOf(raised).accept).toBe(20);
    expect(textOf(type(raised, 'd').state)).toContain('low, though its rule says info');
    expect(acceptedBy(type(flagged, 'k', 'j', 'a').state)).toEqual(['/bin/ping', '/bin/zcat']);
  });

  test('lists what changed of an object that is not as required, and says that accepting does not mend it', () => {
    const violation = { path: '/etc/hosts', rule: 'settings', severity: 'high', expected: {}, actual: {} } as const;
    const report = reportOf([change('/bin/ls', 'low', 'programs'), change('/etc/hosts', 'low', 'settings')]);
    const start = startReview(numberFindings({ ...report, violations: [violation] }));
    expect(listOf(start)).toEqual([
      'HIGH: 1 finding',
      '[ ] [2]  changed   /etc/hosts  not as required',
      'LOW: 1 finding',
      '[ ] [3]  changed   /bin/ls',
    ]);
    expect(textOf(type(start, 'a', 'w').state)).toContain('which accepting does not mend');
  });

  test('says what cannot be accepted and so is not in the list', () => {
    const report = busyReport();
    const mended = { ...report, summary: { ...report.summary, violations: 2, errors: 1 } };
    expect(textOf(startReview(mended))).toContain('to be mended, so not listed: 2 violated requirements, 1 error');
  });
});

describe('the screen of a review', () => {
  test('shows details beside the list where there is room', () => {
    const rows = renderReview(startReview(busyReport()), { columns: 160, rows: 40 });
    expect(rows.some(({ text }) => text.includes('/bin/ping'))).toBe(true);
    const beside = rows.map((row) => row.beside?.text ?? '').join('\n');
    expect(beside).toContain('! setuid bit added');
    expect(beside).toContain('rule programs');
    expect(renderReview(startReview(busyReport()), SIZE).every((row) => row.beside === undefined)).toBe(true);
  });

  test('hides neither a long name nor what is said of it', () => {
    const path = `/srv/${'long-'.repeat(40)}end`;
    const [, row = ''] = listOf(startReview(reportOf([change(path, 'high', 'data', { flags: ['setuid-added'] })])));
    expect(row).toContain('/srv/long-long');
    expect(row).toContain('! setuid bit added');
  });

  test('keeps its columns with names in wide characters, at 40 columns and beside details', () => {
    const wide = '漢字'.repeat(60);
    const report = reportOf([
      change(`/srv/${wide}`, 'high', 'data', { flags: ['world-writable-now'], content: { facts: [`entry ${wide}`] } }),
      change(`/srv/e\u0301\u0301${wide}`, 'high', 'data', { kind: 'moved', from: `/old/${wide}` }),
    ]);
    for (const columns of [20, 40, 80, 160]) {
      for (const key of ['g', 'j', 'd', 'f', '?']) {
        for (const { text, beside } of renderReview(type(startReview(report), key).state, { columns, rows: 24 })) {
          expect(columnsOf(text)).toBeLessThanOrEqual(beside?.column ?? columns);
          expect(columnsOf(beside?.text ?? '')).toBeLessThanOrEqual(columns - (beside?.column ?? 0));
        }
      }
    }
  });

  test('shows and decides about twenty thousand findings', () => {
    const many = Array.from({ length: 20_000 }, (_, at) =>
      change(`/srv/${at}/file`, 'low', 'data', { attributes: { mode: { before: '0644', after: `${at}` } } }),
    );
    const start = startReview(reportOf(many));
    const state = type(start, ...Array.from({ length: 500 }, () => 'a'), 'G', 'a', 'w', ' ', 'escape').state;
    expect(countsOf(state).accept).toBe(501);
    expect(countsOf(type(state, 'g', 'a', 'u').state).accept).toBe(501);
  });
});
