import { expect, test } from 'vitest';
import { pathFromLatin1, pathFromText } from '../../../../src/model/bytes.ts';
import type { HostFacts } from '../../../../src/model/host-facts.ts';
import { loadPolicy } from '../../../../src/policy/load.ts';
import { proposePolicy } from '../../../../src/policy/propose/propose.ts';
import { readerOf } from '../../../support/compiled-policies.ts';

const BASES = ['debian-base', 'linux-base', 'rhel-base'];

function factsOf(more: Partial<HostFacts> = {}): HostFacts {
  return {
    hostName: 'mail1',
    system: { id: 'debian', idLike: [], prettyName: 'Debian GNU/Linux 13 (trixie)' },
    packages: new Map(),
    services: [],
    servicePrograms: [],
    mounts: [],
    existing: new Set(),
    directories: new Map(),
    accounts: [],
    unread: [],
    ...more,
  };
}

function propose(more: Partial<HostFacts>, available: readonly string[] = [...BASES, 'postfix', 'web']): string {
  return proposePolicy(factsOf(more), available, 'debian-base');
}

test('a bare host gets the policy of its system, with the reason', () => {
  const text = propose({});
  expect(text).toContain('  # the system is Debian GNU/Linux 13 (trixie)\n  - builtin:debian-base\n');
  expect(loadPolicy('p', readerOf({ p: text })).policy.rules.length).toBeGreaterThan(10);
});

test('a package, a service and a file are reasons, and a file that a removed package left is only a remark', () => {
  const postfix = new Map([['postfix', '3.9']]);
  const left = new Set([pathFromText('/etc/postfix/main.cf')]);
  expect(propose({ packages: postfix })).toContain('  # package postfix 3.9 is installed\n  - builtin:postfix\n');
  expect(propose({ services: ['postfix'] })).toContain('  # service postfix is started\n  - builtin:postfix\n');
  expect(propose({ existing: left })).toContain('  # /etc/postfix/main.cf is there\n  - builtin:postfix\n');
  expect(propose({ existing: left, packages: new Map([['exim4', '4']]) })).toMatch(
    /no package.*\n {2}# - builtin:postfix\n/,
  );
});

test('a policy that is not shipped is never proposed', () => {
  expect(propose({ packages: new Map([['postfix', '3.9']]) }, BASES)).not.toContain('builtin:postfix');
});

test('memory, network and container file systems are ignored below their mount point, unless programs lie there', () => {
  const text = propose({
    mounts: [
      ['/', 'overlay'],
      ['/dev', 'tmpfs'],
      ['/etc/netconf', 'nfs4'],
      ['/proc', 'proc'],
      ['/run', 'tmpfs'],
      ['/run/lock', 'tmpfs'],
      ['/srv/nas', 'nfs4'],
      ['/usr', 'nfs'],
      ['/data', 'ext4'],
    ].map(([path = '', type = '']) => ({ path: pathFromText(path), type })),
    existing: new Set([pathFromText('/var/lib/docker')]),
  });
  expect([...text.matchAll(/^ {2}- '(.*)'$/gm)].map((match) => match[1])).toEqual([
    '/run/**',
    '/srv/nas/**',
    '/var/lib/docker/**',
  ]);
  expect(text).toContain('# nfs4: files of another host');
});

test('data, sites, mail stores, applications, programs and homes get rules; what a proposed policy has does not', () => {
  const facts: Partial<HostFacts> = {
    directories: new Map([
      [pathFromText('/srv'), ['/srv/app', '/srv/nas'].map(pathFromText)],
      [pathFromText('/var/www'), ['/var/www/html'].map(pathFromText)],
      [pathFromText('/opt'), ['/opt/idle', '/opt/tool'].map(pathFromText)],
    ]),
    mounts: [{ path: pathFromText('/srv/nas'), type: 'nfs4' }],
    existing: new Set([pathFromText('/var/vmail')]),
    servicePrograms: [
      { unit: 'app.service', program: pathFromText('/srv/app/bin/app') },
      { unit: 'cron.service', program: pathFromText('/usr/sbin/cron') },
      { unit: 'tool.service', program: pathFromText('/opt/tool/bin/tool') },
    ],
    accounts: [
      ['root', '/root', '/bin/bash'],
      ['ann', '/home/ann', '/bin/bash'],
      ['git', '/srv/git', '/usr/bin/git-shell'],
      ['daemon', '/srv/daemon', '/usr/sbin/nologin'],
      ['sync', '/bin', '/bin/sync'],
    ].map(([name = '', home = '', shell = '']) => ({
      name,
      home: pathFromText(home),
      shell: pathFromText(shell),
      hasHome: true,
    })),
  };
  const rules = (text: string) =>
    loadPolicy('p', readerOf({ p: text }))
      .policy.rules.filter(({ name }) => text.includes(`name: '${name}'`))
      .map(({ name, paths }) => `${name}: ${paths.map((path) => path.text).join(' ')}`);
  expect(rules(propose(facts))).toEqual([
    'Data in /srv: /srv/app',
    'Sites: /var/www/html',
    'Written by sites: /var/www/**/{cache,uploads,tmp,sessions,logs}',
    'Stores of virtual mail users: /var/vmail',
    'Applications that services run from /opt: /opt/tool',
    'Programs that services run from elsewhere: /srv/app/bin/app',
    expect.stringMatching(/^Login files of accounts with a home elsewhere: \/srv\/git\/\.\{ssh,/),
  ]);
  const withWeb = propose({ ...facts, packages: new Map([['nginx', '1.26']]) });
  expect(withWeb).toContain('builtin:web');
  expect(rules(withWeb).join()).not.toContain('Sites');
});

test('what a proposed policy looks into is neither ignored nor watched more loosely', () => {
  const facts: Partial<HostFacts> = {
    mounts: ['/run', '/srv/www', '/srv/nas'].map((path) => ({ path: pathFromText(path), type: 'nfs4' })),
    directories: new Map([[pathFromText('/srv'), ['/srv/www', '/srv/data'].map(pathFromText)]]),
  };
  const text = propose({ ...facts, packages: new Map([['nginx', '1.26']]) });
  expect([...text.matchAll(/^ +- '(.*)'$/gm)].map((match) => match[1])).toEqual(['/srv/nas/**', '/srv/data']);
});

test('mail is proposed as a comment where there is a mailer', () => {
  expect(propose({})).not.toContain('notify');
  expect(propose({ existing: new Set([pathFromText('/usr/sbin/sendmail')]) })).toMatch(/^# notify:\n# {3}email:/m);
});

test('a name that no pattern can say is told, and so is what could not be read', () => {
  const text = propose({
    directories: new Map([[pathFromText('/srv'), [pathFromLatin1('/srv/\xff\nversion: 2')]]]),
    unread: ['/etc/passwd could not be read: EACCES'],
  });
  expect(text).toContain('# Has no rule, since no pattern can say its name: /srv/\\xff\\nversion: 2\n');
  expect(text).toContain('# Not looked at: /etc/passwd could not be read: EACCES.\n');
  expect(() => loadPolicy('p', readerOf({ p: text }))).not.toThrow();
});
