import { expect, test } from 'vitest';
import type { Report, ReportChange } from '../../../src/model/report.ts';
import { type TextOptions, textReport } from '../../../src/report/text.ts';
import { type Facts, READ_ONLY, rule } from '../../support/compared-trees.ts';
import { fullReport, type Sample, sampleReport } from '../../support/sample-reports.ts';

const FILE = { content: 'x' };
const DIRECTORY = { type: 'directory', mode: 0o755 } as const;

function text(report: Report, options: TextOptions = {}): string {
  return [...textReport(report, options)].join('');
}

function textOf(sample: Sample, options: TextOptions = {}): string {
  return text(sampleReport(sample), options);
}

/** A directory that is new with this many files in it. */
function flood(count: number): Readonly<Record<string, Facts>> {
  const files = Array.from({ length: count }, (_, index) => [
    `/srv/d/f${index}`,
    { content: `${index}`, inode: index + 9 },
  ]);
  return { '/srv/d': DIRECTORY, ...Object.fromEntries(files) };
}

test('the first line of a clean report says that nothing changed and how much was looked at', () => {
  expect(textOf({ before: { '/a': FILE }, now: { '/a': FILE } }).split('\n')[0]).toBe(
    'NO CHANGES on mail1: 4 objects examined',
  );
});

test('the first line of an incomplete report says so and never that nothing changed', () => {
  const report = textOf({ before: { '/a': FILE }, now: { tree: { '/a': FILE }, failures: [{ path: '/b' }] } });
  expect(report.split('\n')[0]).toBe(
    'INCOMPLETE: mail1: 1 error, not everything could be examined; no finding in the rest',
  );
  expect(report).not.toMatch(/no changes|clean/i);
});

test('the first line of a report with findings counts them and names the highest severity', () => {
  expect(textOf({ before: {}, now: { '/a': FILE } }).split('\n')[0]).toBe(
    'CHANGED: mail1: 1 added; highest severity medium',
  );
});

test('a policy file that differs from the policy in the baseline is said before anything else', () => {
  const report = fullReport();
  const lines = text({ ...report, policy: { ...report.policy, matchesFile: false } }).split('\n');
  expect(lines[1]).toMatch(/^WARNING: the policy file is not the policy in the baseline/);
});

test('the baseline is named with number, age, seal and signature', () => {
  expect(text(fullReport())).toContain('sequence 3, made 2026-01-01T00:00:00Z (1 day ago)');
  expect(text(fullReport())).toContain('0123456789abcdef…, not signed');
});

test('flags are told in plain words', () => {
  expect(text(fullReport())).toContain('! setuid bit added; executable appeared');
  expect(text(fullReport())).toContain('! content changed but times were kept');
});

test('the worst comes first', () => {
  const report = text(fullReport());
  expect(report.indexOf('HIGH:')).toBeLessThan(report.indexOf('MEDIUM:'));
});

test('unexplained findings come before explained ones', () => {
  const report = sampleReport({ before: {}, now: { '/a': FILE, '/b': { content: 'y', inode: 2 } } });
  const explained = { by: 'dpkg', package: 'bash', from: '1', to: '2', proof: 'signed' };
  const [first, second] = report.changes;
  if (first === undefined || second === undefined) throw new Error('two findings are expected');
  const shown = text({ ...report, changes: [{ ...first, explained }, second] });
  expect(shown.indexOf('added     /b')).toBeLessThan(shown.indexOf('added     /a'));
  expect(shown).toContain('explained by dpkg: bash 1 -> 2, proved by its signature');
});

test('what an older report calls proved by MD5 is what the package database says, and nothing explains a flag', () => {
  const report = sampleReport({ before: {}, now: { '/a': FILE, '/b': { content: 'y', inode: 2 } } });
  const explained = { by: 'dpkg', package: 'bash', from: '1', to: '2', proof: 'md5' };
  const [first, second] = report.changes;
  if (first === undefined || second === undefined) throw new Error('two findings are expected');
  const flags: ReportChange['flags'] = ['rolled-back'];
  const shown = text({
    ...report,
    changes: [
      { ...first, explained },
      { ...second, explained, flags },
    ],
  });
  expect(shown).toContain('1 unexplained, 1 explained by packages, the package database says');
  expect(shown.match(/explained by dpkg: bash 1 -> 2, the package database says/g)).toHaveLength(1);
});

