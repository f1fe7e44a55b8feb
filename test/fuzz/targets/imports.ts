/** Configurations of AIDE and Tripwire: a policy that compiles, or what is wrong and where. */
import { importAide, importTripwire } from '../../support/imported-policies.ts';
import type { Target } from '../engine/target.ts';

const AIDE = [
  '@@define DBDIR /var/lib/aide',
  'database_in=file:@@{DBDIR}/aide.db',
  'Full = p+u+g+s+m+c+md5+sha256',
  'Logs = Full-s+ANF',
  '@@ifdef X',
  '/x p',
  '@@else',
  '/etc Full',
  '@@endif',
  '/var/log/.*\\.log(\\.[0-9])?$ f Logs',
  '=/boot$ d Full',
  '!/proc',
  '-/sys/[^/]+$',
  '@@x_include /aide.conf.d ^[a-z]+$',
  '',
].join('\n');

const AIDE_WORDS = [
  ...[
    '@@define ',
    '@@undef ',
    '@@ifdef ',
    '@@ifnhost ',
    '@@if ',
    '@@else',
    '@@endif',
    '@@{X}',
    '@@include /aide.conf',
    '@@x_include_setenv ',
  ],
  ...[
    '!',
    '=',
    '-',
    '+',
    ' = ',
    'R',
    'L',
    '>',
    'p+u',
    ' f,d ',
    '\n',
    '\\',
    '(',
    ')',
    '.*',
    '[^/]+',
    '$',
    '^',
    '{1,3}',
    '#',
    ' not ',
    ' defined ',
  ],
];

export const aide: Target = {
  name: 'import-aide',
  seeds: () => [Buffer.from(AIDE), Buffer.from('/ R\n!/tmp\n')],
  words: AIDE_WORDS,
  longest: 4096,
  read: (input) => {
    const files = { '/aide.conf.d/a': '/srv R\n', '/aide.conf.d/b*': 'echo\n' };
    const { policy, notes } = importAide(input.toString('latin1'), '0.19', files);
    return `${Math.min(policy.rules.length, 5)} rules, ${Math.min(notes.length, 5)} notes`;
  },
  shortRuns: 200,
};

const TRIPWIRE = [
  '@@section GLOBAL',
  'TWROOT=/usr/sbin;',
  '@@section FS',
  'SEC_CRIT = $(IgnoreNone)-SHa ;',
  'dir = "/et\\x63";',
  '(rulename="Binaries", severity=100, emailto=root@example.org)',
  '{',
  '  /usr/sbin -> $(SEC_CRIT) (recurse=true);',
  '  $(dir) -> +pinugsm-l (recurse=1);',
  '  !/usr/sbin/x;',
  '}',
  '@@ifhost mail1||mail2',
  '/var/log -> $(Growing) (severity=50);',
  '@@else',
  '/srv -> $(Dynamic);',
  '@@endif',
  '@@end',
  '',
].join('\n');

const TRIPWIRE_WORDS = [
  ...[
    '->',
    ' -> ',
    '$(',
    ')',
    '$(ReadOnly)',
    '+pinug',
    '{',
    '}',
    '(',
    ';',
    ',',
    '!',
    '|',
    '||',
    '=',
    '"',
    '\\',
    '\\x41',
    '\\u0041',
    '\n',
  ],
  ...[
    '@@section FS',
    '@@section GLOBAL',
    '@@ifhost ',
    '@@else',
    '@@endif',
    '@@end',
    '@@error "x"',
    '@@print "x"',
    '#',
    'recurse=',
    'severity=',
  ],
];

export const tripwire: Target = {
  name: 'import-tripwire',
  seeds: () => [Buffer.from(TRIPWIRE), Buffer.from('/ -> $(ReadOnly);\n!/tmp;\n')],
  words: TRIPWIRE_WORDS,
  longest: 4096,
  read: (input) => {
    const { policy, notes } = importTripwire(input.toString('latin1'), { '/bin': '/usr/bin', '/srv': '/data' });
    return `${Math.min(policy.rules.length, 5)} rules, ${Math.min(notes.length, 5)} notes`;
  },
  shortRuns: 200,
};
