import { describe, expect, test } from 'vitest';
import { importAide } from '../../../support/imported-policies.ts';

const R = 'mode uid gid nlink size inode mtime ctime flags sha3-256 target acl xattrs selinux caps';

describe('a rule of AIDE selects, once imported, what it selects there', () => {
  test('an expression without an anchor selects whatever begins like it', () => {
    const { watches, policy } = importAide(['/etc R']);
    expect(policy.rules[0]?.paths.map(({ text }) => text)).toEqual(['/etc*']);
    for (const path of ['/etc', '/etc/passwd', '/etc/ssh/x', '/etcetera']) expect(watches(path)).toBe(R);
    expect(watches('/usr/etc')).toBeUndefined();
  });

  test('one with an anchor selects the object itself', () => {
    const { watches } = importAide(['/etc$ d R']);
    expect(watches('/etc', 'directory')).toBe(R);
    expect(watches('/etc', 'file')).toBeUndefined();
    expect(watches('/etc/passwd')).toBeUndefined();
  });

  test('one that ends in a slash selects what is below', () => {
    const { watches } = importAide(['/etc/ R']);
    expect(watches('/etc', 'directory')).toBeUndefined();
    expect(watches('/etc/ssh/x')).toBe(R);
  });

  test('an equals rule selects direct children only', () => {
    const { watches } = importAide(['=/foo R', '=/bar/ L', '=/baz$ d p']);
    expect(watches('/foo', 'directory')).toBe(R);
    expect(watches('/foobar')).toBe(R);
    expect(watches('/foo/x')).toBeUndefined();
    expect(watches('/bar', 'directory')).toBeUndefined();
    expect(watches('/bar/x')).toMatch(/^mode uid/);
    expect(watches('/bar/d/x')).toBeUndefined();
    expect(watches('/baz', 'directory')).toBe('mode');
  });

  test('the rule kept in the deepest directory governs, within it the first, and equals rules before them', () => {
    const { watches } = importAide(['/etc p', '/etc/ssh u', '/etc/(a|b) g', '/etc/a s', '=/etc/q$ n', '/etc/q m']);
    expect(watches('/etc/x')).toBe('mode');
    expect(watches('/etc/ssh/x')).toBe('uid');
    expect(watches('/etc/a')).toBe('gid');
    expect(watches('/etc/q')).toBe('nlink');
    expect(watches('/etc/qq')).toBe('mtime');
  });

  test('a negative rule wins over every other', () => {
    const { watches } = importAide(['!/var', '/var/log p', '/ u']);
    expect(watches('/var/log/x')).toBeUndefined();
    expect(watches('/usr')).toBe('uid');
  });

  test('up to 0.18 a negative rule leaves out what is below, since then only what it matches', () => {
    const config = ['!/dev$', '!/run$ d', '/ p'];
    const old = importAide(config, '0.18');
    expect(old.watches('/dev', 'directory')).toBeUndefined();
    expect(old.watches('/dev/sda')).toBeUndefined();
    expect(old.watches('/device')).toBe('mode');
    expect(old.watches('/run/x')).toBe('mode');
    const now = importAide(config, '0.19');
    expect(now.watches('/dev', 'directory')).toBeUndefined();
    expect(now.watches('/dev/sda')).toBe('mode');
  });

  test('a rule with a minus leaves out everything below', () => {
    const { watches } = importAide(['-/dev$', '-/run$ d', '/ p']);
    for (const path of ['/dev', '/dev/sda', '/run/x/y']) expect(watches(path)).toBeUndefined();
    expect(watches('/run', 'directory')).toBeUndefined();
    expect(watches('/run', 'file')).toBe('mode');
    expect(() => importAide(['-/dev$', '/ p'], '0.18')).toThrow('/aide.conf:1: rules with - exist since AIDE 0.19');
  });

  test('a negative rule for a type spares the others', () => {
    const { watches } = importAide(['!/run d', '/run p', '/run/x d,l u']);
    expect(watches('/run/d', 'directory')).toBeUndefined();
    expect(watches('/run/d/x')).toBe('mode');
  });

  test('a dot in the part that AIDE takes literally is a dot', () => {
    const { watches } = importAide(['/etc/foo.bar/x.$ p']);
    expect(watches('/etc/foo.bar/xy')).toBe('mode');
    expect(watches('/etc/fooXbar/xy')).toBeUndefined();
  });

  test('a rule that AIDE never asks is left out, and said so', () => {
    const { watches, remarks } = importAide(['/etc/.+/x$ p', '/etc/\\\\d+/x$ p', '/usr p']);
    expect(watches('/etc/a/x')).toBeUndefined();
    expect(remarks).toEqual([
      expect.stringMatching(/^AIDE takes \+ .* for characters of a name, and so does the policy: \/aide.conf:1$/),
      expect.stringMatching(/^AIDE asks this rule only below .* never matches: left out: \/aide.conf:2$/),
    ]);
  });

  test('case may be ignored', () => {
    expect(importAide(['/(?i)etc p']).watches('/ETC/x')).toBe('mode');
  });

  test('names that hold blanks, signs and bytes of no character', () => {
    const { watches, text } = importAide([
      '/a\\ b\\@c$ p',
      "/it's$ u",
      '/caf\xc3\xa9$ g',
      '/\xff+$ n',
      '/x\\\xff+$ s',
      '/\x7f\xc3\xa9+$ m',
    ]);
    expect(watches('/a b@c')).toBe('mode');
    expect(watches("/it's")).toBe('uid');
    expect(watches('/café')).toBe('gid');
    expect(text).toContain("- '/\\xff+$' # aide.conf:4");
    expect(text).toContain("- '/x\\xff+$' # aide.conf:5");
    expect(text).toContain("- '/\\x7f(?:\\xc3\\xa9)+$' # aide.conf:6");
    expect(importAide(['=/\xff/x p', '/ p']).remarks.join()).toMatch(/^the rule is left out: what is below/);
  });

  test('a letter that ends in the byte A0 is no blank space at the end of a line', () => {
    const { watches } = importAide(['!/srv/\xc3\xa0', '/srv p ']);
    expect(watches('/srv/à')).toBeUndefined();
    expect(watches('/srv/é')).toBe('mode');
  });

  test('the end of an expression may be written in three ways', () => {
    const { watches } = importAide(['!/a\\\\z', '!/b\\\\Z', '!/c$', '/ p'], '0.18');
    for (const name of ['a', 'b', 'c']) {
      expect(watches(`/${name}/x`)).toBeUndefined();
      expect(watches(`/${name}x`)).toBe('mode');
    }
  });
});

