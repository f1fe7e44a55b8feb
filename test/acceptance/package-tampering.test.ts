/**
 * What somebody with root does under cover of a package database that he can write: each tampering stays unexplained,
 * is not accepted with what packages explain, and is found again by the next check.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FindingFlag, Report, ReportChange } from '../../src/model/report.ts';
import { type Box, box, counted, expectFailure } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool } from '../support/programs.ts';

const reason = isRoot() ? undefined : 'only root owns what packages bring';

interface Package {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A database as dpkg keeps it, written by hand, so that each line of it may be forged. */
class Host {
  readonly given: Box = box();
  readonly #packages = new Map<string, Package>();

  constructor() {
    for (const name of ['etc/cron.d', 'root/.ssh', 'srv', 'usr/sbin', 'var/lib/dpkg/info']) {
      this.given.directoryAt(name);
    }
    this.put('etc/passwd', 'root:x:0:0::/root:/bin/sh\n');
    this.put('etc/local.conf', 'nobody packages this\n');
    this.put('usr/bin/own', 'written here\n');
    this.put('root/.ssh/authorized_keys', 'ssh-ed25519 AAAA ann\n');
    this.install('tool', '1', { 'usr/bin/tool': 'old\n', 'usr/bin/t2': 't2\n', 'usr/share/tool/x': 'x\n' });
    this.install('audit', '1', { 'usr/sbin/auditd': 'audit\n' });
    this.given.policyText(
      'version: 1\nname: t\nrules:\n  - { name: all, severity: low, paths: [/etc, /root, /srv, /usr, /var/lib/dpkg] }\n',
    );
    this.given.init('--root', this.given.tree);
  }

  path(name: string): string {
    return this.given.path(name);
  }

