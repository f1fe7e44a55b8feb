/**
 * The shipped policies against the packages of Debian, as they are installed: clean, and with each misconfiguration
 * that their comments name. By default sendmail, Postfix, and a host with Dovecot, nginx, ssh and auditd;
 * INTEG_POLICIES=all adds OpenSMTPD, Apache with PHP, databases and containers.
 */
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { noOverlay, notFetched, Overlay } from '../support/package-overlay.ts';
import { sharedDirectory } from '../support/scratch.ts';

const WITHOUT = noOverlay();

/** What is done to an object: other permission bits, another owner, a line, or a file that was not there. */
type Change = { mode: number } | { owner: string } | { line: string } | { file: string; mode?: number };

interface Misconfiguration {
  readonly what: string;
  readonly path: string;
  readonly change: Change;
  readonly rule: string;
  /** Which requirement it violates. */
  readonly key: string;
  /** The object that is reported. */
  readonly reported: string;
}

type Case = readonly [what: string, path: string, change: Change, rule: string, key: string, reported?: string];

function cases(...rows: readonly Case[]): readonly Misconfiguration[] {
  return rows.map(([what, path, change, rule, key, reported = path]) => ({ what, path, change, rule, key, reported }));
}

/** As few rounds as may be, in each of which no two concern the same object. */
function rounds(misconfigurations: readonly Misconfiguration[]): readonly (readonly Misconfiguration[])[] {
  const made: { readonly members: Misconfiguration[]; readonly objects: Set<string> }[] = [];
  for (const one of misconfigurations) {
    const free = made.find(({ objects }) => !objects.has(one.path) && !objects.has(one.reported));
    const round = free ?? { members: [], objects: new Set<string>() };
    if (free === undefined) made.push(round);
    round.members.push(one);
    round.objects.add(one.path).add(one.reported);
  }
  return made.map(({ members }) => members);
}

function make(overlay: Overlay, { path, change: done }: Misconfiguration): void {
  const object = overlay.at(path);
  if ('owner' in done) overlay.shell(`chown ${done.owner} ${path}`);
  else if ('line' in done) writeFileSync(object, done.line, { flag: 'a' });
  else if ('file' in done) {
    mkdirSync(dirname(object), { recursive: true });
    writeFileSync(object, done.file, { mode: 0o600 });
    chmodSync(object, done.mode ?? 0o600);
  } else chmodSync(object, done.mode);
}

/** What puts an object back as it is now. */
function undoing(overlay: Overlay, path: string): () => void {
  const object = overlay.at(path);
  if (!existsSync(object)) return () => rmSync(object, { force: true });
  const { uid, gid, mode } = lstatSync(object);
  const content = lstatSync(object).isFile() ? readFileSync(object) : undefined;
  return () => {
    if (content !== undefined) writeFileSync(object, content);
    chownSync(object, uid, gid);
    chmodSync(object, mode & 0o7777);
  };
}

function including(...policies: readonly string[]): string {
  const included = policies.map((one) => `builtin:${one}`).join(', ');
  return `version: 1\nname: test\ninclude: [${included}]\n`;
}

/** Each requirement that is violated, as 'object: rule: key'. */
function violations(report: Report): readonly string[] {
  return report.violations.flatMap(({ path, rule, expected }) =>
    Object.keys(expected).map((key) => `${path}: ${rule}: ${key}`),
  );
}

interface Host {
  readonly packages: readonly string[];
  readonly policies: readonly string[];
  /** Done to the installed system before anything is tried. */
  readonly prepare?: string;
  readonly misconfigurations: readonly Misconfiguration[];
}

