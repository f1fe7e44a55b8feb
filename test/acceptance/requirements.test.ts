import { createHash } from 'node:crypto';
import { chmodSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, reportOf } from '../support/integ.ts';
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
  expect(it.run(['check']).stdout).toMatch(/^VIOLATED: .*1 violation/);
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

test('a line that must not be there is told by its number and text, and the expression as the policy has it', () => {
  const it = box();
  chmodSync(it.directory, 0o755);
  it.file('aliases', 'root: ann\ndecode: "|/usr/bin/uudecode --password=secret"\n\nx: "|/bin/sh"\n', 0o644);
  requiring(it, 'aliases', `{ content: { matches: '^root:', not_matches: '^[^#].*"?\\|' } }`);
  const live = it.run(['policy', 'check', '--live', it.policyFile]);
  expect(live.code).toBe(8);
  expect(live.stdout).toContain('line 2 must not be there (nor line 4): decode: "|/usr/bin/uudecode --password=');
  expect(live.stdout).toContain('must have no line that matches ^[^#].*"?\\|\n');
  expect(live.stdout).not.toContain('secret');
  expect(live.stdout).not.toContain('^root:');
  // Lines of a file that not everybody may read are for nobody who only reads reports.
  chmodSync(it.path('aliases'), 0o600);
  const hidden = it.run(['policy', 'check', '--live', it.policyFile]).stdout;
  expect(hidden).toMatch(/line 2 must not be there \(nor line 4\)\n/);
  it.policyText(`version: 1\nrules:\n  - paths: ['${it.tree}']\n    require: { content: { matches: '(' } }\n`);
  expect(it.run(['policy', 'check', it.policyFile])).toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/:4:36: '\(': .*character 2/),
  });
});

/** Two objects with four requirements in all, of which the mode of the second may be made wrong. */
function scored(it: Box): void {
  it.file('one', 'a\n', 0o600);
  it.file('two', 'b\n', 0o600);
  it.policyText(
    `version: 1\nrules:\n  - name: pair\n    severity: high\n    paths: ['${it.tree}/*']\n    watch: config\n` +
      `    why: Others must not read these.\n    fix: "chmod 0600 the file"\n` +
      `    require: { owner: ${OWNER}, mode: '0600' }\n`,
  );
}

test('live, the first line says that all requirements hold, or how many of how many do not; verbose lists each', () => {
  const it = box();
  scored(it);
  const live = (...options: readonly string[]) => it.run(['policy', 'check', '--live', ...options, it.policyFile]);
  expect(live()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ALL 4 REQUIREMENTS HOLD on /) });
  chmodSync(it.path('two'), 0o644);
  const { stdout, code } = live('--verbose');
  expect(code).toBe(8);
  expect(stdout).toMatch(/^VIOLATED: .*: 1 of 4 requirements violated; highest severity high\n/);
  expect(stdout).toContain('4 requirements: 3 kept, 1 violated, 0 could not be judged');
  expect(stdout).toContain(`${it.path('two')}: mode (rule pair)`);
  expect(stdout).toMatch(/kept +\S+\/one: owner, mode \(rule pair\)/);
  const report = JSON.parse(live('--format', 'json').stdout);
  expect(report.requirements).toEqual({ kept: 3, violated: 1, unjudged: 0 });
  expect(report.verdicts).toHaveLength(4);
  expect(live('--format', 'html').stdout).toContain('VIOLATED: ');
});

test('init says what is violated already, and writes the baseline all the same', () => {
  const it = box();
  scored(it);
  chmodSync(it.path('two'), 0o644);
  const { stdout, code } = it.run(['init']);
  expect(code).toBe(0);
  expect(stdout).toContain('Required: 4 requirements: 3 kept, 1 violated, 0 could not be judged');
  expect(stdout).toMatch(
    /Violated now.*\n\nHIGH: 1 finding\n {2}\[1\] {2}violated {2}\S+\/two\n +mode +must be 0600, is 0644\n/,
  );
});

test('why a rule is there and what to do stand with each of its findings; a violation and a change are one entry', () => {
  const it = box();
  scored(it);
  it.init();
  chmodSync(it.path('two'), 0o644);
  it.file('one', 'changed\n', 0o600);
  const remarks = { why: 'Others must not read these.', fix: 'chmod 0600 the file' };
  const report = it.check();
  expect(report.changes).toMatchObject([
    { path: it.path('one'), ...remarks },
    { path: it.path('two'), ...remarks },
  ]);
  expect(report.violations).toMatchObject([{ path: it.path('two'), ...remarks }]);
  const text = it.run(['check']).stdout;
  expect(text).toContain('HIGH: 2 findings');
  expect(text.split('rule pair: Others must not read these.')).toHaveLength(3);
  expect(text.split('fix: chmod 0600 the file')).toHaveLength(3);
  expect(text).toMatch(
    /violated {2}\S+\/two\n +mode +must be 0600, is 0644\n(?:.*\n){2} +and it changed:\n +mode +0600 -> 0644/,
  );
  expect(text).not.toMatch(/changed +\S+\/two/);
  const html = it.run(['check', '--format', 'html']).stdout;
  expect(html.split('why: Others must not read these.')).toHaveLength(4);
  expect(html).toContain('data-kind="violated,changed"');
});

test('require judges a symbolic link and says so, and with follow what it leads to', () => {
  const it = box();
  it.file('real/aliases', 'root: admin\n', 0o666);
  symlinkSync('real/aliases', it.path('aliases'));
  symlinkSync('nowhere', it.path('dangling'));
  const rule = (path: string, keys: string) =>
    `version: 1\nrules:\n  - { paths: ['${it.path(path)}'], require: { ${keys} } }\n`;
  const violations = (path: string, keys: string) => {
    it.policyText(rule(path, keys));
    const report = reportOf(it.run(['policy', 'check', '--live', '--format', 'json']));
    return report.violations.map(({ expected, actual }) => [expected, actual]);
  };
  expect(violations('aliases', "mode: '0644'")).toEqual([
    [{ mode: '0644' }, { mode: '0777: is a symbolic link to real/aliases' }],
  ]);
  expect(it.run(['policy', 'check']).stdout).toContain(
    'is a symbolic link, which require judges, not what it leads to',
  );
  expect(violations('aliases', "mode: '0644', follow: true")).toEqual([[{ mode: '0644' }, { mode: '0666' }]]);
  expect(it.run(['policy', 'check']).stdout).not.toContain('which require judges');
  expect(violations('aliases', "mode: '0666', type: file, content: { matches: '^root:' }, follow: true")).toEqual([]);
  expect(violations('dangling', 'follow: true, exists: true')).toEqual([[{ exists: true }, { exists: false }]]);
  it.policyText(rule('aliases', "mode: '0644', follow: true"));
  it.init();
  expect(it.check().violations.map(({ path, actual }) => [path, actual])).toEqual([
    [it.path('aliases'), { mode: '0666' }],
  ]);
});
