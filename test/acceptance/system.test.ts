import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, reportOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';

/** Parts of the real /etc, as far as they may be read. */
function likeEtc(): Box {
  const it = box();
  for (const name of ['passwd', 'group', 'default', 'ssl', 'init.d', 'alternatives', 'pam.d', 'profile.d']) {
    try {
      cpSync(`/etc/${name}`, it.path(`etc/${name}`), { recursive: true, verbatimSymlinks: true });
    } catch {
      // It is not on this system, or not for this user to read: the rest is enough.
    }
  }
  return it;
}

test('an idle tree like /etc is clean twice, under every template, whatever the number of jobs', () => {
  const it = likeEtc();
  for (const watch of ['read-only', 'all', 'append-only']) {
    it.policy(`watch: [${watch}, -atime]`);
    it.init('--force');
    expect(it.check(['--jobs', '1'])).toMatchObject({ exitCode: 0, changes: [] });
    expect(it.check(['--jobs', '4'])).toMatchObject({ exitCode: 0, changes: [] });
  }
});

test('the same tree gives the same rows whatever --jobs says', () => {
  const it = likeEtc();
  const rows = (jobs: string): string => {
    it.init('--force', '--jobs', jobs);
    return it.run(['baseline', 'entries', '--format', 'ndjson']).stdout;
  };
  const [first = '', ...others] = ['1', '2', '3', '4', '7'].map(rows);
  expect(first.split('\n').length).toBeGreaterThan(50);
  for (const other of others) expect(other === first).toBe(true);
});

/** A small system below a directory, with users of its own. */
function offline(): Box {
  const it = box();
  it.file('etc/passwd', 'root:x:0:0::/root:/bin/sh\nsmmsp:x:4711:4712::/:/bin/false\n');
  it.file('etc/group', 'root:x:0:\nsmmta:x:4713:\n');
  it.file('usr/bin/ls', 'program\n', 0o755);
  symlinkSync('/usr/bin', it.path('bin'));
  mkdirSync(it.path('spool'));
  it.policyText(`version: 1
rules:
  - { name: all, paths: [/], watch: read-only }
  - { name: programs, paths: [/bin], watch: read-only }
  - { name: spool, paths: [/spool], require: { owner: smmsp, group: smmta } }
`);
  return it;
}

test('--root examines a mounted system: its paths, its links and its users', () => {
  const it = offline();
  const initial = it.run(['init', '--root', it.tree]);
  expect(initial.code).toBe(0);
  expect(initial.stdout).toContain('/bin leads through a symbolic link to /usr/bin');
  it.append('usr/bin/ls', 'payload\n');
  const report = it.check(['--root', it.tree]);
  expect(report.exitCode).toBe(4 + 8);
  expect(report.changes.map(({ kind, path }) => [kind, path])).toEqual([['changed', '/usr/bin/ls']]);
  const actual = isRoot() ? { owner: 'root', group: 'root' } : undefined;
  expect(report.violations).toMatchObject([{ path: '/spool', expected: { owner: 'smmsp', group: 'smmta' } }]);
  if (actual !== undefined) expect(report.violations[0]?.actual).toEqual(actual);
});

test('a system examined where it is mounted now is compared with the baseline made elsewhere', () => {
  const it = offline();
  it.policyText('version: 1\nrules: [{ paths: [/], watch: config }]\n');
  it.run(['init', '--root', it.tree]);
  const moved = `${it.directory}/rescue`;
  renameSync(it.tree, moved);
  const report = it.check(['--root', moved]);
  expect(report).toMatchObject({ exitCode: 0, changes: [] });
  expect(report.notes.join('\n')).toContain(it.tree);
  expect(it.run(['check', '--root', `${it.directory}/none`])).toMatchObject({ code: 66, stdout: '' });
});

test('a link in an examined system never leads out of it', () => {
  const it = offline();
  writeFileSync(`${it.directory}/outside`, 'not of this system\n');
  symlinkSync(`${it.directory}/outside`, it.path('usr/escape'));
  symlinkSync('../../../../../../etc', it.path('usr/up'));
  it.policyText('version: 1\nrules: [{ paths: [/usr/escape, /usr/up/passwd], watch: existence }]\n');
  it.run(['init', '--root', it.tree]);
  const { stdout } = it.run(['baseline', 'entries', '--format', 'ndjson']);
  const paths = stdout
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).path));
  // The link on the way is watched as well; what it leads to is that of the examined system.
  expect(paths.toSorted()).toEqual(['/etc/passwd', '/usr/escape', '/usr/up']);
  const report = reportOf(it.run(['check', '--format', 'json', '--root', it.tree]));
  expect(report.exitCode).toBe(0);
});
