import { describe, expect, test } from 'vitest';
import { compareSeverity } from '../../../../src/model/severity.ts';
import { importTripwire } from '../../../support/imported-policies.ts';

const READ_ONLY = 'mode uid gid nlink size blocks inode dev mtime cksum md5 target';

function ruleNamed(imported: ReturnType<typeof importTripwire>, name: string) {
  return imported.policy.rules.find((rule) => rule.name === name);
}

describe('a rule of Tripwire selects, once imported, what it selects there', () => {
  test('an object with everything below it, and no name that only begins like it', () => {
    const { watches } = importTripwire(['/etc -> $(ReadOnly);']);
    for (const path of ['/etc', '/etc/passwd', '/etc/ssh/x']) expect(watches(path)).toBe(READ_ONLY);
    expect(watches('/etcetera')).toBeUndefined();
  });

  test('the longest path governs, wherever it stands in the file', () => {
    const { watches } = importTripwire(['/a/b/c -> g;', '/a -> p;', '/a/b -> u;']);
    expect(watches('/a/x')).toBe('mode');
    expect(watches('/a/b/x')).toBe('uid');
    expect(watches('/a/b/c/x')).toBe('gid');
  });

  test('recurse limits how deep, and no rule above takes what lies beyond', () => {
    const { watches } = importTripwire(['/a -> p;', '/a/b -> u (recurse=0);', '/a/c -> g (recurse = 1);']);
    expect(watches('/a/b')).toBe('uid');
    expect(watches('/a/b/x')).toBeUndefined();
    expect(watches('/a/c/x')).toBe('gid');
    expect(watches('/a/c/x/y')).toBeUndefined();
    expect(watches('/a/d/x')).toBe('mode');
  });

  test.each([
    ['true', true],
    ['TRUE', true],
    ['-1', true],
    ['false', false],
    ['0', false],
  ])('recurse=%s', (value, isDeep) => {
    const { watches } = importTripwire([`/a -> p (recurse=${value});`]);
    expect(watches('/a')).toBe('mode');
    expect(watches('/a/x')).toBe(isDeep ? 'mode' : undefined);
  });

  test('a stop point leaves out what is below, but for longer paths with a rule', () => {
    const { watches } = importTripwire(['!/a/x;', '/a -> p;', '/a/x/y -> u;']);
    expect(watches('/a/w')).toBe('mode');
    expect(watches('/a/x')).toBeUndefined();
    expect(watches('/a/x/z')).toBeUndefined();
    expect(watches('/a/x/y/z')).toBe('uid');
  });

  test('rules stay on the file system of their path', () => {
    const { policy } = importTripwire(['/ -> p;', '!/proc;']);
    expect(policy.rules.map(({ crossMounts }) => crossMounts)).toEqual([false, true]);
  });

  test('a link that a path names is watched itself, and not what it leads to', () => {
    const { policy, watches } = importTripwire(['/bin -> p;'], { '/bin': '/usr/bin' });
    expect(policy.rules[0]?.paths).toEqual([]);
    expect(watches('/bin', 'symlink')).toBe('mode');
    expect(watches('/usr/bin/x')).toBeUndefined();
  });

  test('a path through a link selects by the real name, before rules for shorter real names', () => {
    const { watches, remarks } = importTripwire(['/lib -> p;', '/usr/lib -> p;', '/lib/modules -> pc;'], {
      '/lib': '/usr/lib',
    });
    expect(watches('/usr/lib/modules/x')).toBe('mode ctime');
    expect(watches('/usr/lib/x')).toBe('mode');
    expect(remarks).toEqual([]);
  });

  test('what Tripwire sees twice, by two names, is told', () => {
    const { watches, remarks } = importTripwire(
      ['/usr/lib -> p;', '/lib/a -> u;', '!/lib/b;', '/usr/lib/c -> g;', '/lib/c -> n;'],
      { '/lib': '/usr/lib' },
    );
    expect(watches('/usr/lib/b')).toBe('mode');
    expect(watches('/usr/lib/c')).toBe('gid');
    expect(remarks.map((remark) => remark.slice(remark.lastIndexOf('/')))).toEqual([
      '/twpol.txt:2',
      '/twpol.txt:3',
      '/twpol.txt:5',
    ]);
  });
});