function host(title: string, { packages, policies, prepare, misconfigurations }: Host): void {
  describe.skipIf(WITHOUT !== undefined)(`${title}${WITHOUT === undefined ? '' : ` (${WITHOUT})`}`, () => {
    const directory = sharedDirectory();
    let overlay: Overlay | undefined;
    let missing: string | undefined;

    beforeAll(async () => {
      missing = notFetched(...packages);
      if (missing !== undefined) return;
      overlay = await Overlay.withPackages(directory, ...packages);
      if (prepare !== undefined) overlay.shell(prepare);
    });

    afterAll(async () => overlay?.stop());

    function installed(skip: (reason: string) => never): Overlay {
      return overlay ?? skip(missing ?? 'is not installed');
    }

    test('is clean as it is installed, and so are two checks in a row', ({ skip }) => {
      const it = installed(skip);
      expect(violations(it.live(including('debian-base', ...policies)))).toEqual([]);
      for (const one of policies) expect([one, it.live(including(one)).exitCode]).toEqual([one, 0]);
      // pci-dss reads all programs, which are those of the system below, where others may work.
      it.init(including(...policies.filter((one) => one !== 'pci-dss')));
      for (const _ of ['first', 'second'])
        expect(it.check()).toMatchObject({ exitCode: 0, changes: [], violations: [] });
    });

    test('is violated by each misconfiguration', ({ skip }) => {
      const it = installed(skip);
      for (const round of rounds(misconfigurations)) {
        const undo: (() => void)[] = [];
        try {
          for (const wrong of round) {
            undo.unshift(undoing(it, wrong.path));
            make(it, wrong);
          }
          const found = violations(it.live(including(...policies)));
          const told = round.filter(({ reported, rule, key }) => found.includes(`${reported}: ${rule}: ${key}`));
          expect(told.map(({ what }) => what)).toEqual(round.map(({ what }) => what));
        } finally {
          for (const one of undo) one();
        }
      }
    });

    test('is clean again when all is mended', ({ skip }) => {
      expect(violations(installed(skip).live(including(...policies)))).toEqual([]);
    });
  });
}

const SENDMAIL = '/usr/libexec/sendmail/sendmail';

