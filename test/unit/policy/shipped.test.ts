import { describe, expect, test } from 'vitest';
import type { ObjectType } from '../../../src/model/attributes.ts';
import type { Policy, Rule } from '../../../src/model/rule.ts';
import { builtinPolicyNames } from '../../../src/policy/builtin.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { Selector } from '../../../src/policy/select.ts';
import { path, readerOf } from './policies.ts';

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
  expect(builtinPolicyNames()).toEqual(['debian-base', 'default', 'linux-base', 'rhel-base']);
});

describe.each(builtinPolicyNames())('builtin:%s', (name) => {
  const policy = load(name);

  test('is valid, and each rule has a name of its own', () => {
    expect(policy.rules.length).toBeGreaterThan(10);
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
