import { describe, expect, test } from 'vitest';
import { contentFacts } from '../../../../src/check/content/facts.ts';
import { redact } from '../../../../src/check/content/redact.ts';
import { pathFromText } from '../../../../src/model/bytes.ts';

/** As a report has them: of the redacted texts. */
function facts(path: string, before: string | undefined, after: string | undefined): readonly string[] {
  const file = pathFromText(path);
  const redacted = (text: string | undefined) => (text === undefined ? undefined : redact(file, text));
  return contentFacts(file, redacted(before), redacted(after));
}

type Case = readonly [sentence: string, before: string, after: string, facts: readonly string[]];

function tell(path: string, cases: readonly Case[]): void {
  test.each(cases)('%s', (_, before, after, sentences) => {
    expect(facts(path, before, after)).toEqual(sentences);
  });
}

const ROOT = 'root:x:0:0:root:/root:/bin/bash\n';
const WWW = 'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n';

describe('passwd(5)', () => {
  tell('/etc/passwd', [
    [
      'a second root',
      ROOT,
      `${ROOT}backup:x:0:0::/:/bin/sh\n`,
      ['user backup added with uid 0 (same as root), home /, shell /bin/sh'],
    ],
    [
      'a new user',
      ROOT,
      `${ROOT}eve:x:1001:1001::/home/eve:\n`,
      ['user eve added with uid 1001, home /home/eve, shell /bin/sh (empty field)'],
    ],
    ['a user that went', ROOT + WWW, ROOT, ['user www-data removed (uid 33)']],
    [
      'a login shell for a service',
      WWW,
      WWW.replace('/usr/sbin/nologin', '/bin/bash'),
      ['shell of www-data changed from /usr/sbin/nologin to /bin/bash'],
    ],
    [
      'a number that became root',
      ROOT + WWW,
      ROOT + WWW.replace(':33:', ':0:'),
      ['uid of www-data changed from 33 to 0 (same as root)'],
    ],
    [
      'several things of one user',
      WWW,
      'www-data:x:33:0:The Web:/srv:/usr/sbin/nologin\n',
      [
        'group number of www-data changed from 33 to 0',
        'home of www-data changed from /var/www to /srv',
        'full name of www-data changed from www-data to "The Web"',
      ],
    ],
    [
      'an empty password field',
      ROOT,
      ROOT.replace(':x:', '::'),
      ['user root has an empty password field: no password is asked for'],
    ],
    [
      'a hash in passwd',
      ROOT,
      ROOT.replace(':x:', ':$6$abcdefgh$ijklmnopqrstuvwxyz:'),
      ['password of root is in this file now and overrides shadow'],
    ],
    [
      'a name that stands twice',
      ROOT,
      `root:x:1:1::/:/bin/sh\n${ROOT}`,
      [
        'user root stands 2 times now',
        'uid of root changed from 0 to 1',
        'group number of root changed from 0 to 1',
        'home of root changed from /root to /',
        'shell of root changed from /bin/bash to /bin/sh',
        'full name of root changed from root to (empty)',
      ],
    ],
    ['NIS', ROOT, `${ROOT}+::::::\n`, ['NIS entry +:::::: added: users of the network come in']],
    ['a broken line', ROOT, `${ROOT}eve:x:abc:1:::\n`, ['1 line that is not understood added']],
    [
      'another order',
      ROOT + WWW,
      WWW + ROOT,
      ['the order of entries changed (the first entry of a name or number counts)'],
    ],
    ['a comment', ROOT, `# local\n${ROOT}`, ['only comments, blank lines or spacing changed']],
  ]);
});