host('sendmail', {
  packages: ['sendmail'],
  policies: ['sendmail'],
  misconfigurations: cases(
    ['/ that others may write', '/', { mode: 0o777 }, 'Directories above the queues', 'mode'],
    ['/var that its group may write', '/var', { mode: 0o775 }, 'Directories above the queues', 'mode'],
    ['/var/spool that others may write', '/var/spool', { mode: 0o1777 }, 'Directories above the queues', 'mode'],
    ['/var/spool of another user', '/var/spool', { owner: 'mail' }, 'Directories above the queues', 'owner'],
    ['sendmail with set-user-ID root', SENDMAIL, { mode: 0o4755 }, 'Submission program', 'mode'],
    ['sendmail with another group', SENDMAIL, { owner: 'root:mail' }, 'Submission program', 'group'],
    [
      'a mailer that its group may write',
      '/usr/libexec/sendmail/mail.local',
      { mode: 0o775 },
      'Programs of sendmail',
      'mode',
    ],
    [
      'a directory of programs that others may write',
      '/usr/libexec',
      { mode: 0o777 },
      'Programs of sendmail',
      'parents_not_writable',
      '/usr/libexec/sendmail/mail.local',
    ],
    [
      '/etc/mail that its group may write',
      '/etc/mail',
      { mode: 0o2775 },
      'Directory of the mail configuration',
      'mode',
    ],
    ['/etc/mail of another user', '/etc/mail', { owner: 'mail' }, 'Directory of the mail configuration', 'owner'],
    ['sendmail.cf that its group may write', '/etc/mail/sendmail.cf', { mode: 0o664 }, 'Configuration files', 'mode'],
    ['submit.cf of the submission user', '/etc/mail/submit.cf', { owner: 'smmsp' }, 'Configuration files', 'owner'],
    ['an access table that others may write', '/etc/mail/access', { mode: 0o646 }, 'Tables', 'mode'],
    ['a map that everybody may read', '/etc/mail/access.db', { mode: 0o644 }, 'Maps', 'mode'],
    ['a map of another user', '/etc/mail/aliases.db', { owner: 'mail' }, 'Maps', 'owner'],
    [
      'passwords that a group may read',
      '/etc/mail/authinfo',
      { file: 'AuthInfo:x "U:a" "P:b"\n', mode: 0o640 },
      'Passwords for other servers',
      'mode',
    ],
    ['a key that everybody may read', '/etc/mail/tls/sendmail-common.key', { mode: 0o644 }, 'Keys of sendmail', 'mode'],
    ['a program in aliases', '/etc/aliases', { line: 'decode: "|/usr/bin/uudecode"\n' }, 'Aliases', 'content'],
    [
      'a program in a continued alias',
      '/etc/aliases',
      { line: 'list: ann,\n  |/usr/bin/vacation\n' },
      'Aliases',
      'content',
    ],
    ['aliases that their group may write', '/etc/aliases', { mode: 0o664 }, 'Aliases', 'mode'],
    ['aliases of another user', '/etc/aliases', { owner: 'mail' }, 'Aliases', 'owner'],
    ['/etc that others may write', '/etc', { mode: 0o777 }, 'Aliases', 'parents_not_writable', '/etc/aliases'],
    [
      'a program in .forward of root',
      '/root/.forward',
      { file: '\\root, "|/bin/sh"\n' },
      'Forwarding of root',
      'content',
    ],
    [
      '.forward of root that others may write',
      '/root/.forward',
      { file: 'ann\n', mode: 0o666 },
      'Forwarding of root',
      'mode',
    ],
    ['a queue that everybody may read', '/var/spool/mqueue', { mode: 0o755 }, 'Queue of the daemon', 'mode'],
    ['a queue of another user', '/var/spool/mqueue', { owner: 'mail' }, 'Queue of the daemon', 'owner'],
    [
      'a submission queue that everybody may write',
      '/var/spool/mqueue-client',
      { mode: 0o2777 },
      'Queue of submission',
      'mode',
    ],
    [
      'a submission queue of another group',
      '/var/spool/mqueue-client',
      { owner: 'smmsp:mail' },
      'Queue of submission',
      'group',
    ],
    ['run-time files that others may replace', '/run/sendmail/mta', { mode: 0o2777 }, 'Run-time directories', 'mode'],
    ['statistics that everybody may write', '/etc/mail/statistics', { file: '', mode: 0o666 }, 'Statistics', 'mode'],
    [
      'a signing key that everybody may read',
      '/etc/mail/dkim/example.private',
      { file: 'key\n', mode: 0o644 },
      'Signing keys',
      'mode',
    ],
  ),
  // Made when the service starts.
  prepare: 'install -d -o smmta -g smmsp -m 2755 /run/sendmail /run/sendmail/mta',
});

host('postfix', {
  packages: ['postfix'],
  policies: ['postfix'],
  misconfigurations: cases(
    ['postdrop with set-user-ID', '/usr/sbin/postdrop', { mode: 0o4755 }, 'Programs of the group postdrop', 'mode'],
    [
      'an open relay',
      '/etc/postfix/main.cf',
      { line: 'mynetworks = 127.0.0.0/8, 0.0.0.0/0\n' },
      'Networks that may relay',
      'content',
    ],
    [
      'master.cf of another user',
      '/etc/postfix/master.cf',
      { owner: 'postfix' },
      'Files of the Postfix configuration',
      'owner',
    ],
    [
      'a maildrop that everybody may read',
      '/var/spool/postfix/maildrop',
      { mode: 0o1777 },
      'Postfix submission',
      'mode',
    ],
    ['a queue that a group may read', '/var/spool/postfix/active', { mode: 0o750 }, 'Postfix queues', 'mode'],
    [
      'passwords that everybody may read',
      '/etc/postfix/sasl_passwd',
      { file: 'x a:b\n', mode: 0o644 },
      'Passwords of Postfix',
      'mode',
    ],
  ),
});

