import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ObjectType } from '../../../src/model/attributes.ts';
import type { Policy, Rule } from '../../../src/model/rule.ts';
import { builtinPolicyNames } from '../../../src/policy/builtin.ts';
import { LineSearch } from '../../../src/policy/line-search.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { Selector } from '../../../src/policy/select.ts';
import { path, readerOf } from '../../support/compiled-policies.ts';

/** Policies of a whole system. */
const BASES = ['debian-base', 'default', 'linux-base', 'rhel-base'];
/** Policies that are included after one of these. */
const ADDITIONS = [
  'bastion',
  'cis',
  'cis-selinux',
  'containers',
  'database',
  'dovecot',
  'milters',
  'opensmtpd',
  'pci-dss',
  'postfix',
  'sendmail',
  'ssh',
  'web',
];
const FOLDER = new URL('../../../policies/', import.meta.url);

const policies = new Map(
  builtinPolicyNames().map((name) => [name, loadPolicy(`builtin:${name}`, readerOf({})).policy]),
);

function load(name: string): Policy {
  const policy = policies.get(name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

function governing(name: string) {
  const policy = load(name);
  const selector = new Selector(policy);
  return (object: string, type: ObjectType = 'file', mountRoot = '/'): Rule | undefined =>
    policy.rules[selector.govern(path(object), type, path(mountRoot))];
}

test('the shipped policies are named', () => {
  expect(builtinPolicyNames()).toEqual([...BASES, ...ADDITIONS].sort());
});

describe.each(builtinPolicyNames())('builtin:%s', (name) => {
  const policy = load(name);

  test('is valid, and each rule has a name of its own', () => {
    expect(new Set(policy.rules.map((rule) => rule.name)).size).toBe(policy.rules.length);
    for (const rule of policy.rules) expect(rule.paths.map(({ text }) => text)).not.toContain(rule.name);
  });

  test('has no rule that a later one takes everything from', () => {
    const selector = new Selector(policy);
    for (const rule of policy.rules) {
      const literals = rule.paths.filter(({ literal }) => literal !== undefined);
      const examples = literals.flatMap(({ literal }) => [`${literal}`, `${literal}/example`.replace('//', '/')]);
      const governs = examples.some((one) =>
        rule.types.some((type) => selector.govern(path(one), type, path(rule.paths[0]?.literal ?? '/')) === rule.index),
      );
      if (literals.length === rule.paths.length) expect([rule.name, governs]).toEqual([rule.name, true]);
    }
  });
});

describe.each(BASES)('builtin:%s', (name) => {
  const policy = load(name);

  test.each([
    ['/', 'directory', 'Root directory'],
    ['/bin', 'symlink', 'Programs and libraries'],
    ['/vmlinuz', 'symlink', 'Links in the root directory'],
    ['/new-directory', 'directory', 'Root directory'],
    ['/usr/bin/ls', 'file', 'Programs and libraries'],
    ['/usr/share/man/man1/ls.1.gz', 'file', 'System software'],
    ['/boot/vmlinuz-6.1', 'file', 'Boot files'],
    ['/boot/grub/grubenv', 'file', 'State kept among configuration'],
    ['/etc', 'directory', 'Directories of rewritten configuration'],
    ['/etc/fstab', 'file', 'Configuration'],
    ['/etc/resolv.conf', 'symlink', 'Name resolution'],
    ['/etc/adjtime', 'file', 'State kept among configuration'],
    ['/etc/passwd', 'file', 'Accounts'],
    ['/etc/shadow', 'file', 'Password hashes'],
    ['/etc/ssh/sshd_config', 'file', 'Authentication and privilege'],
    ['/etc/ld.so.preload', 'file', 'Dynamic loader'],
    ['/etc/cron.d/job', 'file', 'Jobs and services'],
    ['/root', 'directory', 'Home directories'],
    ['/root/.bash_history', 'file', 'Home directories'],
    ['/root/.ssh/authorized_keys', 'file', 'Login files and keys in homes'],
    ['/home/ann/.ssh/known_hosts', 'file', 'Home directories'],
    ['/home/ann/.bashrc', 'file', 'Login files and keys in homes'],
    ['/home/ann/Documents', 'directory', undefined],
    ['/var/lib/logrotate/status', 'file', 'State of services'],
    ['/var/lib/docker/overlay2/x', 'directory', undefined],
    ['/var/lib/integ/baseline.db', 'file', undefined],
    ['/var/cache/apt', 'directory', 'Frame of variable data'],
    ['/var/cache/apt/pkgcache.bin', 'file', undefined],
    ['/var/spool/cron/crontabs/root', 'file', "Users' jobs"],
    ['/var/spool/exim4/input/x-D', 'file', undefined],
    ['/var/mail/root', 'file', undefined],
    ['/var/log/syslog', 'file', 'Security logs'],
    ['/var/log/syslog.1', 'file', 'Logs'],
    ['/var/log/nginx/access.log', 'file', 'Growing logs'],
    ['/tmp', 'directory', 'Temporary directories'],
    ['/tmp/x', 'file', undefined],
    ['/var/tmp/x', 'directory', undefined],
    ['/dev/null', 'char', 'Devices'],
    ['/dev/tty1', 'char', 'Terminals'],
    ['/dev/.hidden', 'file', 'Devices'],
    ['/dev/shm/x', 'file', undefined],
    ['/proc', 'directory', undefined],
    ['/run', 'directory', 'Root directory'],
    ['/run/user', 'directory', undefined],
  ] as const)('%s (%s) is governed by %s', (object, type, expected) => {
    const mountRoot = object.startsWith('/dev/') ? '/dev' : '/';
    expect(governing(name)(object, type, mountRoot)?.name).toBe(expected);
  });

  test('goes into the file systems that are usually apart, and into no others', () => {
    const selector = new Selector(policy);
    const root = selector.enter(path('/'), path('/'));
    const entered = (names: readonly string[]) => names.filter((one) => root.descend(path(one), true));
    const apart = ['boot', 'dev', 'etc', 'home', 'opt', 'srv', 'usr', 'var'];
    expect(entered([...apart, 'proc', 'sys', 'run', 'mnt', 'media', 'tmp', 'data'])).toEqual(apart);
  });

  test('requires what no system may lack', () => {
    const required = (object: string, type: ObjectType) => governing(name)(object, type)?.require;
    expect(required('/tmp', 'directory')).toMatchObject({ owner: 'root', mode: { exact: 0o1777 } });
    expect(required('/etc/shadow', 'file')).toMatchObject({ mode: { max: 0o640 } });
    expect(required('/', 'directory')).toMatchObject({ mode: { max: 0o755 } });
  });
});

test('the package databases are governed by their own system', () => {
  expect(governing('debian-base')('/var/lib/dpkg/info/bash.postinst')).toMatchObject({
    name: 'Package database',
    severity: 'high',
  });
  expect(governing('debian-base')('/var/lib/dpkg/lock')?.name).toBe('State of services');
  expect(governing('debian-base')('/etc/apt/sources.list')?.name).toBe('Package sources');
  expect(governing('rhel-base')('/usr/lib/sysimage/rpm/rpmdb.sqlite')?.name).toBe('Package database');
  expect(governing('rhel-base')('/usr/lib/sysimage/rpm/rpmdb.sqlite-shm')).toBeUndefined();
  expect(governing('rhel-base')('/etc/selinux/config')?.name).toBe('SELinux policy');
});

test.each([
  ['debian-base', '/var/lib/dpkg/info/bash.list'],
  ['debian-base', '/var/lib/dpkg/info/new/deep'],
  ['debian-base', '/var/lib/ucf/cache/x'],
  ['linux-base', '/var/x'],
  ['linux-base', '/var/spool/x'],
  ['linux-base', '/var/mail/x'],
  ['containers', '/root/.docker/config.json'],
  ['milters', '/var/lib/rspamd/dkim/mail.key'],
  ['web', '/var/www/a/uploads/x.php'],
])('with %s a device at %s is a finding', (name, object) => {
  const text = `version: 1\ninclude: [builtin:debian-base${name === 'debian-base' ? '' : `, builtin:${name}`}]\n`;
  const { policy } = loadPolicy('/p.yaml', readerOf({ '/p.yaml': text }));
  const selector = new Selector(policy);
  for (const type of ['block', 'char'] as const) {
    expect([type, selector.govern(path(object), type, path('/')) >= 0]).toEqual([type, true]);
  }
});

test.each([...BASES, ...ADDITIONS].filter((name) => name !== 'default'))(
  '%s says of each rule what it is for',
  (name) => {
    const lines = readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8').split('\n');
    expect(lines[0]).toMatch(/^# /);
    for (const { name: rule, why } of load(name).rules)
      expect([rule, why]).toEqual([rule, expect.stringMatching(/\S/)]);
  },
);

describe.each(ADDITIONS)('builtin:%s after a base', (name) => {
  const text = `version: 1\ninclude: [builtin:debian-base, builtin:${name}]\n`;
  const { policy } = loadPolicy('/p.yaml', readerOf({ '/p.yaml': text }));

  test('has no name of a rule twice', () => {
    expect(new Set(policy.rules.map((rule) => rule.name)).size).toBe(policy.rules.length);
  });

  test('requires nothing of what a system may lack', () => {
    // Every system has these; the last must not be there.
    const present = ['/', '/var', '/var/spool', '/etc/passwd', '/etc/shadow', '/etc/hosts.equiv'];
    for (const { require, paths } of load(name).rules) {
      if (require === undefined) continue;
      for (const { literal } of paths) if (literal !== undefined) expect(present).toContain(String(literal));
    }
  });
});

test('the audit tools are watched as the CIS benchmarks demand', () => {
  const attributes = (name: string) => [...(governing(name)('/usr/sbin/auditd')?.watch.attributes ?? [])].sort();
  const demanded = ['acl', 'blocks', 'gid', 'inode', 'mode', 'nlink', 'sha512', 'size', 'type', 'uid', 'xattrs'];
  expect(attributes('cis')).toEqual(demanded);
  expect(attributes('cis-selinux')).toEqual([...demanded, 'selinux'].sort());
});

describe('the logins of a bastion', () => {
  const forbidden = load('bastion').rules.find(({ name }) => name === 'Logins')?.require?.content?.notMatches ?? '';
  const search = new LineSearch(forbidden);

  test.each([
    'root:x:0:0:root:/root:/bin/bash',
    'ann:x:1000:1000:Ann:/home/ann:/usr/bin/zsh',
    'sync:x:4:65534:sync:/bin:/bin/sync',
    'sshd:x:103:65534::/run/sshd:/usr/sbin/nologin',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  ])('%s is allowed', (line) => {
    expect([...search.matches(line)][0]?.number).toBeUndefined();
  });

  test.each([
    'toor:x:0:0::/root:/bin/sh',
    'rooted:x:00:0::/:/usr/sbin/nologin',
    'ro:x:0:0::/:/bin/sh',
    'guest::2000:2000::/home/guest:/bin/sh',
    'postgres:x:101:104::/var/lib/postgresql:/bin/bash',
    'daemon:x:1:1:daemon:/usr/sbin:',
    'ann:x:1000:1000:Ann:/home/ann:/home/ann/.cache/sh',
  ])('%s is not', (line) => {
    expect([...search.matches(line)][0]?.number).toBe(1);
  });
});