describe('attributes', () => {
  test('are added up from left to right, groups too', () => {
    const { watches } = importAide(['Mine = p+u', 'Mine2=Mine+s-p', '/a Mine2+g-u', '/b E', '/c H']);
    expect(watches('/a')).toBe('gid size');
    expect(watches('/b')).toBe('');
    expect(watches('/c')).toBe('sha256 sha512 sha3-256 sha3-512');
  });

  test('a log that may only grow keeps its first bytes', () => {
    const { policy, remarks } = importAide(['/log$ f p+i+s+m+md5+growing+ANF+I', '/size$ f p+s+growing']);
    const [size, log] = policy.rules.map(({ watch }) => watch);
    expect(log).toMatchObject({ attributes: ['type', 'mode'], appendOnly: true });
    expect(size).toMatchObject({ attributes: ['type', 'mode'], appendOnly: false, growing: true });
    expect(remarks.filter((remark) => remark.startsWith('ANF') || remark.startsWith('I:'))).toHaveLength(2);
  });

  test.each(['0.16', '0.18', '0.19'] as const)('S is a check of its own in %s', (version) => {
    const { policy, watches, remarks } = importAide(
      [
        'Logs = p+n+S',
        '/a Logs',
        '/b p+s+S',
        '/c p+m+S',
        '/d p+sha512+S',
        '/e p+c+S',
        '/f p+b+S',
        '/g p+a+S',
        '/h p+S+growing',
      ],
      version,
    );
    expect(policy.rules.filter(({ watch }) => watch.appendOnly)).toEqual([]);
    const growing = policy.rules.filter(({ watch }) => watch.growing).flatMap(({ paths }) => paths);
    expect(growing.map(({ text }) => text).sort()).toEqual(['/a*', '/g*', '/h*']);
    expect(watches('/a')).toBe('mode nlink');
    expect(watches('/g')).toBe('mode atime');
    for (const [path, exact] of Object.entries({ b: 'size', c: 'size mtime', d: 'size sha512', e: 'size ctime' })) {
      expect(watches(`/${path}`)).toBe(`mode ${exact}`);
    }
    expect(remarks).toEqual([expect.stringMatching(/^S beside b: .*: \/aide.conf:7$/)]);
  });

  test('ANF and ARF let new and removed files be', () => {
    const { policy } = importAide(['/spool p+sha256+ANF+ARF', '/logs p+ANF', '/file$ p+ARF', '/etc p']);
    const letBe = new Map(policy.rules.map(({ paths, match, letsBe }) => [(match[0] ?? paths[0])?.text, letsBe]));
    expect(letBe.get('/spool')).toEqual({ new: true, gone: true });
    expect(letBe.get('/logs')).toEqual({ new: true, gone: false });
    expect(letBe.get('/file$')).toEqual({ new: false, gone: true });
    expect(letBe.get('/etc')).toBeUndefined();
  });

  test('of digests that integ does not have one remains or sha256 is taken', () => {
    const { watches, remarks } = importAide(['/a p+rmd160', '/b tiger+sha512', '/c p']);
    expect(watches('/a')).toBe('mode sha256');
    expect(watches('/b')).toBe('sha512');
    expect(remarks).toHaveLength(2);
  });
});