host('dovecot, nginx, ssh and auditd', {
  packages: ['dovecot-imapd', 'nginx', 'openssh-server', 'auditd'],
  policies: ['dovecot', 'web', 'ssh', 'cis', 'pci-dss'],
  misconfigurations: cases(
    [
      'a directory of mailboxes that everybody may write',
      '/var/mail',
      { mode: 0o777 },
      'Directory of mailboxes',
      'mode',
    ],
    ['a mailbox that everybody may read', '/var/mail/ann', { file: '', mode: 0o644 }, 'Mailboxes', 'mode'],
    [
      'passwords of Dovecot that everybody may read',
      '/etc/dovecot/dovecot-sql.conf.ext',
      { mode: 0o644 },
      'Passwords of Dovecot',
      'mode',
    ],
    [
      'configuration of nginx that everybody may write',
      '/etc/nginx',
      { mode: 0o777 },
      "Directories of web servers' configuration",
      'mode',
    ],
    [
      'a page that everybody may write',
      '/var/www/html/index.nginx-debian.html',
      { mode: 0o666 },
      'Rights of served pages',
      'mode',
    ],
    [
      'logins of root with a password',
      '/etc/ssh/sshd_config',
      { line: 'permitrootlogin yes\n' },
      'Settings of the ssh server',
      'content',
    ],
    ['a host key that everybody may read', '/etc/ssh/ssh_host_ed25519_key', { mode: 0o644 }, 'Host keys', 'mode'],
    ['trust in hosts', '/root/.rhosts', { file: '+ +\n' }, 'Trusted hosts', 'exists'],
    ['an audit tool that its group may write', '/usr/sbin/auditctl', { mode: 0o775 }, 'Audit tools', 'mode'],
    [
      'rules of audit that everybody may read',
      '/etc/audit/auditd.conf',
      { mode: 0o644 },
      'Audit configuration files',
      'mode',
    ],
    [
      'an account without a password',
      '/etc/passwd',
      { line: 'guest::2000:2000::/:/bin/sh\n' },
      'PCI accounts',
      'content',
    ],
    [
      'an audit trail that everybody may read',
      '/var/log/audit/audit.log',
      { file: '', mode: 0o644 },
      'PCI audit trail',
      'mode',
    ],
  ),
});

if (process.env['INTEG_POLICIES'] === 'all') {
  host('opensmtpd', {
    packages: ['opensmtpd'],
    policies: ['opensmtpd'],
    misconfigurations: cases(
      [
        'an open relay',
        '/etc/smtpd.conf',
        { line: 'match from any for any action "relay"\n' },
        'OpenSMTPD configuration',
        'content',
      ],
      ['smtpctl with set-user-ID', '/usr/sbin/smtpctl', { mode: 0o4755 }, 'Control program', 'mode'],
    ),
  });

  host('apache, php, databases and containers', {
    packages: ['apache2', 'php-fpm', 'postgresql', 'mariadb-server', 'redis-server', 'docker.io', 'podman'],
    policies: ['web', 'database', 'containers'],
    misconfigurations: cases(
      [
        'code from other hosts',
        '/etc/php/8.2/fpm/php.ini',
        { line: 'allow_url_include = On\n' },
        'Settings of PHP',
        'content',
      ],
      [
        'sites of another user',
        '/etc/apache2/sites-enabled',
        { owner: 'www-data' },
        "Directories of web servers' configuration",
        'owner',
      ],
      [
        'trust for everybody',
        '/etc/postgresql/15/main/pg_hba.conf',
        { line: 'host all all 0.0.0.0/0 trust\n' },
        'Who may connect to PostgreSQL',
        'content',
      ],
      ['data that everybody may read', '/var/lib/postgresql/15/main', { mode: 0o755 }, 'Data of PostgreSQL', 'mode'],
      ['a password that everybody may read', '/etc/mysql/debian.cnf', { mode: 0o644 }, 'Passwords of MySQL', 'mode'],
      [
        'Redis without protection',
        '/etc/redis/redis.conf',
        { line: 'protected-mode no\n' },
        'Settings of Redis',
        'content',
      ],
      [
        'the engine on a port',
        '/etc/docker/daemon.json',
        { file: '{ "hosts": ["tcp://0.0.0.0:2375"] }\n' },
        'Settings of Docker',
        'content',
      ],
      ['storage of another user', '/var/lib/docker', { owner: 'daemon' }, 'Storage of containers', 'owner'],
    ),
    prepare: 'mkdir -p /var/lib/docker && chmod 710 /var/lib/docker',
  });
}