describe('group(5) and gshadow(5)', () => {
  tell('/etc/group', [
    ['a new member', 'sudo:x:27:amy\n', 'sudo:x:27:amy,eve\n', ['user eve added to group sudo']],
    ['a member that went', 'sudo:x:27:amy,eve\n', 'sudo:x:27:amy\n', ['user eve removed from group sudo']],
    [
      'the weightier group first',
      'games:x:60:\nsudo:x:27:\n',
      'games:x:60:eve\nsudo:x:27:eve\n',
      ['user eve added to group sudo', 'user eve added to group games'],
    ],
    ['another number', 'a:x:100:\n', 'a:x:101:\n', ['gid of group a changed from 100 to 101']],
    [
      'a new group with the number of another',
      'sudo:x:27:\n',
      'sudo:x:27:\nfun:x:27:eve\n',
      ['group fun added with gid 27 (same as sudo), members eve'],
    ],
    [
      'a second line of a group',
      'sudo:x:27:\n',
      'sudo:x:27:\nsudo:x:27:eve\n',
      ['user eve added to group sudo', 'group sudo stands 2 times now'],
    ],
    ['a password', 'a:x:100:\n', 'a:rqXexS6ZhobKA:100:\n', ['password of group a changed: who knows it may join']],
  ]);
  test('administrators', () => {
    expect(facts('/etc/gshadow', 'sudo:*::\n', 'sudo:*:eve:\n')).toEqual([
      'user eve is an administrator of group sudo now',
    ]);
  });
});

const HASH = '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7';
const OTHER = HASH.replace('X3DX', 'Y3DX');
const shadowed = (password: string, rest = '19000:0:99999:7:::') => `eve:${password}:${rest}\n`;

describe('shadow(5)', () => {
  tell('/etc/shadow', [
    ['a new password', shadowed(HASH), shadowed(OTHER, '20000:0:99999:7:::'), ['password of eve changed']],
    [
      'a new password with the old date',
      shadowed(HASH),
      shadowed(OTHER),
      ['password of eve changed, but not the date of its last change'],
    ],
    ['locked', shadowed(HASH), shadowed(`!${HASH}`), ['account eve locked']],
    ['unlocked', shadowed(`!${HASH}`), shadowed(HASH), ['account eve unlocked, with the password it had']],
    ['a first password', shadowed('!'), shadowed(HASH, '20000:0:99999:7:::'), ['password of eve set (was locked)']],
    ['a password for a service', shadowed('*'), shadowed(HASH), ['password of eve set (it had none that works)']],
    ['no password', shadowed(HASH), shadowed(''), ['account eve has no password: anybody may log in as it']],
    [
      'an old DES password, of which only the date tells',
      shadowed('rqXexS6ZhobKA'),
      shadowed('abXexS6ZhobKA', '20000:0:99999:7:::'),
      ['password of eve last changed on 2024-10-04 (was 2022-01-08)'],
    ],
    [
      'expiry',
      shadowed(HASH),
      shadowed(HASH, '19000:0:90:7::20000:'),
      ['account eve expires on 2024-10-04', 'maximum password age of eve changed from 99999 days to 90 days'],
    ],
    [
      'forced change',
      shadowed(HASH),
      shadowed(HASH, '0:0:99999:7:::'),
      ['eve must choose a new password at the next login'],
    ],
    ['a new account', '', shadowed(HASH), ['account eve added, with a password']],
    ['a removed account', shadowed(HASH), '', ['account eve removed']],
  ]);
});