describe('masks', () => {
  test.each([
    ['$(ReadOnly)', READ_ONLY],
    ['$(ReadOnly) -m +S', 'mode uid gid nlink size blocks inode dev cksum md5 sha1 target'],
    ['$(ReadOnly)S', READ_ONLY],
    ['$(IgnoreNone)-SHa', 'mode uid gid nlink size blocks inode dev mtime ctime rdev cksum md5 target'],
    ['+p-p', ''],
    ['$(IgnoreAll)', ''],
    ['pn-g', 'mode nlink'],
    ['p n + s - n', 'mode size'],
    ['$(Device)', 'mode uid gid size dev rdev'],
    ['+H', 'haval target'],
    ['$(Dynamic)', 'mode uid gid nlink inode dev'],
  ])('%s', (mask, watched) => {
    expect(importTripwire([`/a -> ${mask};`]).watches('/a')).toBe(watched);
  });

  test('a growing file may not shrink, and its directory is told', () => {
    const { policy, remarks } = importTripwire(['/log -> $(Growing) -i;']);
    expect(policy.rules[0]?.watch).toMatchObject({ growing: true, appendOnly: false });
    expect(policy.rules[0]?.watch.attributes).toEqual(['type', 'mode', 'uid', 'gid', 'nlink', 'dev']);
    expect(remarks).toEqual([expect.stringMatching(/^l: .*directory.*: \/twpol.txt:1$/)]);
  });

  test('a size that may only grow is a check of its own beside others that hold the content', () => {
    const { policy, watches, remarks } = importTripwire(['/a -> pl;', '/b -> plM;', '/c -> pls;', '/d -> plm;']);
    const growing = policy.rules.filter(({ watch }) => watch.growing).flatMap(({ paths }) => paths);
    expect(growing.map(({ text }) => text)).toEqual(['/a']);
    expect(watches('/b')).toBe('mode size md5 target');
    expect(watches('/c')).toBe('mode size');
    expect(watches('/d')).toBe('mode size mtime');
    expect(remarks).toEqual([expect.stringMatching(/^l: .*: \/twpol.txt:1$/)]);
  });

  test('what looks like a pattern is a name, and told', () => {
    const { watches, remarks } = importTripwire([
      '/etc -> p;',
      '!/etc/*.bak;',
      '/srv/[ab]/x -> u;',
      '/usr/bin/[ -> g;',
    ]);
    expect(watches('/etc/x.bak')).toBe('mode');
    expect(watches('/etc/*.bak')).toBeUndefined();
    expect(watches('/usr/bin/[')).toBe('gid');
    expect(remarks).toEqual([
      'Tripwire has no wildcards: line 2 stops only an object named "*.bak": /twpol.txt:2',
      'Tripwire has no wildcards: line 3 is a rule for only the object "/srv/[ab]/x": /twpol.txt:3',
    ]);
  });
});

describe('names, severities and recipients', () => {
  const blocks = [
    '(rulename = "Outer", severity = 66, emailto = "a@x; b@y")',
    '{',
    '  /a -> p;',
    '  (severity = $(HIGH), EMAILTO=c@z,) { /b -> p (recurse=0); }',
    '  /c -> p (rulename=own, rulename=other);',
    '}',
    '/d -> p (severity=80);',
    '/e -> p (severity=0);',
  ];

  test('come from the rule, else from the block around it; recipients add up', () => {
    const imported = importTripwire(['HIGH = 100;', ...blocks]);
    expect(ruleNamed(imported, 'Outer')).toMatchObject({ severity: 'medium', notify: ['a@x', 'b@y'] });
    expect(ruleNamed(imported, 'Outer (2)')).toMatchObject({
      severity: 'high',
      depth: 0,
      notify: ['a@x', 'b@y', 'c@z'],
    });
    expect(ruleNamed(imported, 'other')?.paths.map(({ text }) => text)).toEqual(['/c']);
    const severityOf = (path: string) =>
      imported.policy.rules.find(({ paths }) => paths.some(({ text }) => text === path))?.severity;
    expect([severityOf('/d'), severityOf('/e')]).toEqual(['medium', 'info']);
    expect(imported.remarks).toEqual(['the severity 80 becomes medium, as others do: /twpol.txt:8']);
  });

  test('a rule without a severity stays below one with the lowest name, as in Tripwire', () => {
    const { policy, remarks } = importTripwire(['/a -> p;', '/b -> p (severity=33);', '!/a/b;']);
    const severityOf = (path: string) =>
      policy.rules.find(({ paths }) => paths.some(({ text }) => text === path))?.severity ?? 'medium';
    expect(severityOf('/a')).toBe('info');
    expect(compareSeverity(severityOf('/a'), severityOf('/b'))).toBeLessThan(0);
    expect(remarks).toEqual([]);
  });

  test('what is no address is left out and said so', () => {
    const { policy, remarks } = importTripwire(['/a -> p (emailto="root;a b@c");']);
    expect(policy.rules[0]?.notify).toEqual(['root']);
    expect(remarks).toEqual(['this is no mail address, and is left out: a b@c: /twpol.txt:1']);
  });
});

