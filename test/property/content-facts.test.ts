import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentFacts } from '../../src/check/content/facts.ts';
import { parseStatement, statementsIn } from '../../src/check/content/formats/sudoers-syntax.ts';
import { redact } from '../../src/check/content/redact.ts';
import { pathFromBytes, pathFromText } from '../../src/model/bytes.ts';
import { isRoot } from '../support/privileges.ts';
import { sharedDirectory } from '../support/scratch.ts';
import { makeKey } from '../support/ssh-keys.ts';

const directory = sharedDirectory();

const PATHS = [
  '/etc/passwd',
  '/etc/group',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/sudoers',
  '/etc/sudoers.d/x',
  '/etc/ssh/sshd_config',
  '/etc/ssh/ssh_config',
  '/etc/crontab',
  '/var/spool/cron/crontabs/eve',
  '/root/.ssh/authorized_keys',
  '/etc/systemd/system/x.service',
  '/etc/hosts',
  '/etc/aliases',
  '/etc/hosts.allow',
  '/etc/hosts.deny',
  '/etc/mail/sendmail.cf',
  '/etc/mail/sendmail.mc',
  '/etc/mail/access',
  '/etc/mail/virtusertable',
  '/etc/postfix/main.cf',
  '/etc/postfix/master.cf',
  '/etc/dovecot/dovecot.conf',
  '/etc/rsyslog.conf',
  '/etc/inetd.conf',
  '/etc/xinetd.d/telnet',
].map(pathFromText);
const path = fc.constantFrom(...PATHS);

/** Words of all the formats, so that random texts come near to real ones. */
const PIECES = [
  'root',
  'eve',
  'x',
  ':',
  '::',
  ':0:0:',
  ',',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\\\n',
  '\\',
  '"',
  "'",
  '#',
  '!',
  '=',
  '+=',
  '(',
  ')',
  '(ALL:ALL)',
  '%',
  '@',
  'ALL',
  ' ALL=(ALL) NOPASSWD: ALL',
  'Defaults',
  'env_reset',
  'User_Alias A = b',
  'Cmnd_Alias C = /bin/x',
  '@includedir /x',
  '/bin/sh',
  'sha256:abcd /x',
  'Match User ',
  'Host *',
  'Port 22',
  'PermitRootLogin yes',
  'AllowUsers a b',
  '* * * * * ',
  '@daily ',
  'PATH=/bin',
  'MAILTO=""',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVzrZ8cmNwkh3AcS6ovAvgbh6eTnC+TG4krZ4lYyoQ1 ',
  'command="a b",no-pty ',
  '[Service]',
  'ExecStart=',
  'User=root',
  '127.0.0.1 ',
  '::1 ',
  'localhost',
  'root: ',
  '"|/bin/x"',
  ':include:/x',
  '+::::::',
  'sshd : [::1] : spawn x',
  '[',
  "define(`confX', `y')dnl\n",
  '`',
  'O Timeout=1',
  'DSrelay',
  'R$* $: $1',
  'example.org RELAY\n',
  'mynetworks = 0.0.0.0/0',
  'smtp inet n - y - - smtpd\n',
  'passdb {\n',
  '}\n',
  '{',
  'auth.* @host',
  ':msg, contains, "x" ~',
  '$ModLoad x',
  'ftp stream tcp nowait root /usr/sbin/ftpd\n',
  '1',
  '19000',
  '99999',
  '$6$abcdefgh$aaaaaaaaaaaaaaaaaaaaaaaa',
  '\x00',
  '\x1b[2J',
  '\xff',
  '\xe2\x80\xae',
  '<redacted>',
  '<redacted 0123abcd>',
  '',
  '__proto__',
  'constructor',
];
const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')) },
  fc.uint8Array({ maxLength: 200 }).map((bytes): string => pathFromBytes(bytes)),
);
// What a terminal obeys or a reader cannot see.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