describe('sudoers(5)', () => {
  tell('/etc/sudoers', [
    [
      'a new rule',
      '',
      'eve ALL=(ALL:ALL) NOPASSWD: ALL\n',
      ['rule added: eve may run any command as any user and group without a password'],
    ],
    [
      'a group',
      '',
      '%ops ALL = /usr/bin/systemctl restart nginx, !/usr/bin/su\n',
      [
        'rule added: members of group ops may run "/usr/bin/systemctl restart nginx" as root',
        'rule added: members of group ops must not run /usr/bin/su as root',
      ],
    ],
    [
      'NOPASSWD gained',
      '%sudo ALL=(ALL:ALL) ALL\n',
      '%sudo ALL=(ALL:ALL) NOPASSWD: ALL\n',
      ['members of group sudo may run any command as any user and group without a password now (NOPASSWD)'],
    ],
    [
      'tags carry over to the commands after them',
      'a ALL=/bin/b, /bin/c\n',
      'a ALL=NOPASSWD: /bin/b, /bin/c\n',
      [
        'a may run /bin/b as root without a password now (NOPASSWD)',
        'a may run /bin/c as root without a password now (NOPASSWD)',
      ],
    ],
    [
      'one command more, over two lines',
      'a web=(www) /bin/b\n',
      'a web=(www) /bin/b, \\\n   /bin/c # new\n',
      ['rule added: a may run /bin/c as www on web'],
    ],
    ['a rule that went', 'a ALL=ALL\nb ALL=ALL\n', 'b ALL=ALL\n', ['rule removed: a may run any command as root']],
    [
      'a setting',
      'Defaults env_reset\n',
      'Defaults !env_reset, timestamp_timeout=-1\n',
      ['Defaults env_reset changed from on to off', 'Defaults timestamp_timeout set to -1'],
    ],
    ['a setting for one user', '', 'Defaults:eve !authenticate\n', ['Defaults authenticate for user eve set to off']],
    ['a list in a setting', '', 'Defaults env_keep += "LD_PRELOAD"\n', ['Defaults env_keep += LD_PRELOAD added']],
    [
      'an include',
      '',
      '@includedir /tmp/x\n#include /etc/more\n',
      ['sudo also reads the files in /tmp/x now', 'sudo also reads /etc/more now'],
    ],
    [
      'an alias',
      'User_Alias OPS = a, b\n',
      'User_Alias OPS = a, eve\n',
      ['User_Alias OPS: eve added', 'User_Alias OPS: b removed'],
    ],
    [
      'a number is no comment',
      '',
      '#1000 ALL=ALL # but this is\n',
      ['rule added: uid 1000 may run any command as root'],
    ],
    [
      'order',
      'a ALL=ALL\nb ALL=ALL\n',
      'b ALL=ALL\na ALL=ALL\n',
      ['the order of entries changed (of the rules that match, the last one counts)'],
    ],
    ['a comment', 'a ALL=ALL\n', '# x \\\na ALL=ALL\n', ['only comments, blank lines or spacing changed']],
    ['what is not understood', '', 'a ALL=(\n', ['1 line that is not understood added']],
  ]);
  test('a file that sudo does not read', () => {
    expect(facts('/etc/sudoers.d/x.bak', undefined, 'a ALL=ALL\n')).toEqual([
      'rule added: a may run any command as root',
      'sudo does not read this file: its name has a dot in it or ends in ~',
    ]);
  });
});

describe('sshd_config(5)', () => {
  tell('/etc/ssh/sshd_config', [
    ['a changed option', 'PermitRootLogin no\n', 'permitrootlogin yes\n', ['permitrootlogin changed from no to yes']],
    [
      'an option that was not set',
      '#PermitRootLogin no\n',
      'PermitRootLogin = yes\n',
      ['PermitRootLogin set to yes (was not set)'],
    ],
    [
      'the first value counts',
      'PermitRootLogin no\n',
      'PermitRootLogin yes\nPermitRootLogin no\n',
      ['PermitRootLogin changed from no to yes'],
    ],
    [
      'a second value does nothing',
      'PermitRootLogin no\n',
      'PermitRootLogin no\nPermitRootLogin yes\n',
      ['PermitRootLogin yes added without effect: the first value, no, counts'],
    ],
    ['another port', 'Port 22\n', 'Port 2222\n', ['Port changed from 22 to 2222']],
    ['one more port', 'Port 22\n', 'Port 22\nPort 2222\n', ['Port 2222 added']],
    ['one more user', 'AllowUsers amy bob\n', 'AllowUsers amy\nAllowUsers bob eve\n', ['AllowUsers eve added']],
    [
      'a block',
      'Port 22\n',
      'Port 22\nMatch User eve\n  PermitRootLogin yes\n',
      ['in "Match User eve": PermitRootLogin set to yes (was not set)', 'block "Match User eve" added'],
    ],
    [
      'within a block',
      'X11Forwarding no\nMatch User a\nX11Forwarding no\n',
      'X11Forwarding no\nMatch User a\nX11Forwarding yes\n',
      ['in "Match User a": X11Forwarding changed from no to yes'],
    ],
    [
      'a block that went',
      'Match User a\nX11Forwarding no\n',
      '',
      ['block "Match User a" removed, with "X11Forwarding no"'],
    ],
    [
      'a subsystem in quotes',
      '',
      'Subsystem sftp "/usr/lib/my sftp" # x\n',
      ['Subsystem "sftp /usr/lib/my sftp" added'],
    ],
    [
      'order',
      'UsePAM yes\nPort 22\n',
      'Port 22\nUsePAM yes\n',
      ['the order of entries changed (of what is set twice, the first value counts)'],
    ],
  ]);
});

