import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';
import { isRoot, NOBODY } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

/** A small system: a program, a configuration, a directory. */
function system(): Box {
  const made = box();
  made.file('bin/login', 'the login program\n', 0o755);
  made.file('etc/passwd', 'root:x:0:0\n', 0o644);
  made.file('etc/motd', 'welcome\n');
  made.directoryAt('spool');
  return made;
}

test('a tree that nobody touched is clean, however often it is checked', () => {
  const it = system();
  it.init();
  const first = it.check();
  const second = it.check();
  for (const report of [first, second]) {
    expect(report).toMatchObject({ status: 'clean', exitCode: 0, changes: [], violations: [], errors: [] });
    expect(report.summary.examined).toBe(7);
  }
});

test('added, removed and changed files are three findings and three bits of the exit code', () => {
  const it = system();
  it.init();
  it.file('bin/backdoor', 'new\n', 0o755);
  unlinkSync(it.path('etc/motd'));
  it.append('etc/passwd', 'eve:x:0:0\n');
  const report = it.check();
  expect(report.exitCode).toBe(1 + 2 + 4);
  expect(it.findings(report)).toEqual(['added bin/backdoor', 'removed etc/motd', 'changed etc/passwd']);
  expect(it.change(report, 'bin/backdoor').flags).toEqual(['executable-appeared']);
  const { attributes } = it.change(report, 'etc/passwd');
  expect(attributes.size).toEqual({ before: '11', after: '21' });
  expect(attributes.sha256?.before).not.toBe(attributes.sha256?.after);
  expect(it.change(report, 'bin/backdoor').attributes.size).toEqual({ after: '4' });
  expect(it.change(report, 'etc/motd').attributes.size).toEqual({ before: '8' });
});

test('an edit of the same size whose mtime was put back is found, and flagged as hidden', () => {
  const it = system();
  const path = it.path('etc/passwd');
  it.policy('watch: config');
  it.init();
  const reference = it.file('../reference', '');
  tool('touch', '-r', path, reference);
  writeFileSync(path, 'evil:x:0:0\n');
  tool('touch', '-r', reference, path);
  const report = it.check();
  const change = it.change(report, 'etc/passwd');
  expect(report.exitCode).toBe(4);
  expect(Object.keys(change.attributes).sort()).toEqual(['crc32', 'md5', 'sha256']);
  expect(change.flags).toEqual(['content-changed-times-kept']);
  expect(change.severity).toBe('high');
});

test('times set into the future or far back are told to the nanosecond', () => {
  const it = system();
  const path = it.path('etc/motd');
  it.init();
  tool('touch', '-d', '2242-03-16 12:56:31.999999999Z', path);
  const report = it.check();
  expect(it.change(report, 'etc/motd').attributes.mtime?.after).toBe('2242-03-16T12:56:31.999999999Z');
  tool('touch', '-d', '1903-12-13 20:45:52.000000001Z', path);
  expect(it.change(it.check(), 'etc/motd').attributes.mtime?.after).toBe('1903-12-13T20:45:52.000000001Z');
});

test('a file changed through its other name is found under both, and each finding names the other', () => {
  const it = system();
  linkSync(it.path('bin/login'), it.path('spool/innocent'));
  it.init();
  it.append('spool/innocent', 'payload\n');
  const report = it.check();
  expect(it.findings(report)).toEqual(['changed bin/login', 'changed spool/innocent']);
  expect(it.change(report, 'bin/login').links).toEqual([it.path('spool/innocent')]);
  expect(it.change(report, 'spool/innocent').links).toEqual([it.path('bin/login')]);
});

test('a new hard link to a watched program shows in its link count, wherever the link is', () => {
  const it = system();
  it.init();
  linkSync(it.path('bin/login'), it.path('../outside'));
  const change = it.change(it.check(), 'bin/login');
  expect(change.attributes.nlink).toEqual({ before: '1', after: '2' });
});

test('rights that somebody gained are flagged, also under a rule that never reads content', () => {
  const gained = [
    ['bin/setuid', 0o4755, 'setuid-added', 'high'],
    ['bin/setgid', 0o2755, 'setgid-added', 'high'],
    ['shared', 0o2755, 'setgid-added', 'high'],
    ['etc/open', 0o666, 'world-writable-now', 'low'],
    ['spool', 0o777, 'world-writable-now', 'low'],
    ['etc/script', 0o744, 'executable-appeared', 'low'],
  ] as const;
  const it = system();
  it.directoryAt('shared');
  for (const name of ['bin/setuid', 'bin/setgid']) it.file(name, name, 0o755);
  for (const name of ['etc/open', 'etc/script']) it.file(name, name, 0o644);
  it.policy('watch: dynamic', 'severity: low');
  it.init();
  for (const [name, mode] of gained) chmodSync(it.path(name), mode);
  const report = it.check();
  expect(report.summary.changed).toBe(gained.length);
  for (const [name, mode, flag, severity] of gained) {
    const change = it.change(report, name);
    expect(change).toMatchObject({ flags: [flag], severity });
    expect(change.attributes.mode?.after).toBe(mode.toString(8).padStart(4, '0'));
  }
});