describe('macros', () => {
  test('variables, conditions and includes', () => {
    const { watches, remarks } = importAide(
      [
        '@@define DIR srv',
        '@@define RE (a|b)\\\\.x',
        '/@@{DIR}/@@{RE}$ p',
        '@@undef DIR',
        '/@@{DIR}gone$ u',
        '@@ifdef DIR',
        '/never p',
        '@@else',
        '@@if not hostname mail1',
        '/never p',
        '@@endif',
        '@@ifhost mail1',
        '/host@@{HOSTNAME}$ g',
        '@@endif',
        '@@endif',
        '@@if exists /nothing',
        'this is not even read',
        '@@endif',
        '@@include /one.conf',
        '@@x_include /etc/d ^[0-9a-z_]+$ /prefix/',
        'database_in=file:/x',
      ],
      '0.19',
      { '/one.conf': '/one$ n\n', '/etc/d/10_a': '/two$ s\n', '/etc/d/20_b*': '#!/bin/sh\n', '/etc/d/no.bak': 'x' },
    );
    expect(watches('/srv/a.x')).toBe('mode');
    expect(watches('/srv/acx')).toBeUndefined();
    expect(watches('/gone')).toBe('uid');
    expect(watches('/never')).toBeUndefined();
    expect(watches('/hostmail1')).toBe('gid');
    expect(watches('/one')).toBe('nlink');
    expect(watches('/prefix/two')).toBe('size');
    expect(remarks).toEqual([
      'the variable DIR is not defined, and stands for nothing, as in AIDE: /aide.conf:5',
      expect.stringMatching(/^a program of @@x_include was not run: .*: \/etc\/d\/20_b:1$/),
      'the setting database_in is not carried over; in integ see --baseline: /aide.conf:21',
    ]);
  });

  test('a variable that is not defined widens no negative rule, by whatever way it comes there', () => {
    const { policy, remarks } = importAide(
      [
        '@@x_include /etc/d ^prog$',
        '@@define BELOW @@{CACHE}/x',
        '!/@@{CACHE}',
        '!/srv@@{BELOW}',
        '@@include /etc/d ^rules$ @@{PREFIX}',
        '/ p',
      ],
      '0.19',
      { '/etc/d/prog*': '#!/bin/sh\n', '/etc/d/rules': '!/tmp\n/opt p\n' },
    );
    expect(policy.rules.filter(({ watch }) => watch.attributes.length === 0)).toEqual([]);
    const told = remarks.filter((remark) => remark.startsWith('the variable'));
    expect(told.map((remark) => remark.replace(/ is not defined.*(?=; a program)/, ''))).toEqual([
      'the variable CACHE; a program that was not run may define it: /etc/d/prog: /aide.conf:2',
      'the variable CACHE; a program that was not run may define it: /etc/d/prog: /aide.conf:3,4',
      'the variable PREFIX; a program that was not run may define it: /etc/d/prog: /etc/d/rules:1',
      'the variable PREFIX; a program that was not run may define it: /etc/d/prog: /aide.conf:5',
    ]);
  });

  test.each(['0.16', '0.18'] as const)('a variable that only a setting lacks loses nothing in %s', (version) => {
    const { notes, remarks } = importAide(['database=file:@@{DIR}/aide.db', '/a p'], version);
    expect(remarks).toContain('the variable DIR is not defined, and stands for nothing, as in AIDE: /aide.conf:1');
    expect(notes.map(({ kind }) => kind)).toEqual(['setting', 'setting']);
  });

  test('what 0.19 defines by itself is defined', () => {
    const { watches, remarks } = importAide(['@@if @@{AIDE_VERSION} version_ge 0.19', '/a p', '@@endif']);
    expect(watches('/a')).toBe('mode');
    expect(remarks).toEqual([]);
  });

  test('settings are told apart from what is lost', () => {
    const { notes, text } = importAide(['verbose=5', 'report_ignore_changed_attrs=c', '/a p']);
    expect(notes.map(({ kind }) => kind)).toEqual(['setting', 'loss']);
    expect(text).toMatch(/^# Not carried over exactly, and how often:\n# - the setting report_ignore_changed_attrs /m);
    expect(text).toMatch(/^# Settings, which are not about what is watched:\n# - the setting verbose /m);
  });

  test.each([
    [['/a p', '/b R # no'], '/aide.conf:2: a comment stands on a line of its own'],
    [['/a'], '/aide.conf:1: this rule has no attributes'],
    [['/a zz'], "/aide.conf:1: there is no attribute or group 'zz'"],
    [['/a q p'], "/aide.conf:1: 'q' is no type of file: those are f, d, l, c, b, p, s, D, P"],
    [['!/a f p'], '/aide.conf:1: a negative rule has no attributes'],
    [['(a) p'], "/aide.conf:1: a rule begins with a '/': (a) p"],
    [['@@if defined X', '/a p'], '/aide.conf:1: the @@endif of this condition is missing'],
    [['@@endif'], '/aide.conf:1: this @@endif belongs to no condition'],
    [['@@nonsense x'], '/aide.conf:1: there is no macro @@nonsense'],
    [['@@include /gone'], '/gone: no such file'],
    [['@@include /aide.conf'], '/aide.conf:1: files include one another more than 16 deep'],
    [['hello'], '/aide.conf:1: this is no setting, group, rule or macro: hello'],
  ])('%j is a mistake that says where it is', (lines, message) => {
    expect(() => importAide(lines)).toThrow(message);
  });

  test('what the language of expressions does not have is left out and said so', () => {
    const { remarks } = importAide(['/(a)\\\\1$ p', '/(?!x)y p', '/b p']);
    expect(remarks).toEqual([
      'the rule is left out: \\1 is not in the language (at character 7): /aide.conf:1',
      'the rule is left out: this kind of (?…) is not in the language (at character 4): /aide.conf:2',
    ]);
  });
});

describe('the text of an imported policy', () => {
  test('holds the source of every expression, and the line where the meaning was translated', () => {
    const { text } = importAide(['/etc/a$ f p', '!/etc/b$ d', '-/etc/c$'], '0.19');
    expect(text).toContain("      - '/etc/a$' # aide.conf:1");
    expect(text).toContain("      # !/etc/b$ d\n      - '/etc/b$' # aide.conf:2");
    expect(text).toContain("      # -/etc/c$\n      - '/etc/c(/|$)' # aide.conf:3");
    expect(text).toContain('# Everything in it was carried over.');
  });

  test('puts rules that watch the same into one where that changes nothing', () => {
    const { policy } = importAide(['/etc/a$ p', '/etc/b$ u', '/etc/c$ p', '/etc p', '/etc/(a|x)$ u']);
    expect(policy.rules.map(({ match, paths }) => [...paths, ...match].map(({ text }) => text))).toEqual([
      ['/etc*'],
      ['/etc/b$', '/etc/(a|x)$'],
      ['/etc/a$', '/etc/c$'],
    ]);
  });
});