describe('facts of any two texts', () => {
  test('are printable, few and short, and none when nothing changed', () => {
    fc.assert(
      fc.property(path, text, text, (file, before, after) => {
        const facts = contentFacts(file, before, after);
        expect(facts.length === 0).toBe(before === after);
        expect(facts.length).toBeLessThanOrEqual(51);
        for (const fact of facts) expect(fact).not.toMatch(UNPRINTABLE);
        expect(contentFacts(file, before, before)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  test('never hold the hash of a password', () => {
    const hash = fc.stringMatching(/^\$6\$[./0-9A-Za-z]{8,16}\$[./0-9A-Za-z]{86}$/);
    const password = fc.oneof(hash, fc.stringMatching(/^[./0-9A-Za-z]{13}$/));
    const file = fc.constantFrom('/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow').map(pathFromText);
    const line = fc.tuple(
      fc.constantFrom('root', 'eve'),
      fc.constantFrom('', '!'),
      password,
      fc.constantFrom('0:0:::', '1:::::::', '27:eve'),
    );
    fc.assert(
      fc.property(file, fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 4 }), (name, before, after) => {
        const textOf = (lines: readonly (readonly string[])[]) =>
          lines.map(([user, lock, secret, rest]) => `${user}:${lock}${secret}:${rest}\n`).join('');
        const told = contentFacts(name, redact(name, textOf(before)), redact(name, textOf(after))).join('\n');
        for (const [, , secret] of [...before, ...after]) expect(told).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(PIECES.filter((piece) => piece !== ''))(
    'take time in proportion to the length when somebody repeats %j',
    (piece) => {
      const content = piece.repeat(Math.ceil(2 ** 15 / piece.length));
      const numbered = Array.from({ length: 2000 }, (_, index) => `${piece}${index}`).join('\n');
      for (const file of PATHS) {
        for (const after of [content, `${content}\n`.replaceAll(/.{40}/g, '$&\n'), numbered]) {
          expect(contentFacts(file, 'x', after).length).toBeLessThanOrEqual(51);
        }
      }
    },
  );
});

describe('the programs that read these files agree', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'])('ssh-keygen -l prints the same fingerprint of a key of type %s', (type) => {
    const key = makeKey(directory, type, type);
    const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-lf', `${key.file}.pub`], { encoding: 'utf8' }).split(
      ' ',
    );
    const line = `${key.publicKey} eve@laptop\n`;
    const file = pathFromText('/root/.ssh/authorized_keys');
    const shown = `${fingerprint} eve@laptop (${type.toUpperCase()})`;
    const limited = `from="10.0.0.0/8",command="echo \\"a, b\\"" ${line}`;
    expect(contentFacts(file, '', line)).toEqual([`key added: ${shown}, without restrictions`]);
    expect(contentFacts(file, line, '')).toEqual([`key removed: ${shown}`]);
    expect(contentFacts(file, limited, line)).toEqual([
      `from="10.0.0.0/8" removed from key ${shown}`,
      `"command="echo \\\\"a, b\\\\""" removed from key ${shown}`,
      `key ${shown} has no restrictions any more`,
    ]);
    expect(contentFacts(file, '', 'ssh-rsa AAAA x\n')).toEqual(['1 line that is not understood added']);
  });

  const sshd = spawnSync('/usr/sbin/sshd', ['-V'], { encoding: 'utf8' });
  test.skipIf(sshd.error !== undefined || !isRoot())(
    'sshd takes the first value of an option, as the facts say (skipped without sshd or root)',
    () => {
      const hostKey = makeKey(directory, 'host').file;
      const effective = (config: string) => {
        const file = join(directory, 'sshd_config');
        writeFileSync(file, `HostKey ${hostKey}\n${config}`);
        mkdirSync('/run/sshd', { recursive: true });
        const output = execFileSync('/usr/sbin/sshd', ['-T', '-f', file, '-C', 'user=eve,host=h,addr=1.2.3.4'], {
          encoding: 'utf8',
        });
        return new Map(output.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]));
      };
      const file = pathFromText('/etc/ssh/sshd_config');
      const before = 'PermitRootLogin no\n';
      const ineffective = 'PermitRootLogin no\nPermitRootLogin yes\n';
      const inBlock = 'PermitRootLogin no\nMatch User eve\nPermitRootLogin yes\n';
      expect(effective(ineffective).get('permitrootlogin')).toBe('no');
      expect(contentFacts(file, before, ineffective)).toEqual([
        'PermitRootLogin yes added without effect: the first value, no, counts',
      ]);
      expect(effective(inBlock).get('permitrootlogin')).toBe('yes');
      expect(contentFacts(file, before, inBlock)).toContain(
        'in "Match User eve": PermitRootLogin set to yes (was not set)',
      );
      const quoted = 'PermitRootLogin="yes" # not no\n';
      expect(effective(quoted).get('permitrootlogin')).toBe('yes');
      expect(contentFacts(file, before, quoted)).toEqual(['PermitRootLogin changed from no to yes']);
    },
  );

  const visudo = spawnSync('/usr/sbin/visudo', ['-V'], { encoding: 'utf8' });
  test.skipIf(visudo.error !== undefined)(
    'visudo accepts what is understood, and nothing else (skipped without visudo)',
    () => {
      const texts: readonly string[] = [
        'eve ALL=(ALL:ALL) NOPASSWD: ALL',
        '%sudo ALL = /bin/a b c, !/bin/d',
        'a, b h1, h2 = (u:g) SETENV: NOPASSWD: /bin/x "" : h3 = (:g) /bin/y',
        '#1000 ALL=ALL',
        '%#27 ALL=ALL # x',
        '+ng ALL = sudoedit /etc/x',
        '"a b" ALL=ALL',
        'User_Alias A = a, b : B = c',
        'Cmnd_Alias C = /bin/a, /bin/b \\\n , /bin/c',
        'Host_Alias H = 10.0.0.0/8, fe80::1, !x',
        'Runas_Alias R = root, #0',
        'Defaults env_reset, !lecture, passwd_tries=2',
        'Defaults env_keep += "A B"',
        'Defaults:eve !authenticate',
        'Defaults@h1 use_pty',
        'Defaults>root !set_logname',
        'Defaults!/bin/x noexec',
        'Defaults secure_path="/a:/b"',
        'x ALL=(ALL) CWD=/tmp TIMEOUT=5m NOEXEC: /bin/a',
        'x ALL = sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= /bin/a',
        'x ALL=/bin/a b\\,c\\:d\\=e',
        'x ALL=(ALL) ! /bin/a',
        'x ALL=(',
        'x ALL',
        'x = ALL',
        'x ALL=foo',
        'Defaults',
        'User_Alias a = b',
        'x ALL=/bin/a,',
        'x ALL=/bin/a b:c',
        'ALL=ALL',
        'x ALL=(root NOPASSWD: ALL',
        'Cmnd_Alias C = x',
        'hello world',
      ];
      for (const content of texts) {
        const file = join(directory, 'sudoers');
        writeFileSync(file, `${content}\n`, { mode: 0o440 });
        const isAccepted = spawnSync('/usr/sbin/visudo', ['-cf', file]).status === 0;
        const isUnderstood = statementsIn(content).every((statement) => parseStatement(statement) !== undefined);
        expect([content, isUnderstood]).toEqual([content, isAccepted]);
      }
    },
  );
});