test('a file that becomes a symbolic link, a directory or a fifo is one change of type', () => {
  const it = system();
  for (const name of ['etc/passwd', 'etc/motd', 'bin/login']) it.file(name);
  it.init();
  for (const name of ['etc/passwd', 'etc/motd', 'bin/login']) unlinkSync(it.path(name));
  symlinkSync('/tmp/elsewhere', it.path('etc/passwd'));
  mkdirSync(it.path('etc/motd'));
  tool('mkfifo', it.path('bin/login'));
  const report = it.check();
  expect(it.findings(report).toSorted()).toEqual(['changed bin/login', 'changed etc/motd', 'changed etc/passwd']);
  for (const [name, type] of Object.entries({
    'etc/passwd': 'symlink',
    'etc/motd': 'directory',
    'bin/login': 'fifo',
  })) {
    const change = it.change(report, name);
    expect(change.flags).toContain('type-changed');
    expect(change.attributes.type).toEqual({ before: 'file', after: type });
  }
});

test('a symbolic link that leads elsewhere is a change of its target', () => {
  const it = system();
  symlinkSync('passwd', it.path('etc/link'));
  it.init();
  rmSync(it.path('etc/link'));
  symlinkSync('shadow', it.path('etc/link'));
  expect(it.change(it.check(), 'etc/link').attributes.target).toEqual({ before: 'passwd', after: 'shadow' });
});

test.skipIf(!isRoot())('a change of owner is told by its numbers (needs root)', () => {
  const it = system();
  it.init();
  chownSync(it.path('etc/passwd'), NOBODY, NOBODY);
  const { attributes } = it.change(it.check(), 'etc/passwd');
  expect(attributes.uid).toEqual({ before: '0', after: '65534' });
  expect(attributes.gid).toEqual({ before: '0', after: '65534' });
});

test.skipIf(!isRoot() || !works('setcap', '-h'))('a file capability is flagged (needs root and setcap)', () => {
  const it = system();
  it.policy('watch: dynamic');
  it.init();
  tool('setcap', 'cap_net_raw+ep', it.path('bin/login'));
  const change = it.change(it.check(), 'bin/login');
  expect(change.flags).toEqual(['capability-added']);
  expect(change.attributes.caps?.after).toContain('cap_net_raw');
  expect(change.attributes.mode).toBeUndefined();
});

test.skipIf(!works('setfacl', '--version'))('an ACL that lets somebody else in is a change (needs setfacl)', () => {
  const it = system();
  it.policy('watch: dynamic');
  it.init();
  tool('setfacl', '-m', 'u:65534:rw', it.path('etc/passwd'));
  tool('setfacl', '-d', '-m', 'u:65534:rwx', it.path('spool'));
  const report = it.check();
  expect(it.change(report, 'etc/passwd').attributes.acl?.after).toContain('65534');
  expect(it.change(report, 'spool').attributes.acl?.after).toContain('65534');
});

test.skipIf(!works('setfattr', '--version'))('an extended attribute that changes is a change (needs setfattr)', () => {
  const it = system();
  tool('setfattr', '-n', 'user.origin', '-v', 'here', it.path('etc/motd'));
  it.init();
  tool('setfattr', '-n', 'user.origin', '-v', 'there', it.path('etc/motd'));
  const { attributes } = it.change(it.check(), 'etc/motd');
  expect(attributes.xattrs?.before).toContain('user.origin');
  expect(attributes.xattrs?.after).not.toBe(attributes.xattrs?.before);
});

function canChattr(): boolean {
  if (!isRoot()) return false;
  const it = box();
  const path = it.file('probe');
  return works('chattr', '+i', path) && works('chattr', '-i', path);
}

test('an immutable file that is no longer immutable is flagged (needs chattr)', ({ skip }) => {
  if (!canChattr()) skip('chattr +i is not permitted here');
  const it = system();
  it.policy('watch: dynamic');
  const path = it.path('etc/passwd');
  try {
    tool('chattr', '+i', path);
    it.init();
    tool('chattr', '-i', path);
    tool('chattr', '+a', it.path('etc/motd'));
    const report = it.check();
    expect(it.change(report, 'etc/passwd').flags).toEqual(['immutable-no-longer']);
    expect(it.change(report, 'etc/passwd').attributes.flags?.before).toBe('immutable');
    expect(it.change(report, 'etc/motd').attributes.flags?.after).toBe('append-only');
  } finally {
    tool('chattr', '-i', '-a', path, it.path('etc/motd'));
  }
});

test('a check changes nothing that it looks at, not even a time of access', () => {
  const it = system();
  const path = it.path('etc/passwd');
  utimesSync(path, 1000, 1000);
  const before = lstatSync(path, { bigint: true });
  it.init();
  it.check();
  expect(lstatSync(path, { bigint: true })).toEqual(before);
  expect(readFileSync(path, 'utf8')).toBe('root:x:0:0\n');
});

test('a directory that changed only since a file came is folded away; the same change without a file counts', () => {
  const it = system();
  it.init();
  it.file('spool/job');
  const withChild = it.check();
  expect(it.change(withChild, 'spool').consequence).toBe(true);
  expect(withChild.summary).toMatchObject({ added: 1, changed: 0 });
  expect(withChild.exitCode).toBe(1);
  unlinkSync(it.path('spool/job'));
  const without = it.check();
  expect(it.findings(without)).toEqual(['changed spool']);
  expect(without.exitCode).toBe(4);
});

test('a directory whose rights changed is a finding although a file in it changed too', () => {
  const it = system();
  it.init();
  it.file('spool/job');
  chmodSync(it.path('spool'), 0o700);
  expect(it.findings(it.check())).toEqual(['changed spool', 'added spool/job']);
});
