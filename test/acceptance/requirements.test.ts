import { createHash } from 'node:crypto';
import { chmodSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

function requiring(it: Box, name: string, require: string, severity = 'high'): void {
  it.policyText(
    `version: 1\nrules:\n  - { name: tree, paths: ['${it.tree}'], watch: existence }\n` +
      `  - { name: required, paths: ['${it.path(name)}'], watch: existence, severity: ${severity}, require: ${require} }\n`,
  );
}

const OWNER = process.geteuid?.() ?? 0;
const CONTENT = createHash('sha256').update('content\n').digest('hex');

test.each([
  ['type', 'type: directory', { type: 'directory' }, { type: 'file' }],
  ['owner', `owner: ${OWNER + 1}`, { owner: String(OWNER + 1) }, { owner: String(OWNER) }],
  ['group', 'group: 4242', { group: '4242' }, undefined],
  ['owner by a name that nobody has', 'owner: no-such-user', { owner: 'no-such-user' }, undefined],
  ['mode', "mode: '0600'", { mode: '0600' }, { mode: '0644' }],
  ['mode at most', "mode: { max: '0640' }", { mode: 'at most 0640' }, { mode: '0644' }],
  ['exists', 'exists: false', { exists: false }, { exists: true }],
  ['sha256', `sha256: '${'0'.repeat(64)}'`, { sha256: '0'.repeat(64) }, { sha256: CONTENT }],
])('require %s: what is not so is a violation at every check, though nothing changed', (_, key, expected, actual) => {
  const it = box();
  const path = it.file('object', 'content\n', 0o644);
  requiring(it, 'object', `{ ${key} }`, 'critical');
  it.init();
  const report = it.check();
  expect(report).toMatchObject({ exitCode: 8, status: 'changed', changes: [] });
  expect(report.violations).toMatchObject([{ path, rule: 'required', severity: 'critical', expected }]);
  if (actual !== undefined) expect(report.violations[0]?.actual).toEqual(actual);
  expect(report.summary.bySeverity).toEqual({ critical: 1 });
  expect(it.run(['check']).stdout).toMatch(/^CHANGED: .*1 violation/);
});

test('what is as required is no finding; live, the requirements need no baseline', () => {
  const it = box();
  it.file('object', 'content\n', 0o640);
  requiring(it, 'object', `{ type: file, owner: ${OWNER}, mode: { max: '0755' }, exists: true, sha256: ${CONTENT} }`);
  const live = it.run(['policy', 'check', '--live', it.policyFile]);
  expect(live).toMatchObject({ code: 0, stderr: '' });
  it.init();
  expect(it.check().exitCode).toBe(0);
  chmodSync(it.path('object'), 0o666);
  expect(it.run(['policy', 'check', '--live', it.policyFile]).code).toBe(8);
  // Its rule watches the existence alone, so that the requirement is all that minds.
  expect(it.check()).toMatchObject({ exitCode: 8, changes: [] });
});

test('what must exist and is gone is a violation and a removal', () => {
  const it = box();
  it.file('object');
  requiring(it, 'object', '{ exists: true }');
  it.init();
  unlinkSync(it.path('object'));
  const report = it.check();
  expect(report.exitCode).toBe(2 + 8);
  expect(report.violations).toMatchObject([{ expected: { exists: true }, actual: { exists: false } }]);
});

test('a requirement holds for the paths of its rule also where another rule governs', () => {
  const it = box();
  it.file('object', 'content\n', 0o644);
  it.policyText(
    `version: 1\nrules:\n  - { name: required, paths: ['${it.tree}/o*'], require: { mode: '0600' } }\n` +
      `  - { name: tree, paths: ['${it.tree}'], watch: existence }\n`,
  );
  it.init();
  expect(it.check().violations).toMatchObject([{ path: it.path('object'), rule: 'required' }]);
});

test.skipIf(!isRoot())('a required flag is looked for on the file (needs root and chattr)', ({ skip }) => {
  const it = box();
  const path = it.file('object');
  if (!works('chattr', '+i', path)) skip('chattr +i is not permitted here');
  try {
    requiring(it, 'object', '{ flags: [immutable] }');
    it.init();
    expect(it.check().exitCode).toBe(0);
    tool('chattr', '-i', path);
    expect(it.check()).toMatchObject({ exitCode: 8, violations: [{ path, expected: { flags: 'immutable' } }] });
  } finally {
    tool('chattr', '-i', path);
  }
});

test('a program that became set-user-ID is a violation wherever it lies, but for those that may', () => {
  const it = box();
  for (const name of ['bin/su', 'home/ann/tool', 'home/ann/notes']) it.file(name);
  it.policyText(
    'version: 1\nrules:\n' +
      `  - { name: privileged, paths: ['${it.tree}/**'], exclude: ['${it.path('bin/su')}'], types: [file],\n` +
      '      watch: existence, require: { no_setuid: true } }\n',
  );
  it.init();
  for (const name of ['bin/su', 'home/ann/tool']) chmodSync(it.path(name), 0o4755);
  expect(it.check().violations).toMatchObject([
    { path: it.path('home/ann/tool'), expected: { no_setuid: true }, actual: { no_setuid: 'mode 4755' } },
  ]);
});

test.skipIf(!isRoot)('below a directory that everybody may write nothing is safe (needs root)', () => {
  const it = box();
  it.file('object');
  requiring(it, 'object', '{ parents_not_writable: true }');
  expect(it.run(['policy', 'check', '--live', it.policyFile]).stdout).toContain('/tmp is 1777 root');
  it.policyText(
    'version: 1\nrules:\n  - { paths: [/etc/hostname], watch: existence, require: { parents_not_writable: true } }\n',
  );
  expect(it.run(['policy', 'check', '--live', it.policyFile])).toMatchObject({ code: 0 });
});

test('a backup that was not made anew is a violation', () => {
  const it = box();
  const path = it.file('backup.tar');
  requiring(it, 'backup.tar', '{ max_age: 26h }');
  expect(it.run(['policy', 'check', '--live', it.policyFile]).code).toBe(0);
  const yesterday = Date.now() / 1000 - 30 * 3600;
  utimesSync(path, yesterday, yesterday);
  const live = it.run(['policy', 'check', '--live', it.policyFile]);
  expect(live.code).toBe(8);
  expect(live.stdout).toMatch(/max_age +must be at most 1d 2h, is 1d 6h/);
});

test('a file too large to be searched makes the run incomplete, and a link has no lines', () => {
  const it = box();
  it.file('log', Buffer.alloc(17 * 1024 * 1024, 'x\n'));
  symlinkSync('log', it.path('link'));
  const rules = ['log', 'link'].map(
    (name) => `  - name: ${name}\n    paths: ['${it.path(name)}']\n    require: { content: { not_matches: y } }\n`,
  );
  it.policyText(`version: 1\nrules:\n${rules.join('')}`);
  const live = it.run(['policy', 'check', '--live', it.policyFile]);
  expect(live.code).toBe(8 + 16);
  expect(live.stdout).toContain('only the lines of files up to 16 MiB are searched');
  expect(live.stdout).toContain('is symlink, not a regular file');
});

test('a line that must not be there is told by its number and never by its text', () => {
  const it = box();
  it.file('aliases', 'root: ann\ndecode: "|/usr/bin/uudecode secret"\n');
  requiring(it, 'aliases', `{ content: { matches: '^root:', not_matches: '^[^#].*"?\\|' } }`);
  const live = it.run(['policy', 'check', '--live', it.policyFile]);
  expect(live.code).toBe(8);
  expect(live.stdout).toContain('line 2 matches');
  // A backslash is shown as two, as everywhere in a report, and not as four.
  expect(live.stdout).toContain('no line that matches ^[^#].*"?\\\\|');
  expect(live.stdout).not.toContain('secret');
  it.policyText(`version: 1\nrules:\n  - paths: ['${it.tree}']\n    require: { content: { matches: '(' } }\n`);
  expect(it.run(['policy', 'check', it.policyFile])).toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/:4:36: '\(': .*character 2/),
  });
});
