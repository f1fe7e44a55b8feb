/**
 * Packages explain what follows from an upgrade, and nothing else: real packages, installed by dpkg, with what an
 * administrator and an attacker do besides.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report, ReportChange } from '../../src/model/report.ts';
import { type Contents, DpkgRoot, noDpkg } from '../support/dpkg-root.ts';
import { type Box, box, counted } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { works } from '../support/programs.ts';

const reason = noDpkg();

function hello(version: string, more: Contents['files'] = {}, rest: Partial<Contents> = {}): Contents {
  return {
    name: 'hello',
    version,
    files: {
      'usr/bin/hello': { mode: 0o755, content: `hello ${version}\n` },
      'usr/share/hello/data': `data ${version}\n`,
      'usr/share/hello/same': 'the same in all versions\n',
      'etc/hello.conf': `default ${version}\n`,
      ...more,
    },
    conffiles: ['/etc/hello.conf'],
    ...rest,
  };
}

/** A system with the first version of hello, watched but for the status file of dpkg, which changes with everything. */
function open(first: Contents = hello('1.0')): { readonly given: Box; readonly system: DpkgRoot } {
  const given = box();
  const system = new DpkgRoot(given.tree);
  system.install({ name: 'base', version: '12', files: { 'usr/share/base': 'base\n' } }, first);
  given.policyText(
    'version: 1\nname: test\nrules:\n  - name: all\n    severity: low\n    paths: [/usr, /etc, /opt, /var/lib/dpkg/info]\n    watch: read-only\n',
  );
  given.init('--root', given.tree);
  return { given, system };
}

function check(given: Box, ...args: readonly string[]): Report {
  return given.check(['--root', given.tree, ...args]);
}

function at(report: Report, path: string): ReportChange {
  return report.changes.find((change) => change.path === path) ?? expect.fail(`nothing at ${path}`);
}

/** Each finding with its proof, or as unexplained. */
function verdicts(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    counted(report).map(({ path, kind, explained }) => [path, `${kind}: ${explained?.proof ?? 'unexplained'}`]),
  );
}