describe('crontab(5)', () => {
  tell('/etc/cron.d/x', [
    ['a new job', '', '*/5 * * * * root /tmp/x -q\n', ['job added: "/tmp/x -q" as root at "*/5 * * * *"']],
    ['a job that went', '@daily root /bin/a\n', '', ['job removed: /bin/a as root at "@daily"']],
    [
      'another time',
      '0 3 * * * root /bin/a\n',
      '* * * * * root /bin/a\n',
      ['/bin/a runs at "* * * * *" now (was "0 3 * * *")'],
    ],
    ['another user', '0 3 * * * nobody /bin/a\n', '0 3 * * * root /bin/a\n', ['/bin/a runs as root now (was nobody)']],
    [
      'another command',
      '0 3 * * mon-fri root /bin/a\n',
      '0 3 * * mon-fri root curl x|sh\n',
      ['job of root at "0 3 * * mon-fri" runs "curl x|sh" now (was /bin/a)'],
    ],
    [
      'settings',
      'PATH=/bin\nMAILTO=root\n',
      'PATH=/tmp:/bin\nMAILTO=""\nSHELL = /bin/sh\n',
      [
        'PATH changed from /bin to /tmp:/bin',
        'SHELL set to /bin/sh',
        'output of jobs is no longer mailed (MAILTO is empty)',
      ],
    ],
    ['a broken line', '', '0 3 * * root\n', ['1 line that is not understood added']],
  ]);
  test('the crontab of a user', () => {
    expect(facts('/var/spool/cron/crontabs/eve', '', '@reboot /bin/a b\n')).toEqual([
      'job added: "/bin/a b" as eve at "@reboot"',
    ]);
  });
});

describe('systemd.syntax(7)', () => {
  const unit = '[Unit]\nDescription=X\n[Service]\nUser=www\nExecStart=/bin/a -x\n';
  tell('/etc/systemd/system/x.service', [
    [
      'another program',
      unit,
      unit.replace('/bin/a -x', '/bin/b \\\n  -y'),
      ['ExecStart of [Service] changed from "/bin/a -x" to "/bin/b -y"'],
    ],
    [
      'root',
      unit,
      unit.replace('User=www\n', ''),
      ['the service runs as root now (ran as www)', 'User of [Service] no longer set (was www)'],
    ],
    [
      'a new unit',
      '',
      '[Service]\nExecStart=/bin/a\n',
      ['the service runs as root now', 'ExecStart of [Service] set to /bin/a'],
    ],
    [
      'one more line of a list',
      '[Service]\nEnvironment=A=1\n',
      '[Service]\nEnvironment=A=1\nEnvironment=B=2\n',
      ['Environment of [Service]: B=2 added'],
    ],
    [
      'an empty assignment takes back',
      '[Service]\nExecStart=/a\n',
      '[Service]\nExecStart=/a\nExecStart=\nExecStart=/b\n',
      ['ExecStart of [Service] takes back what was set before it', 'ExecStart of [Service] changed from /a to /b'],
    ],
    ['a comment', unit, `; hi\n${unit}`, ['only comments, blank lines or spacing changed']],
  ]);
  test('a drop-in', () => {
    expect(
      facts('/etc/systemd/system/x.service.d/o.conf', undefined, '[Service]\nExecStart=\nExecStart=/b\nUser=root\n'),
    ).toEqual([
      'the service runs as root now',
      'ExecStart of [Service] takes back what was set before it',
      'ExecStart of [Service] set to /b',
      'User of [Service] set to root',
    ]);
  });
  test('a timer', () => {
    expect(facts('/etc/systemd/system/x.timer', '[Timer]\nOnCalendar=daily\n', '[Timer]\nOnCalendar=hourly\n')).toEqual(
      ['OnCalendar of [Timer] changed from daily to hourly'],
    );
  });
});

