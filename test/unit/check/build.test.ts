import { expect, test } from 'vitest';
import { READ_ONLY, rule } from '../../support/compared-trees.ts';
import { fullReport, sampleReport } from '../../support/sample-reports.ts';

const FILE = { content: 'x' };

test('a run without findings is clean and exits 0', () => {
  const report = sampleReport({ before: { '/a': FILE }, now: { '/a': FILE } });
  expect([report.status, report.exitCode]).toEqual(['clean', 0]);
  expect(report.summary).toMatchObject({ added: 0, removed: 0, changed: 0, moved: 0, errors: 0, bySeverity: {} });
});

test('the exit code is the sum of what was found', () => {
  expect(sampleReport({ before: {}, now: { '/a': FILE } }).exitCode).toBe(1);
  expect(sampleReport({ before: { '/a': FILE }, now: {} }).exitCode).toBe(2);
  expect(sampleReport({ before: { '/a': FILE }, now: { '/a': { content: 'y' } } }).exitCode).toBe(4);
  expect(sampleReport({ before: { '/a': FILE }, now: { '/b': FILE } }).exitCode).toBe(4);
  expect(fullReport().exitCode).toBe(31);
});

test('a run with a failure and nothing else is incomplete, not clean', () => {
  const report = sampleReport({ before: { '/a': FILE }, now: { tree: { '/a': FILE }, failures: [{ path: '/b' }] } });
  expect([report.status, report.exitCode]).toEqual(['incomplete', 16]);
});

test('a consequence stands in the report and counts nowhere', () => {
  const directory = { type: 'directory', mode: 0o755 } as const;
  const report = sampleReport({ before: { '/d': directory }, now: { '/d': { ...directory, mtime: 5 }, '/d/f': FILE } });
  expect(report.changes.map((change) => [change.path, change.consequence])).toEqual([
    ['/d', true],
    ['/d/f', undefined],
  ]);
  expect(report.summary).toMatchObject({ added: 1, changed: 0, bySeverity: { medium: 1 } });
  expect(report.exitCode).toBe(1);
});

test('findings are sorted by severity, then by the bytes of the path', () => {
  const paths = fullReport().changes.map((change) => `${change.severity} ${change.path}`);
  expect(paths).toEqual([
    'high /etc/motd',
    'high /etc/su\\xff\\n',
    'medium /etc',
    'medium /etc/gone',
    'medium /etc/link',
    'medium /etc/new',
  ]);
});

test('an added object has no before, a removed one no after', () => {
  const report = sampleReport({ before: { '/a': { content: '1' } }, now: { '/b': { content: '2', inode: 2 } } });
  expect(report.changes[0]?.attributes['size']).toEqual({ before: '1' });
  expect(report.changes[1]?.attributes['size']).toEqual({ after: '1' });
});

test('a name that is not text comes with its exact bytes', () => {
  const [change] = sampleReport({ before: {}, now: { '/a\xff': FILE } }).changes;
  expect(change?.path).toBe('/a\\xff');
  expect(change?.pathBase64).toBe(Buffer.from('/a\xff', 'latin1').toString('base64'));
});

test('a change can be copied with its attributes', () => {
  const [change] = sampleReport({ before: {}, now: { '/a': FILE } }).changes;
  expect({ ...change }.attributes?.size).toEqual({ after: '1' });
});

test('several names of one changed inode are linked to each other', () => {
  const name = { content: 'x', nlink: 2, inode: 9 };
  const before = { '/a': name, '/b': name };
  const now = { '/a': { ...name, content: 'y' }, '/b': { ...name, content: 'y' } };
  expect(sampleReport({ before, now }).changes.map((change) => change.links)).toEqual([['/b'], ['/a']]);
});

test('findings below the wanted severity are left out and counted in a note', () => {
  const rules = [rule(READ_ONLY, { severity: 'low' })];
  const now = { '/a': FILE, '/s': { content: 'y', mode: 0o4755 } };
  const given = { options: { rules } };
  const report = sampleReport({ before: {}, now, given, input: { minimumSeverity: 'high' } });
  expect(report.changes.map((change) => change.path)).toEqual(['/s']);
  expect(report.notes).toEqual(['1 finding below severity high left out']);
});

test('more bytes than a double can count are told as text', () => {
  const input = { examined: { examined: 1, bytes: 2n ** 60n } };
  expect(sampleReport({ before: {}, now: {}, input }).summary.bytes).toBe(String(2n ** 60n));
});