describe.skipIf(reason !== undefined)(`packages${reason === undefined ? '' : ` (${reason})`}`, () => {
  test('an upgrade explains what it brought, changed and took away', () => {
    const { given, system } = open(hello('1.0', { 'usr/share/hello/gone': 'old\n' }));
    system.install(hello('1.1', { 'usr/share/hello/doc/new': 'new\n' }));
    const report = check(given);
    expect(verdicts(report)).toEqual({
      '/etc/hello.conf': 'changed: database',
      '/usr/bin/hello': 'changed: database',
      '/usr/share/hello/data': 'changed: database',
      '/usr/share/hello/doc': 'added: database',
      '/usr/share/hello/doc/new': 'added: database',
      '/usr/share/hello/gone': 'removed: database',
      '/usr/share/hello/same': 'changed: database',
      '/var/lib/dpkg/info/hello.conffiles': 'changed: database',
      '/var/lib/dpkg/info/hello.list': 'changed: database',
      '/var/lib/dpkg/info/hello.md5sums': 'changed: database',
    });
    expect(at(report, '/usr/bin/hello').explained).toEqual({
      by: 'dpkg',
      package: 'hello',
      from: '1.0',
      to: '1.1',
      proof: 'database',
    });
    expect(report.exitCode).toBe(7);
  });

  test('one upgraded file that somebody tampered with stays unexplained and is raised', () => {
    const { given, system } = open();
    system.install(hello('1.1'));
    appendFileSync(given.path('usr/bin/hello'), 'backdoor\n');
    const report = check(given);
    expect(at(report, '/usr/bin/hello')).toMatchObject({ flags: ['package-mismatch'], severity: 'high' });
    expect(at(report, '/usr/bin/hello').explained).toBeUndefined();
    expect(at(report, '/usr/share/hello/data').explained?.proof).toBe('database');
    const text = given.run(['report', 'show']).stdout;
    expect(text).toMatch(/^CHANGED: .*; 1 unexplained, \d+ explained by packages/);
    expect(text.indexOf('content is not what its package ships')).toBeGreaterThan(0);
    expect(text).toMatch(/changes explained by 1 package, the package database says\n/);
    expect(text).toMatch(
      /\/usr\/share\/hello\/data\n +explained by dpkg: hello 1\.0 -> 1\.1, the package database says\n/,
    );
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`usr/share/hello/n${index}`, 'new\n']));
    system.install(hello('1.2', many));
    check(given);
    const folded = given.run(['report', 'show']).stdout;
    expect(folded).toMatch(
      /2\d changes explained by 1 package, the package database says\n +\[1-2\d\] hello 1\.0 -> 1\.2: 2\d\n/,
    );
    expect(folded).not.toContain('/usr/share/hello/n7');
    expect(given.run(['report', 'show', '--verbose']).stdout).toContain('/usr/share/hello/n7');
  });

  test('a file that changed without an upgrade is raised, a conffile that somebody edited is not', () => {
    const { given } = open();
    appendFileSync(given.path('usr/share/hello/data'), 'x');
    appendFileSync(given.path('etc/hello.conf'), 'mine\n');
    const report = check(given);
    expect(at(report, '/usr/share/hello/data')).toMatchObject({
      flags: ['package-mismatch'],
      shippedBy: { by: 'dpkg', package: 'hello', version: '1.0', restore: 'apt-get install --reinstall hello=1.0' },
    });
    for (const format of ['text', 'html', 'markdown']) {
      expect(given.run(['report', 'show', '--format', format]).stdout).toContain(
        'hello 1.0 (dpkg) ships other content; to put the file back: apt-get install --reinstall hello=1.0',
      );
    }
    expect(at(report, '/etc/hello.conf').flags).toEqual([]);
    expect(counted(report).some(({ explained }) => explained !== undefined)).toBe(false);
  });

  test('an edited conffile stays unexplained whatever is upgraded', () => {
    const { given, system } = open();
    appendFileSync(given.path('etc/hello.conf'), 'mine\n');
    system.dpkg('--force-confold', '--configure', '--pending');
    system.install(hello('1.1', { 'etc/hello.conf': 'default 1.0\n' }));
    const change = at(check(given), '/etc/hello.conf');
    expect(change.explained).toBeUndefined();
    expect(change.flags).toEqual([]);
  });

  test('rights that nobody gave it are not explained by right content', () => {
    const { given, system } = open();
    system.install(hello('1.1', { 'usr/bin/second': { mode: 0o4755, content: 'setuid\n' } }));
    chmodSync(given.path('usr/bin/hello'), 0o4755);
    chownSync(given.path('usr/share/hello/data'), 8, 8);
    const report = check(given);
    expect(at(report, '/usr/bin/hello')).toMatchObject({ flags: ['setuid-added'], severity: 'high' });
    expect(verdicts(report)).toMatchObject({
      '/usr/bin/hello': 'changed: unexplained',
      '/usr/bin/second': 'added: unexplained',
      '/usr/share/hello/data': 'changed: unexplained',
      '/etc/hello.conf': 'changed: database',
    });
  });

  test.skipIf(!works('setcap', '-h') || !works('setfacl', '--version'))(
    'capabilities and access lists are never explained',
    () => {
      const { given, system } = open();
      system.install(hello('1.1'));
      execFileSync('setcap', ['cap_net_raw+ep', given.path('usr/bin/hello')]);
      execFileSync('setfacl', ['-m', 'u:8:rw', given.path('usr/share/hello/data')]);
      expect(verdicts(check(given))).toMatchObject({
        '/usr/bin/hello': 'changed: unexplained',
        '/usr/share/hello/data': 'changed: unexplained',
      });
    },
  );

  test('an override of owner and mode that the baseline knows explains what it says, and no setuid bit', () => {
    const { given, system } = open();
    const policy = readFileSync(given.policyFile, 'utf8');
    given.policyText(policy.replace('dpkg/info]', 'dpkg/info, /var/lib/dpkg/statoverride]'));
    system.tool('dpkg-statoverride', '--force-all', '--add', '#8', '#8', '640', '/usr/share/hello/data');
    system.tool('dpkg-statoverride', '--force-all', '--add', '#0', '#0', '4755', '/usr/bin/hello');
    given.init('--root', given.tree, '--force');
    system.install(hello('1.1'));
    expect(verdicts(check(given))).toMatchObject({
      '/usr/share/hello/data': 'changed: database',
      '/usr/bin/hello': 'changed: unexplained',
    });
    chmodSync(given.path('usr/share/hello/data'), 0o644);
    chownSync(given.path('usr/share/hello/data'), 8, 8);
    expect(verdicts(check(given))['/usr/share/hello/data']).toBe('changed: unexplained');
    chmodSync(given.path('usr/share/hello/data'), 0o640);
    expect(verdicts(check(given))['/usr/share/hello/data']).toBe('changed: database');
    system.tool('dpkg-statoverride', '--force-all', '--add', '#0', '#8', '640', '/usr/share/hello/same');
    expect(at(check(given), '/usr/share/hello/data')).toMatchObject({ flags: ['database-contradiction'] });
  });

  test('a file that a package lists in /bin is found where it is', () => {
    const tool = (text: string): Contents['files'] => ({ 'bin/tool': { mode: 0o755, content: `${text}\n` } });
    const { given, system } = open(hello('1.0', tool('old')));
    system.install(hello('1.1', tool('new')));
    expect(at(check(given), '/usr/bin/tool').explained?.proof).toBe('database');
  });

  test('a diverted file is compared with its own package, and one in its place is not explained', () => {
    const { given, system } = open();
    system.tool('dpkg-divert', '--add', '--package', 'other', '--divert', '/usr/bin/hello.real', '/usr/bin/hello');
    renameSync(given.path('usr/bin/hello'), given.path('usr/bin/hello.real'));
    given.init('--root', given.tree, '--force');
    system.install(hello('1.1'));
    expect(at(check(given), '/usr/bin/hello.real').explained?.proof).toBe('database');
    writeFileSync(given.path('usr/bin/hello'), 'hello 1.1\n', { mode: 0o755 });
    expect(at(check(given), '/usr/bin/hello').explained).toBeUndefined();
  });

  test('a new package explains its files, and a purged one that they are gone', () => {
    const { given, system } = open();
    system.install({ name: 'fresh', version: '3', files: { 'opt/fresh/file': 'x\n' } });
    expect(at(check(given), '/opt/fresh/file').explained).toMatchObject({ package: 'fresh', from: '', to: '3' });
    expect(given.run(['report', 'show', '--verbose']).stdout).toContain('explained by dpkg: fresh 3 installed');
    system.dpkg('--purge', 'hello');
    rmSync(given.path('etc/passwd'));
    const report = check(given);
    expect(at(report, '/usr/bin/hello').explained).toEqual({
      by: 'dpkg',
      package: 'hello',
      from: '1.0',
      to: '',
      proof: 'database',
    });
    expect(verdicts(report)).toMatchObject({
      '/etc/hello.conf': 'removed: database',
      '/etc/passwd': 'removed: unexplained',
    });
  });

  test('a file that its upgraded package still lists is not explained when it is gone', () => {
    const { given, system } = open();
    system.install(hello('1.1'));
    rmSync(given.path('usr/bin/hello'));
    expect(verdicts(check(given))['/usr/bin/hello']).toBe('removed: unexplained');
  });

  test('what no package lists, links to other targets and scripts of packages stay unexplained', () => {
    const version = (number: string): Contents =>
      hello(
        number,
        {
          [`usr/lib/libh.so.${number}`]: number,
          'usr/lib/libh.so': { link: `libh.so.${number}` },
          'usr/lib/x': { link: 'y' },
        },
        { scripts: { prerm: '#!/bin/sh\nexit 0\n', postrm: `#!/bin/sh\n# ${number}\n` } },
      );
    const { given, system } = open(version('1.0'));
    system.install(version('1.1'));
    writeFileSync(given.path('usr/bin/evil'), 'x', { mode: 0o755 });
    expect(verdicts(check(given))).toMatchObject({
      '/usr/bin/evil': 'added: unexplained',
      '/usr/lib/libh.so': 'changed: unexplained',
      '/usr/lib/libh.so.1.1': 'added: database',
      '/usr/lib/libh.so.1.0': 'removed: database',
      '/usr/lib/x': 'changed: database',
      '/var/lib/dpkg/info/hello.prerm': 'changed: database',
      '/var/lib/dpkg/info/hello.postrm': 'changed: unexplained',
    });
  });

  test('a forged list of digests explains nothing while the version stays', () => {
    const { given } = open();
    const sums = given.path('var/lib/dpkg/info/hello.md5sums');
    writeFileSync(given.path('usr/bin/hello'), 'backdoor\n');
    const forged = execFileSync('md5sum', [given.path('usr/bin/hello')])
      .toString('latin1')
      .slice(0, 32);
    writeFileSync(sums, readFileSync(sums, 'latin1').replace(/^.{32}(?= {2}usr\/bin\/hello$)/m, forged));
    expect(verdicts(check(given))).toMatchObject({
      '/usr/bin/hello': 'changed: unexplained',
      '/var/lib/dpkg/info/hello.md5sums': 'changed: unexplained',
    });
  });

  test('a package database full of nonsense neither explains nor hides anything', () => {
    const { given, system } = open();
    system.install(hello('1.1'));
    const info = given.path('var/lib/dpkg/info');
    appendFileSync(join(info, 'hello.list'), '/../../etc/passwd\n//etc/passwd\n/etc/./passwd\n\0\n\n/\xff\n');
    appendFileSync(join(info, 'hello.md5sums'), 'zz  etc/passwd\n../x\n'.repeat(1000));
    appendFileSync(
      given.path('var/lib/dpkg/status'),
      '\n\nPackage: ../../x\nStatus: install ok installed\n\n:\n\n x\n',
    );
    appendFileSync(given.path('etc/passwd'), 'evil:x:0:0::/:/bin/sh\n');
    const report = check(given);
    expect(verdicts(report)).toMatchObject({
      '/etc/passwd': 'changed: unexplained',
      '/usr/bin/hello': 'changed: database',
    });
    expect(report.notes).toContain('3 entries of the package database cannot be understood');
    rmSync(join(info, 'hello.list'));
    mkdirSync(join(info, 'hello.list'));
    const unread = check(given);
    expect(unread.notes.join('\n')).toMatch(/the package database cannot be read/);
    expect(unread.changes.every(({ explained }) => explained === undefined)).toBe(true);
    expect(unread.exitCode & 4).toBe(4);
  });

  test('a database behind a link that leads out of the examined root is not read', () => {
    const { given } = open();
    rmSync(given.path('var/lib/dpkg'), { recursive: true });
    symlinkSync('/var/lib/dpkg', given.path('var/lib/dpkg'));
    appendFileSync(given.path('usr/bin/hello'), 'x');
    expect(at(check(given), '/usr/bin/hello').flags).toEqual([]);
  });

  test('accept --explained takes exactly those, and the version moves along', () => {
    const { given, system } = open(hello('1.0', { 'usr/share/hello/gone': 'old\n' }));
    system.install(hello('1.1'));
    appendFileSync(given.path('usr/bin/hello'), 'backdoor\n');
    appendFileSync(given.path('etc/passwd'), 'evil:x:0:0::/:/bin/sh\n');
    check(given);
    expect(given.run(['accept', '--explained', '--proof', 'database', '--reason', 'upgrade'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const left = check(given);
    expect(verdicts(left)).toEqual({ '/usr/bin/hello': 'changed: unexplained', '/etc/passwd': 'changed: unexplained' });
    // Now 1.1 is what is known: putting other content of 1.1 there explains nothing, nor does taking it away.
    rmSync(given.path('usr/share/hello/data'));
    appendFileSync(given.path('usr/share/hello/same'), 'x');
    expect(verdicts(check(given))).toMatchObject({
      '/usr/share/hello/data': 'removed: unexplained',
      '/usr/share/hello/same': 'changed: unexplained',
    });
    system.dpkg('--purge', 'hello');
    const purged = verdicts(check(given));
    expect(purged['/usr/share/hello/same']).toBe('removed: database');
    expect(purged['/etc/hello.conf']).toBe('removed: database');
  });

  test('what is left of an upgrade that was accepted in part stays explained', () => {
    const { given, system } = open();
    system.install(hello('1.1'));
    check(given);
    expect(given.run(['accept', '--path', '/usr/bin/hello', '--reason', 'first']).code).toBe(0);
    expect(at(check(given), '/usr/share/hello/data').explained).toMatchObject({ from: '1.0', to: '1.1' });
    check(given, '--paths', '/usr/**');
    expect(given.run(['accept', '--explained', '--proof', 'database', '--reason', 'second']).code).toBe(0);
    expect(at(check(given), '/etc/hello.conf').explained).toMatchObject({ from: '1.0', to: '1.1' });
    expect(given.run(['accept', '--explained', '--proof', 'database', '--reason', 'third']).code).toBe(0);
    expect(check(given).exitCode).toBe(0);
    appendFileSync(given.path('etc/hello.conf'), 'x');
    expect(at(check(given), '/etc/hello.conf').explained).toBeUndefined();
  });

  test('a new policy keeps the versions, and knows the owners of what it selects besides', () => {
    const { given, system } = open();
    const policy = readFileSync(given.policyFile, 'utf8');
    given.policyText(policy.replace('[/usr, ', '[/usr/bin, '));
    given.init('--root', given.tree, '--force');
    given.policyText(policy);
    expect(given.run(['policy', 'update', '--root', given.tree, '--reason', 'more']).code).toBe(0);
    system.dpkg('--purge', 'hello');
    expect(verdicts(check(given))).toMatchObject({
      '/usr/bin/hello': 'removed: database',
      '/usr/share/hello/data': 'removed: database',
    });
  });

  test('a rule that does not watch md5 has nothing to prove content by', () => {
    const { given, system } = open();
    given.policyText(
      'version: 1\nname: t\ndigests: [sha256]\nrules:\n  - { name: all, paths: [/usr], watch: read-only }\n',
    );
    given.init('--root', given.tree, '--force');
    system.install(hello('1.1'));
    expect(verdicts(check(given))).toMatchObject({
      '/usr/bin/hello': 'changed: unexplained',
      // The same content may be what the new version does not ship any more.
      '/usr/share/hello/same': 'changed: unexplained',
    });
  });
});

test.skipIf(!isRoot() || !works('dpkg', '--version'))('on this system the files of a package are what it says', () => {
  const given = box();
  given.policyText(
    'version: 1\nname: t\nrules:\n  - { name: t, paths: [/usr/bin/dpkg, /usr/bin/dpkg-deb], watch: config }\n',
  );
  expect(given.run(['init']).code).toBe(0);
  expect(given.run(['check']).code).toBe(0);
});