describe('hosts(5)', () => {
  tell('/etc/hosts', [
    [
      'another address',
      '10.0.0.1 update.example.org\n',
      '6.6.6.6\tupdate.example.org\n',
      ['name update.example.org now resolves to 6.6.6.6 (was 10.0.0.1)'],
    ],
    ['a new name', '127.0.0.1 localhost\n', '127.0.0.1 localhost Bank\n', ['name bank added: resolves to 127.0.0.1']],
    ['a name that went', '127.0.0.1 a b\n', '127.0.0.1 a # b\n', ['name b removed (resolved to 127.0.0.1)']],
    [
      'one more address',
      '127.0.0.1 localhost\n',
      '127.0.0.1 localhost\n::1 localhost\n',
      ['name localhost now resolves to 127.0.0.1, ::1 (was 127.0.0.1)'],
    ],
    ['the name that comes first', '10.0.0.1 a b\n', '10.0.0.1 b a\n', ['10.0.0.1 is called b first now (was a)']],
    ['no address', '', '10.0.0 a\n', ['1 line that is not understood added']],
    ['another order', '1.1.1.1 a\n1.1.1.2 b\n', '1.1.1.2 b\n1.1.1.1 a\n', ['the order of entries changed']],
  ]);
});

describe('aliases(5)', () => {
  tell('/etc/mail/aliases', [
    [
      'mail to root goes elsewhere',
      'root: admin\n',
      'Root: eve@example.org\n',
      ['mail to root now goes to eve@example.org (was admin)'],
    ],
    ['a copy', 'root: admin\n', 'root: admin,\n  eve\n', ['mail to root now goes to admin, eve (was admin)']],
    ['a program', '', 'x: "|/usr/bin/run it"\n', ['alias x added: mail to it runs a program: "|/usr/bin/run it"']],
    ['a program for a known name', 'x: a\n', 'x: a, |/tmp/p\n', ['mail to x now runs a program: |/tmp/p']],
    ['a list', '', 'l: :include:/etc/list\n', ['alias l added: mail to it goes to the addresses in /etc/list']],
    ['a file', '', 'l: /var/mail/x\n', ['alias l added: mail to it is written to the file /var/mail/x']],
    ['an alias that went', 'a: b\n', '', ['alias a removed (went to b)']],
    ['no alias', '', 'hello\n', ['1 line that is not understood added']],
  ]);
});

describe('whatever the format', () => {
  test('the weightiest fact comes first, and of very many the rest is counted', () => {
    const jobs = Array.from({ length: 80 }, (_, index) => `${index % 60} * * * * u /bin/job${index}\n`).join('');
    const sentences = facts('/etc/crontab', '', `${jobs}* * * * * root /tmp/x\n`);
    expect(sentences[0]).toBe('job added: /tmp/x as root at "* * * * *"');
    expect(sentences).toHaveLength(51);
    expect(sentences.at(-1)).toBe('and 31 more');
  });
  test('the format is known in a chroot, by a copy, and in /var/backups', () => {
    for (const path of ['/srv/jail/etc/passwd', '/etc/passwd-', '/var/backups/passwd.bak', '/etc/passwd.dpkg-old']) {
      expect(facts(path, ROOT + WWW, ROOT)).toEqual(['user www-data removed (uid 33)']);
    }
    expect(facts('/etc/pam.d/passwd', 'a', 'b')).toEqual([]);
  });
  test('hostile names are printed, never obeyed', () => {
    expect(facts('/etc/group', 'sudo:x:27:\n', 'sudo:x:27:\x1b[2Jx,a b\xff\n')).toEqual([
      'user "\\x1b[2Jx" added to group sudo',
      'user "a b\\xff" added to group sudo',
    ]);
  });
  test('a file of comments alone says so', () => {
    expect(facts('/etc/cron.d/x', undefined, '# nothing\n')).toEqual(['there are only comments and blank lines in it']);
  });
});