  /** A new file in the place of the old one, as dpkg replaces it. */
  put(name: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(`${name}.new`), content, { mode });
    chmodSync(this.path(`${name}.new`), mode);
    renameSync(this.path(`${name}.new`), this.path(name));
  }

  info(name: string): string {
    return `var/lib/dpkg/info/${name}`;
  }

  install(name: string, version: string, files: Package['files']): void {
    for (const old of Object.keys(this.#packages.get(name)?.files ?? {})) rmSync(this.path(old));
    for (const [path, content] of Object.entries(files)) this.put(path, content);
    this.#packages.set(name, { version, files });
    const paths = Object.keys(files).flatMap((path) => ['/usr', `/${dirname(path)}`, `/${path}`]);
    this.put(this.info(`${name}.list`), `${['/.', ...new Set(paths)].join('\n')}\n`);
    this.put(
      this.info(`${name}.md5sums`),
      Object.entries(files)
        .map(([path, text]) => sum(path, text))
        .join(''),
    );
    this.writeStatus();
  }

  /** The second version of tool, with other content of one file. */
  upgrade(): void {
    this.install('tool', '2', { 'usr/bin/tool': 'new\n', 'usr/bin/t2': 't2\n', 'usr/share/tool/x': 'x\n' });
  }

  writeStatus(more = ''): void {
    const stanzas = [...this.#packages].map(
      ([name, { version }]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: ${version}\n`,
    );
    this.put('var/lib/dpkg/status', stanzas.join('\n') + more);
  }

  /** Lines of tool for what is there, though no package brought it. */
  claim(...names: readonly string[]): void {
    for (const name of names) {
      appendFileSync(this.path(this.info('tool.list')), `/${name}\n`);
      const content = existsSync(this.path(name)) ? readFileSync(this.path(name), 'latin1') : '';
      appendFileSync(this.path(this.info('tool.md5sums')), sum(name, content));
    }
  }

  /** Takes the line of a path out of a file about tool. */
  unlist(path: string, ...files: readonly string[]): void {
    for (const file of files) {
      const lines = readFileSync(this.path(this.info(file)), 'utf8').split('\n');
      this.put(this.info(file), lines.filter((line) => !line.endsWith(path)).join('\n'));
    }
  }

  check(): Report {
    return this.given.check(['--root', this.given.tree]);
  }

  accept(...args: readonly string[]) {
    return this.given.run(['accept', '--explained', ...args, '--reason', 'upgrade']);
  }
}

function sum(path: string, content: string): string {
  return `${createHash('md5').update(content, 'latin1').digest('hex')}  ${path}\n`;
}

function at(report: Report, path: string): ReportChange {
  return report.changes.find((change) => change.path === path) ?? expect.fail(`nothing at ${path}`);
}

interface Tampering {
  readonly attack: (host: Host) => void;
  /** Each object that was tampered with, with a flag where it bears one and is raised for that. */
  readonly found: Readonly<Record<string, FindingFlag | 'unexplained'>>;
}

const UNOWNED = 'unowned-now-claimed';
const FORGED = 'database-contradiction';

const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'an account added to a passwd that a package claims': {
    attack: (host) => {
      host.upgrade();
      appendFileSync(host.path('etc/passwd'), 'evil::0:0::/:/bin/sh\n');
      host.claim('etc/passwd');
    },
    found: {
      '/etc/passwd': UNOWNED,
      '/var/lib/dpkg/info/tool.list': FORGED,
      '/var/lib/dpkg/info/tool.md5sums': FORGED,
      '/usr/bin/tool': 'unexplained',
    },
  },
  'a library loaded into every program, and a claimed list of packages': {
    attack: (host) => {
      host.upgrade();
      host.put('etc/ld.so.preload', '/lib/x.so\n');
      host.claim('etc/ld.so.preload', 'var/lib/dpkg/status');
    },
    found: { '/etc/ld.so.preload': UNOWNED, '/var/lib/dpkg/status': UNOWNED },
  },
  'jobs and rights in files that a package claims to bring': {
    attack: (host) => {
      host.upgrade();
      const files = ['etc/cron.d/x', 'etc/sudoers.d/x', 'etc/doas.conf', 'etc/pam.d/x', 'etc/apt/trusted.gpg.d/x'];
      for (const name of files) host.put(name, 'evil\n');
      host.claim(...files);
    },
    found: {
      '/etc/cron.d/x': 'unexplained',
      '/etc/sudoers.d/x': 'unexplained',
      '/etc/doas.conf': 'unexplained',
      '/etc/pam.d/x': 'unexplained',
      '/etc/apt/trusted.gpg.d/x': 'unexplained',
    },
  },
  'a key to log in as root': {
    attack: (host) => {
      host.upgrade();
      appendFileSync(host.path('root/.ssh/authorized_keys'), 'ssh-ed25519 AAAA evil\n');
      host.put('srv/authorized_keys', 'evil\n');
      host.claim('root/.ssh/authorized_keys', 'srv/authorized_keys');
    },
    found: { '/root/.ssh/authorized_keys': UNOWNED, '/srv/authorized_keys': UNOWNED },
  },
  'configuration and a program that belonged to no package': {
    attack: (host) => {
      host.upgrade();
      appendFileSync(host.path('etc/local.conf'), 'evil\n');
      host.put('usr/bin/own', 'evil\n');
      host.claim('etc/local.conf', 'usr/bin/own');
    },
    found: { '/etc/local.conf': UNOWNED, '/usr/bin/own': UNOWNED },
  },
  'a program of a package that did not change, claimed by one that did': {
    attack: (host) => {
      host.upgrade();
      host.put('usr/sbin/auditd', 'evil\n');
      host.claim('usr/sbin/auditd');
      host.put(host.info('audit.list'), '/.\n/usr\n/usr/sbin\n');
      host.put(host.info('audit.md5sums'), '');
    },
    found: { '/usr/sbin/auditd': 'unexplained', '/var/lib/dpkg/info/audit.md5sums': 'unexplained' },
  },
  'a program whose own package denies what another one claims': {
    attack: (host) => {
      host.upgrade();
      host.install('audit', '2', { 'usr/sbin/auditd': 'audit 2\n' });
      host.put('usr/sbin/auditd', 'evil\n');
      host.claim('usr/sbin/auditd');
    },
    found: { '/usr/sbin/auditd': 'unexplained' },
  },
  'a program put back to the version with the hole': {
    attack: (host) => {
      host.upgrade();
      host.put('usr/bin/tool', 'old\n');
    },
    found: { '/usr/bin/tool': 'rolled-back' },
  },
  'a program put back, and its digest taken out of the way': {
    attack: (host) => {
      host.upgrade();
      host.put('usr/bin/tool', 'old\n');
      host.unlist('usr/bin/tool', 'tool.md5sums');
    },
    found: { '/usr/bin/tool': 'unexplained' },
  },
  'a mode allowed by an override that the baseline does not have': {
    attack: (host) => {
      host.upgrade();
      chmodSync(host.path('usr/bin/t2'), 0o777);
      chmodSync(host.path('usr/share/tool/x'), 0o664);
      host.put('var/lib/dpkg/statoverride', 'root root 0777 /usr/bin/t2\n#0 #0 0664 /usr/share/tool/x\n');
    },
    found: { '/usr/bin/t2': FORGED, '/usr/share/tool/x': FORGED, '/var/lib/dpkg/statoverride': 'unexplained' },
  },
  'a file removed and taken out of the list alone': {
    attack: (host) => {
      host.upgrade();
      rmSync(host.path('usr/share/tool/x'));
      host.unlist('tool/x', 'tool.list');
    },
    found: { '/usr/share/tool/x': FORGED, '/var/lib/dpkg/info/tool.list': FORGED },
  },
  'a program removed and taken out of all lists': {
    attack: (host) => {
      host.upgrade();
      rmSync(host.path('usr/bin/t2'));
      host.unlist('bin/t2', 'tool.list', 'tool.md5sums');
    },
    found: { '/usr/bin/t2': 'unexplained' },
  },
  'a guard removed, and its package struck from the status file': {
    attack: (host) => {
      rmSync(host.path('usr/sbin/auditd'));
      const status = readFileSync(host.path('var/lib/dpkg/status'), 'utf8');
      host.put('var/lib/dpkg/status', status.replace(/Package: audit\n(?:.+\n)+/, ''));
    },
    found: { '/usr/sbin/auditd': FORGED },
  },
  'a guard that the status file tells of twice': {
    attack: (host) => {
      rmSync(host.path('usr/sbin/auditd'));
      host.writeStatus('\nPackage: audit\nStatus: install ok installed\nArchitecture: all\nVersion: 9\n');
    },
    found: { '/usr/sbin/auditd': FORGED },
  },
  'a guard moved away by a diversion': {
    attack: (host) => {
      host.install('audit', '2', { 'usr/sbin/auditd': 'audit\n' });
      renameSync(host.path('usr/sbin/auditd'), host.path('usr/sbin/auditd.off'));
      host.put('var/lib/dpkg/diversions', '/usr/sbin/auditd\n/usr/sbin/auditd.off\n:\n');
    },
    found: { '/usr/sbin/auditd.off': 'unexplained', '/var/lib/dpkg/diversions': 'unexplained' },
  },
  'things among the files of the database that dpkg never puts there': {
    attack: (host) => {
      host.upgrade();
      tool('mknod', host.path(host.info('tool.symbols')), 'b', '8', '0');
      tool('mkfifo', host.path(host.info('tool.templates')));
      symlinkSync('/etc/passwd', host.path(host.info('tool.shlibs')));
      writeFileSync(host.path(host.info('tool.triggers')), 'x\n');
      chmodSync(host.path(host.info('tool.triggers')), 0o664);
      writeFileSync(host.path(host.info('tool.sh')), 'x\n');
      chmodSync(host.path(host.info('tool.md5sums')), 0o755);
    },
    found: {
      '/var/lib/dpkg/info/tool.symbols': FORGED,
      '/var/lib/dpkg/info/tool.templates': FORGED,
      '/var/lib/dpkg/info/tool.shlibs': FORGED,
      '/var/lib/dpkg/info/tool.triggers': FORGED,
      '/var/lib/dpkg/info/tool.sh': 'unexplained',
      '/var/lib/dpkg/info/tool.md5sums': 'unexplained',
    },
  },
  'a script that runs as root, and the digests of a package gone': {
    attack: (host) => {
      host.upgrade();
      host.put(host.info('tool.postinst'), '#!/bin/sh\nevil\n', 0o755);
      rmSync(host.path(host.info('tool.md5sums')));
    },
    found: { '/var/lib/dpkg/info/tool.postinst': 'unexplained', '/var/lib/dpkg/info/tool.md5sums': 'unexplained' },
  },
  'a new program, for a new one is always to be read': {
    attack: (host) => {
      host.install('evil', '1', { 'usr/bin/evil': 'evil\n' });
      chmodSync(host.path('usr/bin/evil'), 0o755);
    },
    found: { '/usr/bin/evil': 'unexplained' },
  },
};

describe.skipIf(reason !== undefined)(`under cover of packages${reason === undefined ? '' : ` (${reason})`}`, () => {
  test.each(Object.entries(TAMPERINGS))('%s is not explained, not accepted and found again', (_, { attack, found }) => {
    const host = new Host();
    attack(host);
    const first = host.check();
    host.accept();
    host.accept('--proof', 'database');
    for (const report of [first, host.check()]) {
      expect(report.status).toBe('changed');
      for (const [path, flag] of Object.entries(found)) {
        const change = at(report, path);
        expect(change, path).not.toHaveProperty('explained');
        if (flag !== 'unexplained')
          expect(change, path).toMatchObject({ flags: expect.arrayContaining([flag]), severity: 'high' });
      }
      expect(report.changes.filter(({ flags, explained }) => flags.length > 0 && explained !== undefined)).toEqual([]);
    }
  });

  test('a claim on what was there gives it to no package, neither by accepting the rest nor by a new policy', () => {
    const host = new Host();
    host.upgrade();
    host.claim('etc/local.conf');
    host.check();
    expect(host.accept('--proof', 'database').code).toBe(0);
    const policy = readFileSync(host.given.policyFile, 'utf8');
    host.given.policyText(policy.replace('/srv, ', ''));
    expect(host.given.run(['policy', 'update', '--root', host.given.tree, '--reason', 'less']).code).toBe(0);
    appendFileSync(host.path('etc/local.conf'), 'evil\n');
    host.install('tool', '3', { 'usr/bin/tool': 'new\n' });
    host.claim('etc/local.conf');
    expect(at(host.check(), '/etc/local.conf')).toMatchObject({ flags: [UNOWNED], severity: 'high' });
  });

  test('an honest upgrade is taken when somebody believes the database, and only then', () => {
    const host = new Host();
    host.upgrade();
    const report = host.check();
    expect(at(report, '/usr/bin/tool').explained).toMatchObject({
      package: 'tool',
      from: '1',
      to: '2',
      proof: 'database',
    });
    const unbelieved = host.accept();
    expectFailure(unbelieved, 64, /nothing but the package database of the examined host says so .*--proof database/);
    expectFailure(host.given.run(['accept', '--all', '--proof', 'database', '--reason', 'x']), 64, /with --explained/);
    expect(host.given.run(['accept', '--help']).stdout).toMatch(/whoever has root there/);
    expect(host.accept('--proof', 'database')).toMatchObject({ code: 0, stderr: '' });
    expect(counted(host.check()).map(({ path }) => path)).toEqual(['/var/lib/dpkg/status']);
  });

  test('every format says whose word an explanation is', () => {
    const host = new Host();
    host.upgrade();
    host.check();
    for (const format of ['text', 'markdown', 'html', 'csv', 'cef', 'ecs', 'ocsf', 'sarif']) {
      const shown = host.given.run(['report', 'show', '--format', format]).stdout;
      expect(shown, format).toContain('the package database says');
      expect(shown, format).not.toContain('proved by');
    }
    expect(host.given.run(['report', 'show', '--format', 'prometheus']).stdout).toContain('proof="database"');
    expect(host.given.run(['evidence', '--framework', 'nist']).stdout).toContain('the package database says');
  });
});
