import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type Box, box, findingsOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';

const SECRET = 'only of the host that examines\n';

let here: Box;

/** The part of a report that names what is wrong where. */
function found(report: Report) {
  const { changes, violations } = report;
  return {
    changes: changes.map(({ kind, path, flags }) => `${kind} ${path} ${flags.join(',')}`.trim()),
    violations: violations.map(({ path, actual }) => `${path} ${JSON.stringify(actual)}`),
  };
}

describe('a check of a copy of the system under another root', () => {
  /** A directory of this host: what lies in it is examined in place, and then as part of a copied root. */
  let site: string;
  let copy: string;

  beforeEach(() => {
    here = box();
    site = here.beside('site');
    copy = here.beside('copy');
    mkdirSync(join(site, 'etc'), { recursive: true });
    mkdirSync(join(site, 'usr', 'bin'), { recursive: true });
    mkdirSync(join(site, 'log'));
    symlinkSync('usr/bin', join(site, 'bin'));
    symlinkSync(join(site, 'usr'), join(site, 'absolute'));
    for (const name of ['tool', 'other', 'doomed'])
      writeFileSync(join(site, 'usr', 'bin', name), name, { mode: 0o755 });
    writeFileSync(join(site, 'etc', 'conf'), 'conf\n');
    writeFileSync(Buffer.concat([Buffer.from(join(site, 'etc')), Buffer.from('/n\n\xff', 'latin1')]), 'odd\n');
    writeFileSync(join(site, 'log', 'mail.log'), 'first\n');
    here.policyText(
      `version: 1
rules:
  - { name: Site, paths: ['${site}/etc', '${site}/bin', '${site}/absolute/bin/tool'], watch: config }
  - { name: Logs, paths: ['${site}/log'], watch: append-only }
  - { name: Owned, paths: ['${site}/etc/conf'], watch: config, require: { owner: '${process.getuid?.()}', mode: '0644' } }
`,
    );
    expect(here.run(['init']).code).toBe(0);
  });

  function copySystem(): void {
    mkdirSync(copy);
    execFileSync('/bin/cp', ['-a', '--parents', site, copy], { cwd: '/' });
  }

  test('is clean where the system is as recorded, and says that it looked at a copy', () => {
    copySystem();
    const report = here.check(['--root', copy]);
    expect(findingsOf(report)).toMatchObject({ changes: [], violations: [], errors: [], exitCode: 0 });
    expect(report.notes.join('\n')).toContain(`the baseline was made of /, this is ${copy}`);
    expect(report.summary.examined).toBe(here.check().summary.examined);
  });

  test('finds in the copy what a check of the system itself finds', () => {
    writeFileSync(join(site, 'usr', 'bin', 'added'), 'x', { mode: 0o755 });
    chmodSync(join(site, 'usr', 'bin', 'tool'), 0o4755);
    rmSync(join(site, 'usr', 'bin', 'doomed'));
    renameSync(join(site, 'usr', 'bin', 'other'), join(site, 'usr', 'bin', 'renamed'));
    writeFileSync(join(site, 'etc', 'conf'), 'Conf\n');
    chmodSync(join(site, 'etc', 'conf'), 0o600);
    utimesSync(join(site, 'etc', 'conf'), 1_700_000_000, 1_700_000_000);
    writeFileSync(join(site, 'log', 'mail.log'), 'fIrst\nsecond\n');
    copySystem();
    const live = here.check();
    const copied = here.check(['--root', copy]);
    expect(live.exitCode).toBe(1 + 2 + 4 + 8);
    expect(findingsOf(copied)).toEqual(findingsOf(live));
    expect(copied.summary).toMatchObject({ added: live.summary.added, changed: live.summary.changed });
  });

  test('accepts a log that has grown in the copy', () => {
    copySystem();
    appendFileSync(join(copy, site, 'log', 'mail.log'), 'second\n');
    expect(here.check(['--root', copy]).changes).toEqual([]);
  });

  test.skipIf(!isRoot())(
    'compares neither devices nor options of mounts, but misses a file system that is not mounted',
    () => {
      const script = `set -e
cd /
mount --make-rprivate /
mount -t tmpfs -o mode=755 first '${site}/etc'
printf x > '${site}/etc/inside'
"$@" init --force >/dev/null
mkdir '${copy}'
cp -a --parents '${site}' '${copy}'
"$@" check --root '${copy}' --format json > '${here.beside('missing.json')}' || true
rm '${copy}${site}/etc/inside'
mount -t tmpfs -o mode=755,ro second '${copy}${site}/etc'
mount -o remount,rw '${copy}${site}/etc'
cp -a '${site}/etc/.' '${copy}${site}/etc/'
mount -o remount,ro,noexec '${copy}${site}/etc'
"$@" check --root '${copy}' --format json > '${here.beside('mounted.json')}' || true`;
      const policy = readFileSync(here.policyFile, 'utf8').replaceAll('watch: config', 'watch: config, mounts: cross');
      here.policyText(policy.replace(/ {2}- \{ name: Owned.*\n/, ''));
      const result = spawnSync('/usr/bin/unshare', ['-m', '/bin/sh', '-c', script, 'sh', ...here.command([])], {
        encoding: 'utf8',
        env: here.environment(),
      });
      expect(result.stderr.replace(/^integ: warning.*\n/gm, '')).toBe('');
      const missing = JSON.parse(readFileSync(here.beside('missing.json'), 'utf8'));
      expect(found(missing).changes).toEqual([`changed ${site}/etc mount-vanished`]);
      const mounted = JSON.parse(readFileSync(here.beside('mounted.json'), 'utf8'));
      expect(found(mounted).changes).toEqual([]);
    },
  );
});

describe('a root with a system of its own', () => {
  let root: string;

  beforeEach(() => {
    here = box();
    root = here.beside('root');
    for (const name of ['etc', 'usr/bin', 'usr/lib', 'var']) mkdirSync(join(root, name), { recursive: true });
    // A system with merged /usr, and links that lead out of it if they were followed on this host.
    symlinkSync('usr/bin', join(root, 'bin'));
    symlinkSync('/usr/lib', join(root, 'lib'));
    symlinkSync('../../../../../../../../../../usr/bin', join(root, 'sbin'));
    symlinkSync(here.beside('outside'), join(root, 'var', 'out'));
    mkdirSync(here.beside('outside'));
    writeFileSync(here.beside('outside', 'secret'), SECRET);
    writeFileSync(join(root, 'usr', 'bin', 'tool'), 'tool');
    writeFileSync(join(root, 'usr', 'lib', 'library'), 'library');
    writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/:/bin/sh\nkeeper:x:4242:4242::/:/bin/sh\n');
    writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\nkeepers:x:4243:\n');
    writeFileSync(join(root, 'etc', 'kept'), 'kept\n');
  });

  function policy(rules: string): void {
    here.policyText(`version: 1\nrules:\n${rules}`);
  }

  test.skipIf(!isRoot())(
    'gives the owners of requirements by the names of that system (needs root to give files away)',
    () => {
      chownSync(join(root, 'etc', 'kept'), 4242, 4243);
      policy(
        '  - { name: Kept, paths: [/etc/kept], watch: config, require: { owner: keeper, group: keepers } }\n' +
          '  - { name: Tool, paths: [/usr/bin/tool], watch: config, require: { owner: keeper } }\n' +
          '  - { name: Library, paths: [/usr/lib/library], watch: config, require: { owner: daemon } }\n',
      );
      expect(here.run(['init', '--root', root]).code).toBe(0);
      const report = here.check(['--root', root]);
      expect(report.violations.map(({ path, actual }) => [path, actual['owner']])).toEqual([
        ['/usr/bin/tool', 'root'],
        // This host has a user daemon; that system has not.
        ['/usr/lib/library', 'root (there is no user daemon here)'],
      ]);
    },
  );

  test('follows links of paths within the root alone, absolute and climbing ones too', () => {
    policy('  - { name: All, paths: [/bin, /lib, /sbin, /var/out], watch: config }\n');
    const outcome = here.run(['init', '--root', root]);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('/bin leads through a symbolic link to /usr/bin');
    expect(outcome.stdout).toContain('/lib leads through a symbolic link to /usr/lib');
    expect(outcome.stdout).toContain('/sbin leads through a symbolic link to /usr/bin');
    const entries = here.run(['baseline', 'entries']).stdout;
    expect(entries).toContain('/usr/bin/tool');
    expect(entries).toContain('/usr/lib/library');
    expect(entries).toContain('/var/out');
    expect(entries).not.toContain('secret');
    // Of the host's own /usr/bin and /usr/lib there is nothing.
    expect(entries.trim().split('\n')).toHaveLength(8);
  });

  test('judges what a requirement names through a link', () => {
    policy("  - { name: Tool, paths: [/bin/tool, /sbin/tool], watch: config, require: { mode: '0600' } }\n");
    expect(here.run(['init', '--root', root]).code).toBe(0);
    const report = here.check(['--root', root]);
    expect(report.violations.map(({ path, actual }) => `${path} ${actual['mode']}`)).toEqual([
      '/bin/tool 0644',
      '/sbin/tool 0644',
    ]);
    expect(report.errors).toEqual([]);
    expect(report.exitCode).toBe(8);
  });

  test('finds the same under whatever name the root is mounted', () => {
    policy("  - { name: All, paths: ['/'], watch: config }\n");
    expect(here.run(['init', '--root', root]).code).toBe(0);
    const copy = here.beside('elsewhere');
    execFileSync('/bin/cp', ['-a', root, copy]);
    writeFileSync(join(copy, 'usr', 'bin', 'tool'), 'Tool');
    const report = here.check(['--root', copy]);
    expect(report.changes.map(({ path }) => path)).toEqual(['/usr/bin/tool']);
    expect(found(here.check(['--root', root])).changes).toEqual([]);
  });

  test('reads content through no link that was put in the place of a directory', () => {
    policy('  - { name: All, paths: [/etc, /usr, /var], watch: config }\n');
    mkdirSync(join(root, 'var', 'data'));
    writeFileSync(join(root, 'var', 'data', 'secret'), 'of the examined system\n');
    expect(here.run(['init', '--root', root]).code).toBe(0);
    rmSync(join(root, 'var', 'data'), { recursive: true });
    symlinkSync(here.beside('outside'), join(root, 'var', 'data'));
    const report = here.check(['--root', root]);
    expect(found(report).changes).toEqual(
      expect.arrayContaining(['changed /var/data type-changed', 'removed /var/data/secret']),
    );
    expect(JSON.stringify(report)).not.toContain(createHash('sha256').update(SECRET).digest('hex'));
  });

  test('takes passwd from that root even if it is a link to the file of this host', () => {
    rmSync(join(root, 'etc', 'passwd'));
    symlinkSync('/etc/../../../../../../etc/passwd.real', join(root, 'etc', 'passwd'));
    writeFileSync(join(root, 'etc', 'passwd.real'), 'somebody:x:0:0::/:/bin/sh\n');
    policy('  - { name: Tool, paths: [/usr/bin/tool], watch: config, require: { owner: nobody } }\n');
    expect(here.run(['init', '--root', root]).code).toBe(0);
    const [violation] = here.check(['--root', root]).violations;
    const owner = isRoot() ? 'somebody' : String(process.getuid?.());
    expect(violation?.actual['owner']).toBe(`${owner} (there is no user nobody here)`);
  });

  test('says when the root is not there', () => {
    policy('  - { name: All, paths: [/etc], watch: config }\n');
    const outcome = here.run(['init', '--root', here.beside('nowhere')]);
    expect(outcome.code).toBe(66);
    expect(outcome.stderr).toContain('cannot open the root directory');
    expect(existsSync(here.baseline)).toBe(false);
  });
});
