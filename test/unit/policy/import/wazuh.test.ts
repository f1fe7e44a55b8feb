import { describe, expect, test } from 'vitest';
import { belowDirectory } from '../../../../src/policy/import/wazuh/sregex.ts';
import { importWazuh } from '../../../support/imported-policies.ts';

const ALL = 'mode uid gid size inode mtime md5 sha1 sha256 target';

function syscheck(...lines: readonly string[]): string {
  return `<ossec_config>\n<syscheck>\n${lines.join('\n')}\n</syscheck>\n</ossec_config>\n`;
}

describe('syscheck of Wazuh', () => {
  test('has several directories in an element, and several roots in a file', () => {
    const both = `${syscheck('<directories>/etc, /usr/bin/</directories>')}${syscheck('<directories>/a</directories>')}`;
    const { watches } = importWazuh(both);
    expect(watches('/etc/passwd')).toBe(ALL);
    expect(watches('/usr/bin/x')).toBe(ALL);
    expect(watches('/a/b/c', 'symlink')).toBe(ALL);
    expect(watches('/var/x')).toBeUndefined();
    expect(watches('/etc', 'directory')).toBeUndefined();
  });

  test('is governed by the longest directory, whatever the order', () => {
    const { watches } = importWazuh(
      syscheck(
        '<directories check_all="no" check_perm="yes">/etc/ssl</directories>',
        '<directories check_all="yes">/etc</directories>',
      ),
    );
    expect(watches('/etc/ssl/x')).toBe('mode');
    expect(watches('/etc/x')).toBe(ALL);
  });

  test('ignores what begins so, and what an expression finds, with all below', () => {
    const { watches } = importWazuh(
      syscheck(
        '<directories>/etc</directories>',
        '<ignore>/etc/mtab</ignore>',
        '<ignore type="sregex">.swp$|^/etc/x.d/|cache</ignore>',
      ),
    );
    for (const path of ['/etc/mtab', '/etc/mtab~', '/etc/mtab.d/x', '/etc/a.swp', '/etc/d.swp/x', '/etc/x.d/a']) {
      expect(watches(path), path).toBeUndefined();
    }
    for (const path of ['/etc/mycache/x', '/etc/cache']) expect(watches(path), path).toBeUndefined();
    for (const path of ['/etc/mta', '/etc/a.swpx', '/etc/axswp', '/etc/xxd/a']) expect(watches(path), path).toBe(ALL);
  });

  test('restricts files, and what it leaves out no other directory takes', () => {
    const { watches, remarks } = importWazuh(
      syscheck(
        '<directories restrict=".php$|^/srv/web/conf">/srv/web</directories>',
        '<directories>/srv</directories>',
      ),
    );
    expect(watches('/srv/web/a/b.php')).toBe(ALL);
    expect(watches('/srv/web/conf.d/x')).toBe(ALL);
    expect(watches('/srv/web/a.txt')).toBeUndefined();
    expect(watches('/srv/other')).toBe(ALL);
    expect(remarks).toEqual([]);
  });

  test('counts levels from the files in the directory on', () => {
    const { watches } = importWazuh(
      syscheck('<directories recursion_level="1">/srv/a</directories>', '<directories>/srv</directories>'),
    );
    expect(watches('/srv/a/f')).toBe(ALL);
    expect(watches('/srv/a/b/f')).toBe(ALL);
    expect(watches('/srv/a/b/c/f')).toBeUndefined();
  });

  test('does not look into what it skips below the root directory', () => {
    const { watches } = importWazuh(syscheck('<directories>/,/dev/shm</directories>', '<skip_sys>no</skip_sys>'));
    expect([watches('/proc/1/x'), watches('/dev/x')]).toEqual([undefined, undefined]);
    expect([watches('/sys/x'), watches('/dev/shm/x')]).toEqual([ALL, ALL]);
  });

  test('keeps text unless nodiff forbids it, and lets new files be', () => {
    const { text } = importWazuh(
      syscheck(
        '<directories report_changes="yes" tags="web">/var/www</directories>',
        '<directories report_changes="yes">/etc</directories>',
        '<nodiff>/etc/ssl/private.key</nodiff>',
        '<alert_new_files>no</alert_new_files>',
      ),
    );
    expect(text).toMatch(
      /name: 'web, files, symlinks'\n {4}paths:\n.*'\/var\/www'.*\n(?:.*\n){3} {4}new: false\n {4}diff: true/,
    );
    expect(text).toContain('- report_changes beside nodiff is not carried over');
    expect(text.match(/diff: true/g)).toHaveLength(1);
  });

  test('tells what is not carried over, and counts what is for other systems as settings', () => {
    const { remarks, notes } = importWazuh(
      syscheck(
        '<directories realtime="yes" whodata="yes">/etc</directories>',
        '<directories>%WINDIR%/win.ini</directories>',
        '<skip_nfs>yes</skip_nfs>',
        '<frequency>43200</frequency>',
        '<strange>x</strange>',
      ).concat('<agent_config os="Windows"><syscheck><directories>/w</directories></syscheck></agent_config>'),
    );
    expect(remarks).toEqual([
      'a part for other systems is left out: os="Windows": /ossec.conf:10',
      'realtime: integ checks when it is run, changes are told by the next check: /ossec.conf:3',
      'whodata: integ checks when it is run, who made a change is not told: /ossec.conf:3',
      'no path of this system, left out: %WINDIR%/win.ini: /ossec.conf:4',
      'skip_nfs: network file systems below the directories are looked at too: /ossec.conf:5',
      '<frequency> is not carried over: when it looks is not in a policy: use integ schedule install: /ossec.conf:6',
      '<strange> is not known and not carried over: /ossec.conf:7',
    ]);
    expect(notes.filter(({ kind }) => kind === 'setting')).toHaveLength(2);
  });

  test.each([
    ['<!DOCTYPE x [<!ENTITY a "b">]><syscheck/>', /:1: only elements and comments are read/],
    ['<syscheck>&a;</syscheck>', /:1: '&a;' is not read/],
    ['<syscheck>&#65;</syscheck>', /:1: '&#65;' is not read/],
    ['<syscheck>\n<directories>/a</syscheck>', /:2: <\/syscheck> stands where <directories> is open/],
    ['<syscheck>', /:1: <syscheck> of line 1 has no end/],
    ['<a>'.repeat(65), /:1: elements nest more than 64 deep/],
    ['<syscheck><directories check_all=yes>/a</directories></syscheck>', /:1: the value of check_all needs quotes/],
    ['<syscheck><directories check_all="on">/a</directories></syscheck>', /:1: check_all is yes or no, not 'on'/],
    ['<syscheck><!-- </syscheck>', /:1: a comment has no end/],
    ['<syscheck></syscheck>', /no <directories> in a <syscheck>/],
  ])('is refused where it is wrong: %s', (config, message) => {
    expect(() => importWazuh(config)).toThrow(message);
  });

  test('says of an expression which paths below a directory it finds', () => {
    expect(belowDirectory('web/a', '/srv/web')).toBe('/srv/web/(.*web/a|a)');
    expect(belowDirectory('srv', '/srv')).toBe('/srv/');
    expect(belowDirectory('^/etc', '/srv')).toBeUndefined();
  });
});
