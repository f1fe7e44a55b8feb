import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtinPolicyNames } from '../../src/policy/builtin.ts';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool } from '../support/programs.ts';
import { sharedDirectory } from '../support/scratch.ts';

/** What of a proposal is in force once it is saved. */
function included(text: string): readonly string[] {
  return [...text.matchAll(/^ {2}- builtin:(\S+)$/gm)].map((match) => match[1] ?? '');
}

function newPolicy(it: Box, ...args: readonly string[]): string {
  const { code, stdout, stderr } = it.run(['policy', 'new', ...args], { bare: true });
  expect(code, stderr).toBe(0);
  return stdout;
}

test('this host gets a policy that is valid here, the same each time', () => {
  const it = box();
  const text = newPolicy(it);
  expect(newPolicy(it)).toBe(text);
  it.policyText(text);
  expect(it.run(['policy', 'check'])).toMatchObject({ code: 0, stderr: '' });
  expect(included(text).filter((name) => !builtinPolicyNames().includes(name))).toEqual([]);
});

test('a file that exists is replaced only with --force', () => {
  const it = box();
  const file = join(it.directory, 'etc', 'policy.yaml');
  expect(it.run(['policy', 'new', '--output', file], { bare: true })).toMatchObject({ code: 0, stdout: '' });
  expectFailure(it.run(['policy', 'new', '--output', file], { bare: true }), 73, /exists and is not replaced.*--force/);
  writeFileSync(file, 'mine\n');
  expect(it.run(['policy', 'new', '--output', file, '--force'], { bare: true }).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^version: 1$/m);
});

test('a mounted system is looked at within its root, wherever its links lead', () => {
  const it = box();
  for (const directory of [
    'etc/systemd/system/multi-user.target.wants',
    'srv/app/bin',
    'home/ann',
    'var/lib/git',
    'var/lib/hg',
  ])
    it.directoryAt(directory);
  it.file('etc/os-release', 'ID=rocky\nID_LIKE="rhel fedora"\nPRETTY_NAME="Rocky Linux 9"\n');
  it.file('etc/hostname', 'image\n');
  it.file(
    'etc/passwd',
    'root:x:0:0::/root:/bin/bash\ngit:x:9:9::/var/lib/git/:/bin/sh\nhg:x:8:8::/var//lib/hg:\nx:x:7:7::/var/lib/../x:/bin/sh\nbad line\n:::\n',
  );
  it.file(
    'etc/systemd/system/app.service',
    '[Service]\nExecStart=-/srv/app/bin/app --serve\nExecStart=relative\nExecStartPre=/srv/app//bin/à\n',
  );
  it.file('srv/app/bin/app', '');
  it.file('srv/app/bin/à', '');
  symlinkSync(
    '/usr/lib/systemd/system/postfix.service',
    it.path('etc/systemd/system/multi-user.target.wants/postfix.service'),
  );
  symlinkSync('/var', it.path('opt'));
  const text = newPolicy(it, '--root', it.tree);
  expect(text).toMatch(/^name: 'image'$/m);
  expect(included(text)).toContain('rhel-base');
  expect(text).toContain("- '/srv/app/bin/app'");
  expect(text).toContain("- '/var/lib/git/.{ssh,");
  expect(text).toContain("- '/var/lib/hg/.{ssh,");
  expect(text).toContain("- '/srv/app/bin/à'");
  expect(text).toMatch(/^# Not looked at: \/var\/lib\/..\/x is no path that a policy can name\.$/m);
  if (builtinPolicyNames().includes('postfix')) expect(text).toContain('# service postfix is started');
  it.policyText(text);
  expect(it.run(['policy', 'check', '--root', it.tree]).code).toBe(0);
});

test('packages of Alpine are recognised', () => {
  const it = box();
  it.file('etc/os-release', 'ID=alpine\nPRETTY_NAME="Alpine Linux v3.22"\n');
  it.file('lib/apk/db/installed', 'C:Q1x=\nP:musl\nV:1.2.5-r9\n\nP:openssh-server\nV:10.0_p1-r9\nA:x86_64\n\n');
  const text = newPolicy(it, '--root', it.tree);
  expect(text).toContain('# package openssh-server 10.0_p1-r9 is installed');
  expect(included(text)).toEqual(['linux-base', 'ssh']);
});

test('a package database that is no database is survived, and one that cannot be read is told', () => {
  const it = box();
  it.file('var/lib/dpkg/status', Buffer.from('Package: a\nStatus\n\n\xff\n\nPackage: \n: x\n'.repeat(100), 'latin1'));
  const text = newPolicy(it, '--root', it.tree);
  expect(included(text)).toEqual(['linux-base']);
  expect(text).toMatch(/^# Not looked at: \d+ entries of the package database cannot be understood/m);
  rmSync(it.path('var/lib/dpkg/status'));
  it.directoryAt('var/lib/dpkg/status');
  const { stderr, stdout } = it.run(['policy', 'new', '--root', it.tree], { bare: true });
  expect(stderr).toMatch(/package database could not be read/);
  expect(stdout).toMatch(/^# Not looked at: the package database could not be read/m);
});

/** Packages of Debian as they are, unpacked into a root of their own with what dpkg would know of them. */
const PACKAGES = ['postfix', 'nginx-common', 'nginx', 'openssh-server'];
const downloads = sharedDirectory();

beforeAll(() => void spawnSync('apt-get', ['download', ...PACKAGES], { cwd: downloads, stdio: 'ignore' }));

describe('with packages of Debian', () => {
  test('real packages are recognised, and the policy is quiet about them', (context) => {
    const debs = readdirSync(downloads).filter((file) => file.endsWith('.deb'));
    if (debs.length < PACKAGES.length || !isRoot()) {
      context.skip('needs root and packages that apt-get can download');
    }
    const it = box();
    const stanzas = debs.map((file) => {
      const deb = join(downloads, file);
      tool('dpkg-deb', '-x', deb, it.tree);
      const fields = tool('dpkg-deb', '-f', deb, 'Package', 'Architecture', 'Version');
      return `Status: install ok installed\n${fields}`;
    });
    mkdirSync(it.path('var/lib/dpkg'), { recursive: true });
    it.file('var/lib/dpkg/status', stanzas.join('\n'));
    it.file('etc/os-release', 'ID=debian\nPRETTY_NAME="Debian"\n');
    const text = newPolicy(it, '--root', it.tree);
    const shipped = ['ssh', 'postfix', 'web'].filter((name) => builtinPolicyNames().includes(name));
    expect(included(text)).toEqual(['debian-base', ...shipped]);
    if (shipped.includes('postfix')) expect(text).toMatch(/# package postfix \d\S* is installed/);
    it.policyText(text);
    expect(it.run(['policy', 'check', '--root', it.tree]).code).toBe(0);
    expect(it.run(['init', '--root', it.tree]).code).toBe(0);
    const changes = it.run(['check', '--root', it.tree, '--format', 'json']);
    expect(JSON.parse(changes.stdout)).toMatchObject({ changes: [], errors: [] });
  });
});
