/**
 * Texts of known files: redacted, compared and told in words, whatever they are. The path is the first line of an
 * input.
 */
import { contentFacts } from '../../../src/check/content/facts.ts';
import { redact } from '../../../src/check/content/redact.ts';
import { redactedText } from '../../../src/check/content/redacted-text.ts';
import { diffTexts, wholeText } from '../../../src/check/content/unified.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { requirePrintable, type Target } from '../engine/target.ts';

/** Between the text before and the text after. */
const THEN = '\n%% then %%\n';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVzrZ8cmNwkh3AcS6ovAvgbh6eTnC+TG4krZ4lYyoQ1 eve@x';

const SAMPLES: readonly (readonly [path: string, before: string, after: string])[] = [
  ['/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n', 'root:x:0:0:root:/root:/bin/bash\neve:x:0:0::/:/bin/sh\n'],
  ['/etc/shadow', 'root:$6$salt$hash:19000:0:99999:7:::\n', 'root:*:19000:0:99999:7:::\neve::1::::::\n'],
  ['/etc/group', 'sudo:x:27:a\n', 'sudo:x:27:a,eve\nx:!::\n'],
  ['/etc/gshadow', 'sudo:!:a:b\n', 'sudo::a:b,eve\n'],
  [
    '/etc/sudoers',
    'Defaults env_reset\n%sudo ALL=(ALL:ALL) ALL\n',
    'User_Alias A = eve\nA ALL=(ALL) NOPASSWD: /bin/x, !/bin/y\n@includedir /x\n',
  ],
  ['/etc/ssh/sshd_config', 'PermitRootLogin no\n', 'Match User eve\n  PermitRootLogin yes\nPort 22\n'],
  [
    '/etc/crontab',
    '17 * * * * root run-parts /x\n',
    'PATH=/tmp\n@reboot eve /tmp/x\n*/5 1-2,3 * JAN mon root /y % z\n',
  ],
  ['/var/spool/cron/crontabs/eve', '@daily x\n', '* * * * * y\nMAILTO=""\n'],
  ['/root/.ssh/authorized_keys', `${KEY}\n`, `command="a \\"b",no-pty,from="1.2.3.4" ${KEY}\n${KEY}2\n`],
  [
    '/etc/systemd/system/x.service',
    '[Service]\nExecStart=/x\n',
    '[Service]\nExecStart=\nExecStart=-/y \\\n z\nUser=root\n',
  ],
  ['/etc/hosts', '127.0.0.1 localhost\n', '127.0.0.1 localhost a\n::1 b # c\n'],
  ['/etc/aliases', 'root: a\n', 'root: a, |/x, :include:/y\nb: "c d"\n'],
  [
    '/etc/app.conf',
    'password = x\ntoken: "y"\n',
    `-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\nurl=https://u:p@h/\n`,
  ],
  ['/root/.netrc', 'machine a login b password c\n', 'machine a\nlogin b\npassword d\n'],
  ['/etc/ppp/chap-secrets', 'a * secret *\n', '"a b" * "c d" *\n'],
];

const WORDS = [
  ...[
    THEN,
    '\n',
    '\r\n',
    '\\\n',
    ':',
    '::',
    ',',
    '=',
    ' = ',
    '"',
    "'",
    '#',
    '\\',
    '%',
    '!',
    '+',
    '(',
    ')',
    '\t',
    '\0',
    '\u001b[2J',
    '\xff',
  ],
  ...[
    'root',
    'eve',
    ':0:0:',
    'NOPASSWD:',
    'ALL',
    'Defaults',
    'Match ',
    '@reboot',
    '* * * * *',
    '[Service]',
    'ExecStart=',
    'password=',
    'token: ',
  ],
  ...[
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----END RSA PRIVATE KEY-----',
    '$6$a$b',
    'https://u:p@h',
    'AKIAIOSFODNN7EXAMPLE',
    'a'.repeat(200),
  ],
];

const BOUNDS = { lines: 200, characters: 32 * 1024 };

export const content: Target = {
  name: 'content',
  seeds: () => SAMPLES.map(([path, before, after]) => Buffer.from(`${path}\n${before}${THEN}${after}`)),
  words: WORDS,
  longest: 8192,
  read: (input) => {
    const [first = '', ...rest] = input.toString('latin1').split('\n');
    const path = pathFromLatin1(first.startsWith('/') ? first : `/${first}`);
    const sides = rest.join('\n').split(THEN);
    const [before = '', after = ''] = sides.map((text) => redact(path, text));
    for (const text of [before, after])
      if (redact(path, text) !== text) throw new Error('redacting twice changes something');
    const facts = [
      contentFacts(path, before, after),
      contentFacts(path, undefined, after),
      contentFacts(path, before, undefined),
    ];
    const [old, now] = [before, after].map((text) => Buffer.from(text, 'latin1'));
    const diffs = [
      diffTexts(old ?? Buffer.alloc(0), now ?? Buffer.alloc(0), BOUNDS),
      wholeText(now ?? Buffer.alloc(0), 'added', BOUNDS),
    ];
    for (const text of [...facts.flat(), ...diffs.flatMap(({ lines }) => lines ?? [])])
      requirePrintable(text, 'what is told');
    redactedText(path, input);
    return facts
      .flat()
      .map((fact) => fact.replaceAll(/[^ a-z]+/g, '').slice(0, 24))
      .slice(0, 4)
      .join();
  },
  shortRuns: 300,
};