describe('the language', () => {
  test('quotes, escapes, comments, continued lines, strings that follow one another', () => {
    const { watches } = importTripwire([
      'D = /srv; # comment',
      '/d/"sp ace" -> p;',
      '"/d/\\x41\\102\\"\\\\" -> u;',
      '$(D)/x /y -> g;',
      '"$(D)/q>r" \\',
      '  -> n;',
      '/d/a* -> s;',
    ]);
    expect(watches('/d/sp ace')).toBe('mode');
    expect(watches('/d/AB"\\')).toBe('uid');
    expect(watches('/srv/x/y')).toBe('gid');
    expect(watches('/srv/q>r')).toBe('nlink');
    expect(watches('/d/a*')).toBe('size');
    expect(watches('/d/ab')).toBeUndefined();
  });

  test('names that are no text', () => {
    const { watches } = importTripwire(['/caf\xc3\xa9 -> p;', '"/\\xff" -> u (recurse=1);', '"/\\n" -> g;']);
    expect(watches('/café')).toBe('mode');
    expect(watches('/\n/x')).toBe('gid');
  });

  test('sections, hosts, global variables and the end', () => {
    const { watches, remarks } = importTripwire([
      '@@section GLOBAL',
      'ETC = /etc;',
      '@@section FS',
      '$(ETC)/$(HOSTNAME) -> p;',
      '@@ifhost other || MAIL1',
      '/here -> p;',
      '@@else',
      '/there -> $(Undefined);',
      '@@endif',
      '@@print "hello"',
      '@@section NTFS',
      '/windows -> p;',
      '@@end',
      'anything',
    ]);
    expect(watches('/etc/mail1')).toBe('mode');
    expect(watches('/here')).toBe('mode');
    expect(watches('/there')).toBeUndefined();
    expect(watches('/windows')).toBeUndefined();
    expect(remarks).toEqual([
      '@@print is not carried over: /twpol.txt:10',
      'the section NTFS is skipped, as by Tripwire on this system: /twpol.txt:11',
    ]);
  });

  test.each([
    [['/a-> p;'], 1],
    [['/a -> p'], 1],
    [['/a -> ;'], 1],
    [['', '/a -> pz;'], 2],
    [['/a -> p;', '/a/ -> u;'], 2],
    [['/a -> p;', '!/a;'], 2],
    [['a -> p;'], 1],
    [['/a -> $(Nope);'], 1],
    [['ReadOnly = p;'], 1],
    [['/a -> p (severity=-1);'], 1],
    [['/a -> p (recurse=maybe);'], 1],
    [['/a -> p (onviolation=x);'], 1],
    [['(severity=1) {', '/a -> p;'], 1],
    [['/a -> p;', '}'], 2],
    [['@@ifhost x', '/a -> p;'], 1],
    [['@@endif'], 1],
    [['@@define X y', '/a -> p;'], 1],
    [['@@error "not here"', '/a -> p;'], 1],
    [['A=p;', '@@section FS', '/a -> p;'], 2],
    [['@@section GLOBAL', 'A = $(B);'], 2],
    [['"/a -> p;'], 1],
    [['"/a\\x00b" -> p;'], 1],
  ])('%j is a mistake that says its line', (lines, line) => {
    expect(() => importTripwire(lines)).toThrow(new RegExp(`^/twpol\\.txt:${line}: `));
  });

  test('rules that watch the same stand together, each path with its line', () => {
    const { text } = importTripwire(['(rulename=R) { /a -> p; /b -> p;', '/c -> p (recurse=0); }', '!/a/x;']);
    expect(text).toContain(
      "  - name: 'R'\n    severity: info\n    paths:\n      - '/a' # twpol.txt:1\n      - '/b' # twpol.txt:1\n",
    );
    expect(text).toContain("      # !/a/x;\n      - '/a/x' # twpol.txt:3\n    watch: [nothing]");
    expect(text).toContain('# Everything in it was carried over.');
  });
});