test('consequences are folded into one line, and listed when asked for', () => {
  const sample = { before: { '/d': DIRECTORY }, now: { '/d': { ...DIRECTORY, mtime: 5 }, '/d/f': FILE } };
  expect(textOf(sample)).toContain('(+ 1 directory changed only because of the above)');
  expect(textOf(sample)).not.toContain('changed   /d/');
  expect(textOf(sample, { verbose: true })).toContain('changed   /d/');
});

test('what could not be examined is listed with the reason and what to do', () => {
  expect(text(fullReport())).toContain('/etc/shadow: open: EACCES: permission denied');
  expect(text(fullReport())).toContain('EACCES: run as root');
});

test('a flood of new files in one place is counted and cut, and the cut says how many and how to see all', () => {
  const report = textOf({ before: {}, now: flood(1500) });
  expect(report).toContain('1,501 added in /srv and below');
  expect(report).toContain('… and 1,496 more: all of them with --verbose or --format json');
  expect(report.split('\n').length).toBeLessThan(30);
  expect(textOf({ before: {}, now: flood(1500) }, { verbose: true })).toContain('/srv/d/f1499\n');
});

test('a privileged file is not buried in a flood', () => {
  const report = textOf({ before: {}, now: { ...flood(1500), '/srv/d/f7': { content: 'z', mode: 0o4755 } } });
  expect(report.indexOf('/srv/d/f7')).toBeLessThan(report.indexOf('1,500 added'));
  expect(report.indexOf('/srv/d/f7')).toBeGreaterThan(0);
});

test('nor in a flood of new executables of the same severity, which bear a flag too', () => {
  const programs = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`/srv/a${index}`, { content: `${index}`, mode: 0o755 }]),
  );
  const report = textOf({
    before: {},
    now: { ...programs, '/srv/z': { content: 'z', mode: 0o4755 } },
    given: { options: { rules: [rule(READ_ONLY, { severity: 'high' })] } },
  });
  expect(report.indexOf('/srv/z\n')).toBeGreaterThan(0);
  expect(report.indexOf('/srv/z\n')).toBeLessThan(report.indexOf('/srv/a0\n'));
});

test('long values stand below each other, short ones beside each other', () => {
  expect(text(fullReport(), { width: 40 })).toMatch(/sha256 {2}[0-9a-f]{64}\n +-> [0-9a-f]{64}\n/);
  expect(text(fullReport(), { width: 400 })).toMatch(/sha256 {2}[0-9a-f]{64} -> [0-9a-f]{64}\n/);
});

test('colours are used only when asked for', () => {
  expect(text(fullReport())).not.toContain('\u001b');
  expect(text(fullReport(), { color: true })).toContain('\u001b[31mINCOMPLETE');
});

test('what changed inside is told in words first, then line by line, and never folded', () => {
  const report = sampleReport({ before: {}, now: flood(40) });
  const content = {
    facts: ['user backup added with uid 0'],
    diff: ['@@ -1 +1 @@', '-a', '+b'],
    omitted: '7 more lines',
  };
  const changes = report.changes.map((change) => (change.path === '/srv/d/f30' ? { ...change, content } : change));
  const shown = text({ ...report, changes });
  const lines = shown.split('\n').map((line) => line.trim());
  const start = lines.indexOf('added     /srv/d/f30');
  expect(lines.slice(start + 1, start + 6)).toEqual([
    '* user backup added with uid 0',
    '@@ -1 +1 @@',
    '-a',
    '+b',
    '(7 more lines)',
  ]);
  expect(start).toBeLessThan(lines.findIndex((line) => line.startsWith('40 added in')));
  expect(text({ ...report, changes }, { color: true })).toContain('\u001b[31m              -a');
});

test('errors that are counted and not listed are told', () => {
  const report = fullReport();
  const shown = text({ ...report, errors: [], summary: { ...report.summary, errors: 3 } });
  expect(shown).toContain('NOT EXAMINED: 3 errors\n  not at an object of these rules alone');
});
