/** Configurations of Wazuh, osquery and Samhain: a policy that compiles, or what is wrong and where. */
import { importOsquery, importSamhain, importWazuh } from '../../support/imported-policies.ts';
import type { Target } from '../engine/target.ts';

const WAZUH = [
  '<!-- agent --><ossec_config><syscheck>',
  '<directories check_all="yes" realtime="yes" restrict=".php$|^/srv/a" recursion_level="3">/srv,/etc/</directories>',
  '<directories report_changes=\'yes\' tags="x,y">/</directories>',
  '<ignore>/etc/mtab</ignore><ignore type="sregex">.log$|.swp$</ignore><nodiff>/etc/shadow</nodiff>',
  '<skip_nfs>yes</skip_nfs><frequency>43200</frequency></syscheck></ossec_config>',
  '<agent_config os="Linux"><syscheck><directories>/a &amp; b,/c*</directories></syscheck></agent_config>',
  '',
].join('\n');

export const wazuh: Target = {
  name: 'import-wazuh',
  seeds: () => [Buffer.from(WAZUH), Buffer.from('<syscheck><directories>/</directories></syscheck>')],
  words: [
    ...['<syscheck>', '</syscheck>', '<directories>', '</directories>', '<ignore type="sregex">', '</ignore>', '<!--'],
    ...['-->', '<!DOCTYPE x>', '&x;', '&lt;', '/>', '="', "'", '|', '^', '$', '/', ',', 'yes', 'no', '*', '\n'],
  ],
  longest: 4096,
  read: (input) => {
    const { policy, notes } = importWazuh(input.toString('latin1'), ['/bin']);
    return `${Math.min(policy.rules.length, 5)} rules, ${Math.min(notes.length, 5)} notes`;
  },
  shortRuns: 200,
};

const OSQUERY = [
  '{ // comment',
  '# another',
  '"file_paths": { "etc": ["/etc/%%", "/bin/%sh", "/opt/"], "homes": ["/home/%/.ssh/%%", "/x/%%/\\u0041"], },',
  '"exclude_paths": { "etc": ["/etc/mtab", "/etc/x/"], "no": ["/y"] }, /* more */',
  '"file_accesses": ["etc"], "schedule": { "a": { "interval": 300, "removed": false } }',
  '}',
].join('\n');

export const osquery: Target = {
  name: 'import-osquery',
  seeds: () => [Buffer.from(OSQUERY), Buffer.from('{"file_paths":{"a":["/"]}}')],
  words: [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '"file_paths"',
    '"exclude_paths"',
    '"/a"',
    '%%',
    '%',
    '*',
    '//',
    '#',
    '\\u',
  ],
  longest: 4096,
  read: (input) => {
    const { policy, notes } = importOsquery(input.toString('latin1'));
    return `${Math.min(policy.rules.length, 5)} rules, ${Math.min(notes.length, 5)} notes`;
  },
  shortRuns: 200,
};

const SAMHAIN = [
  '[Misc]',
  'RedefUser0=-INO,-CTM',
  'IgnoreAdded=/var/log/.*\\.[0-9]+$',
  '[ReadOnly]',
  'dir = 99/etc',
  'dir = "0/usr/a b"',
  '@mail1',
  'file = /etc/pass\\x77d',
  '@else',
  'file = /etc/*.conf',
  '@end',
  '[IgnoreAll]',
  'dir=-1/etc/x',
  '[GrowingLogFiles]',
  'file=/var/log/*.log',
  '[EventSeverity]',
  'SeverityReadOnly=crit',
  '[EOF]',
  '',
].join('\n');

export const samhain: Target = {
  name: 'import-samhain',
  seeds: () => [Buffer.from(SAMHAIN), Buffer.from('[User0]\nfile=/\n')],
  words: [
    ...['[ReadOnly]', '[Attributes]', '[IgnoreAll]', '[Misc]', '[EOF]', '\nfile=', '\ndir=', '99/', '-1/', '0/', '"'],
    ...['\n@if not file_exists ', '\n@else\n', '\n@end\n', '\n$Linux:.*:.*\n', '\\x41', '\\', '*', '?', '[a-z]', '#'],
  ],
  longest: 4096,
  read: (input) => {
    const { policy, notes } = importSamhain(input.toString('latin1'), ['/bin']);
    return `${Math.min(policy.rules.length, 5)} rules, ${Math.min(notes.length, 5)} notes`;
  },
  shortRuns: 200,
};
