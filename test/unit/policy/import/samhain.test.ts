import { describe, expect, test } from 'vitest';
import { importSamhain } from '../../../support/imported-policies.ts';

const READ_ONLY = 'mode uid gid nlink size inode mtime ctime rdev sha256 target';
const RIGHTS = 'mode uid gid rdev';

describe('samhainrc', () => {
  test('lets the most specific entry win, whatever the order', () => {
    const { watches } = importSamhain([
      'before any section, which is left out',
      '[Attributes]',
      'file = /etc/motd',
      'dir = 99/etc/a/b',
      '[ReadOnly]',
      'dir = 99/etc',
      'dir = 0/etc/a',
      '[IgnoreAll]',
      'file=/etc',
      'dir=-1/etc/cache',
    ]);
    expect(watches('/etc/x/y')).toBe(READ_ONLY);
    expect(watches('/etc/motd')).toBe(RIGHTS);
    expect(watches('/etc/a/f')).toBe(READ_ONLY);
    expect(watches('/etc/a/x/f')).toBeUndefined();
    expect(watches('/etc/a/b/c/f')).toBe(RIGHTS);
    expect([watches('/etc', 'directory'), watches('/etc/cache', 'directory')]).toEqual(['', '']);
    expect(watches('/etc/cache/f')).toBeUndefined();
  });

  test('takes the first of two entries for one path', () => {
    const { watches, remarks } = importSamhain(['[ReadOnly]', 'file=/a', '[Attributes]', 'file=/a', 'file=/[ab]']);
    expect(watches('/a')).toBe(READ_ONLY);
    expect(watches('/b')).toBe(RIGHTS);
    expect(remarks).toEqual(['the path is named before: Samhain, too, takes the first: /samhainrc:4']);
  });

  test('has policies that are changed, and severities', () => {
    const { watches, policy } = importSamhain([
      '[Misc]',
      'RedefUser0=-CHK,-MTM,CTM',
      'RedefAttributes = +SIZ',
      'SetRecursionLevel=1',
      'UseAclCheck=yes',
      '[EventSeverity]',
      'SeverityUser0=alert',
      '[User0]',
      'dir=/srv',
      '[Attributes]',
      'file=/x',
      '[IgnoreNone]',
      'file=/y',
      '[GrowingLogFiles]',
      'file=/var/log/a.log',
      '[LogFiles]',
      'file=/var/log/b.log',
    ]);
    expect(watches('/srv/a/b')).toBe('mode uid gid nlink size inode rdev atime target acl');
    expect(watches('/srv/a/b/c')).toBeUndefined();
    expect(watches('/x')).toBe('mode uid gid size rdev acl');
    expect(watches('/y')).toContain('atime');
    expect(watches('/y')).not.toContain('ctime');
    expect(watches('/var/log/b.log')).toBe('mode uid gid nlink inode rdev target acl');
    const log = policy.rules.find(({ name }) => name === 'GrowingLogFiles');
    expect(log?.watch.appendOnly).toBe(true);
    expect(policy.rules.find(({ name }) => name === 'User0')?.severity).toBe('critical');
  });

  test('has conditions for this host, and takes what cannot be asked', () => {
    const { watches, remarks } = importSamhain([
      '[ReadOnly]',
      '@mail1',
      'file=/here',
      '@else',
      'file=/not-here',
      '@end',
      '!@mail1',
      'file=/not-here',
      '@end',
      '$SunOS:.*:.*',
      'file=/sun',
      '$end',
      '@if not file_exists /etc/motd',
      'file=/no-motd',
      '@fi',
      '@if command_succeeds /bin/true',
      'file=/maybe',
      '@fi',
      'file=$(find /tmp)',
      '[EOF]',
      'file=/after',
    ]);
    expect(watches('/here')).toBe(READ_ONLY);
    for (const path of ['/not-here', '/sun', '/no-motd', '/after']) expect(watches(path), path).toBeUndefined();
    expect(watches('/maybe')).toBe(READ_ONLY);
    expect(remarks).toEqual([
      'a condition that is not asked, so that its lines are taken: command_succeeds /bin/true: /samhainrc:16',
      'a value that a program prints is left out: no program is run: /samhainrc:19',
    ]);
  });

  test('has names with escapes, quotes and wildcards', () => {
    const { watches, remarks } = importSamhain([
      '[ReadOnly]',
      'dir = "7/u01/archi"ve  "',
      'file=/u01/\\x41\\102\\n',
      'file=/var/log/*.[0-9].gz',
      'file=/a{b,c}*',
      'file=/\\x1b*',
    ]);
    expect(watches('/u01/archi"ve  /x')).toBe(READ_ONLY);
    expect(watches('/u01/AB\n')).toBe(READ_ONLY);
    expect(watches('/var/log/x.1.gz')).toBe(READ_ONLY);
    expect([watches('/a{b,c}d'), watches('/abd')]).toEqual([READ_ONLY, undefined]);
    expect(remarks).toEqual([expect.stringMatching(/^wildcards that the policy does not have: .*: \/samhainrc:6$/)]);
  });

  test('watches a link as a link, and lets no link hide what it leads to', () => {
    const { watches, remarks, text } = importSamhain(
      ['[Attributes]', 'file=/etc/mtab', '[ReadOnly]', 'dir=99/bin', '[IgnoreAll]', 'dir=-1/var/run'],
      ['/etc/mtab', '/bin', '/var/run'],
    );
    expect(watches('/etc/mtab', 'symlink')).toBe(RIGHTS);
    expect(text).toContain("'/etc/mtab$'");
    expect(text).toContain("'/var/run$'");
    expect(text).toContain("'/bin'");
    expect(remarks).toEqual(['/bin is a symbolic link, which the policy follows and Samhain does not: /samhainrc:4']);
  });

  test('tells what is not carried over', () => {
    const { remarks } = importSamhain([
      '[Misc]',
      'IgnoreAdded=/var/log/.*\\.[0-9]+$',
      'SetLoopTime=600',
      '[SuidCheck]',
      'SuidCheckActive=1',
      '[Log]',
      'MailSeverity=none',
      '[Prelink]',
      'dir=99/usr/lib',
    ]);
    expect(remarks).toEqual([
      'ignoreadded is not carried over: what came is reported all the same, unless a rule has new: false: /samhainrc:2',
      '[Misc] setlooptime is not carried over: /samhainrc:3',
      '[suidcheck] is not carried over: a new setuid file is reported where a rule selects it, and nowhere else: /samhainrc:5',
      '[log] is not carried over: /samhainrc:7',
      'prelink is not asked: the file as it is must stay: /samhainrc:9',
    ]);
  });

  test.each([
    ['[ReadOnly]\nfile=etc', /:2: no absolute path: etc/],
    ['[ReadOnly]\ndir=100/etc', /:2: a recursion depth is from -1 to 99, not 100/],
    ['[ReadOnly]\nfile="/a', /:2: the quote has no end/],
    ['[ReadOnly]\nfile=/a\\g', /:2: '.*g' is no escape of Samhain/],
    ['[Misc]\nRedefX=+CHK', /:2: 'x' is no policy of Samhain/],
    ['[Misc]\nRedefUser0=+XXX', /:2: 'XXX' is no test of Samhain/],
    ['[ReadOnly]\n@end', /:2: @end stands where no condition is open/],
    ['[ReadOnly]\n@mail1\nfile=/a', /a condition has no end/],
    ['[Log]\nMailSeverity=none', /no file= or dir= in a section for files/],
  ])('is refused where it is wrong: %s', (text, message) => {
    expect(() => importSamhain(text)).toThrow(message);
  });
});
