import { describe, expect, test } from 'vitest';
import type { ObjectType } from '../../../src/model/attributes.ts';
import { pathFromLatin1, ROOT } from '../../../src/model/bytes.ts';
import { UserError } from '../../../src/model/errors.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { parseMatch } from '../../../src/policy/match.ts';
import { Selector } from '../../../src/policy/select.ts';
import { findUnmatched } from '../../../src/policy/unmatched.ts';
import { startPaths } from '../../../src/scan/plan.ts';
import { path, policyOf, readerOf } from '../../support/compiled-policies.ts';

const NOTHING = { attributes: [], growing: false, appendOnly: false, digests: [] };

function problemOf(expression: string): string {
  const parsed = parseMatch(expression);
  return parsed.ok ? 'none' : parsed.problem;
}

function failure(...rule: readonly string[]): string {
  const text = ['version: 1', 'rules:', ...rule].join('\n');
  try {
    loadPolicy('p.yaml', readerOf({ 'p.yaml': text }));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'none';
}

describe('an expression', () => {
  test.each([
    ['/(a)\\1', '\\1 is not in the language (at character 7)'],
    ['/a(?=b)', 'this kind of (?…) is not in the language (at character 5)'],
    ['/a*+', 'possessive quantifiers are not in the language (at character 4)'],
    ['/a**', 'two quantifiers in a row: put the first in parentheses (at character 5)'],
    ['/(a', 'a ) is missing (at character 4)'],
    ['/a)', 'this ) closes nothing: write \\) (at character 3)'],
    ['/[a', 'a ] is missing (at character 4)'],
    ['/[z-a]', 'a range runs from the lower to the higher byte (at character 6)'],
    ['/[ä]', 'a class is of bytes: write characters beyond ASCII as (ä|ö) (at character 4)'],
    ['/\\b', '\\b is not in the language (at character 4)'],
    ['*', 'nothing stands before this * to be repeated (at character 1)'],
    ['/(.{1000}){1000}', 'the regular expression is too large'],
    ['/a{3,2}', 'the second number of a quantifier is not below the first (at character 8)'],
    ['etc', "matches no path: one begins with '/'"],
    ['/etc//x', "matches no path: one holds no empty components, no '.' and no '..'"],
    ['/\\.\\./x', "matches no path: one holds no empty components, no '.' and no '..'"],
    ['/a\\', 'the backslash at the end escapes nothing (at character 4)'],
  ])('%s is refused with the reason', (expression, problem) => {
    expect(problemOf(expression)).toBe(problem);
  });

  test.each([
    ['/etc/passwd$', '/etc'],
    ['/etc/', '/etc'],
    ['/etc', '/'],
    ['/usr/lib/(a|b)/c', '/usr/lib'],
    ['/(usr)/x', '/usr'],
    ['.*x', '/'],
    ['/a?/b', '/'],
  ])('%s can only match below %s', (expression, directory) => {
    const parsed = parseMatch(expression);
    expect(parsed.ok && parsed.pattern.directory).toBe(directory);
  });

  test('mistakes in a policy say where they are', () => {
    expect(failure("  - match: ['/a', '/(b']")).toBe("p.yaml:3:19: '/(b': a ) is missing (at character 4)");
    expect(failure("  - match: ['/a']", '    depth: 1')).toBe(
      "p.yaml:4:12: 'depth' counts from 'paths', and the rule has none",
    );
    expect(failure("  - match: ['/a']", '    require: { exists: true }')).toBe(
      "p.yaml:4:14: 'require' is about 'paths', and the rule has none",
    );
    expect(failure("  - match: ['/a']", '    watch: [nothing, mode]')).toBe("p.yaml:4:13: 'nothing' stands alone");
    expect(failure("  - match: ['/a']", '    watch: nothing')).toBe('none');
  });
});

describe('a rule with expressions', () => {
  const selector = new Selector(
    policyOf([
      { paths: ['/srv'], depth: 1 },
      { paths: [], match: ['/etc/.*\\.conf$', '/srv/[^/]+/keep'], exclude: ['/etc/old'] },
      { paths: ['/opt'], match: ['/var/x$'], types: ['file'], crossMounts: true },
      { paths: [], match: ['/srv/cache', '/etc/private(/|$)'], watch: NOTHING, crossMounts: true },
      { paths: ['/srv/cache/important'] },
    ]),
  );
  const govern = (text: string, type: ObjectType = 'file', mountRoot = ROOT) =>
    selector.govern(path(text), type, mountRoot);
  const descend = (text: string, name: string) => selector.enter(path(text), ROOT).descend(path(name), false);

  test('selects the objects whose path matches and nothing because of them', () => {
    expect(govern('/etc/a/b.conf')).toBe(1);
    expect(govern('/etc/a.conf/x')).toBe(-1);
    expect(govern('/srv/a/keep/x')).toBe(1);
    expect(govern('/srv/a/other')).toBe(-1);
    expect(govern('/var/x', 'directory')).toBe(-1);
    expect(govern('/var/x')).toBe(2);
    expect(govern('/opt/x')).toBe(2);
  });

  test('takes account of exclude, and of mounts behind the literal part', () => {
    expect(govern('/etc/old/a.conf')).toBe(-1);
    expect(govern('/etc/a/b.conf', 'file', path('/etc/a'))).toBe(-1);
    expect(govern('/etc/a/b.conf', 'file', path('/etc'))).toBe(1);
  });

  test('that watches nothing leaves out, and a later rule may select again', () => {
    expect(govern('/srv/cache')).toBe(-1);
    expect(govern('/srv/caches/x')).toBe(-1);
    expect(govern('/srv/cache/important/x')).toBe(4);
    expect(govern('/etc/private/x.conf')).toBe(-1);
  });

  test('is walked for only where it may still match', () => {
    expect(descend('/', 'etc')).toBe(true);
    expect(descend('/', 'home')).toBe(false);
    expect(descend('/etc', 'private')).toBe(false);
    expect(descend('/etc', 'old')).toBe(false);
    expect(descend('/srv', 'cache')).toBe(true);
    expect(descend('/srv', 'caches')).toBe(false);
    expect(descend('/srv/cache', 'important')).toBe(true);
    expect(descend('/srv/cache', 'other')).toBe(false);
    expect(descend('/srv', 'a')).toBe(true);
    expect(descend('/srv/a', 'b')).toBe(false);
  });

  test('begins its walk at the literal part of its expressions', () => {
    expect(startPaths(policyOf([{ paths: [], match: ['/etc/ssh/.*key$', '/usr/l(ib|32)/x'] }]))).toEqual([
      '/etc/ssh',
      '/usr',
    ]);
    expect(startPaths(policyOf([{ paths: ['/a'] }, { paths: [], match: ['/b/c'], watch: NOTHING }]))).toEqual(['/a']);
  });

  test('is explained by the expression', () => {
    const explanation = selector.explain(path('/srv/cache/x'), 'file', ROOT);
    expect(explanation.governing).toBe(-1);
    expect(explanation.considered.map(({ rule, pattern, verdict }) => [rule, pattern.text, verdict.kind])).toEqual([
      [0, '/srv', 'too-deep'],
      [3, '/srv/cache', 'leaves-out'],
    ]);
  });

  test('no byte of a name hides it, a newline least of all', () => {
    const watched = new Selector(
      policyOf([
        { paths: [], match: ['/etc/.*$'] },
        { paths: [], match: ['/etc/x$'], watch: NOTHING },
      ]),
    );
    for (const name of ['/etc/a\nb', '/etc/\xff', '/etc/x\n', '/etc/\u0001']) {
      expect(watched.govern(pathFromLatin1(name), 'file', ROOT)).toBe(0);
    }
    expect(watched.govern(path('/etc/x'), 'file', ROOT)).toBe(-1);
  });
});

describe('rules whose expressions match nothing', () => {
  test('are found, without a look at places where none of them can match', () => {
    const tree: Readonly<Record<string, readonly string[]>> = {
      '/': ['etc/', 'srv/', 'x'],
      '/etc': ['a.conf', 'd/'],
      '/etc/d': [],
      '/srv': ['y'],
    };
    const listed: string[] = [];
    const { rules, failures } = findUnmatched(
      policyOf([
        { paths: [], match: ['/etc/nothing$', '/etc/.*\\.conf$'] },
        { paths: [], match: ['/etc/d/nothing'] },
        { paths: ['/a'] },
        { paths: [], match: ['/srv/'] },
        { paths: [], match: ['/etc/d/'] },
      ]).rules,
      {
        exists: () => true,
        list: (directory) => {
          listed.push(directory);
          return (tree[directory] ?? []).map((name) => ({
            name: path(name.replace('/', '')),
            isDirectory: name.endsWith('/'),
          }));
        },
      },
      () => true,
    );
    expect([...rules]).toEqual([1, 4]);
    expect(failures).toEqual([]);
    expect(listed).toEqual(['/', '/srv', '/etc', '/etc/d']);
  });
});
