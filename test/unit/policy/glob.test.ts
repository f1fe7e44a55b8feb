import { describe, expect, test } from 'vitest';
import { type Path, pathFromBytes, pathFromLatin1 } from '../../../src/model/bytes.ts';
import { UserError } from '../../../src/model/errors.ts';
import {
  compilePattern,
  deepestStart,
  matchesPath,
  parsePattern,
  patternFromArgument,
} from '../../../src/policy/glob.ts';
import { path, pattern } from '../../support/compiled-policies.ts';

const matches = (glob: string, name: Path | string): boolean =>
  matchesPath(compilePattern(pattern(glob)), typeof name === 'string' ? path(name) : name);

function problem(text: string, place: 'path' | 'anywhere' = 'path'): string {
  const parsed = parsePattern(text, place);
  return parsed.ok ? '' : parsed.problem;
}

describe('what a pattern matches', () => {
  test.each([
    ['/etc/*', '/etc/passwd', true],
    ['/etc/*', '/etc/.hidden', true],
    ['/etc/*', '/etc/ssh/sshd_config', false],
    ['/etc/*', '/etc', false],
    ['/usr/lib/**/*.so*', '/usr/lib/libc.so.6', true],
    ['/usr/lib/**/*.so*', '/usr/lib/x86/deep/libc.so', true],
    ['/usr/lib/**/*.so*', '/usr/lib/x86/deep/libc.a', false],
    ['/var/cache/**', '/var/cache', false],
    ['/var/cache/**', '/var/cache/a', true],
    ['/var/cache/**', '/var/cache/a/b/c', true],
    ['/a/**/**/b', '/a/b', true],
    ['/a**b', '/axxb', true],
    ['/a**b', '/a/b', false],
    ['/**', '/', false],
    ['/**', '/x', true],
    ['/', '/', true],
    ['/etc/', '/etc', true],
    ['//etc///ssh/', '/etc/ssh', true],
    ['**/*.pyc', '/x.pyc', true],
    ['**/*.pyc', '/usr/lib/x.pyc', true],
    ['/dev/tty[0-9]', '/dev/tty7', true],
    ['/dev/tty[0-9]', '/dev/tty77', false],
    ['/x[!0-9]', '/xa', true],
    ['/x[^0-9]', '/x1', false],
    ['/x[]a]', '/x]', true],
    ['/x[a-]', '/x-', true],
    ['/x[\\]]', '/x]', true],
    ['/x[a/b]', '/xa', false],
    ['/usr/bin/[', '/usr/bin/[', true],
    ['/{etc,usr/lib}/x', '/usr/lib/x', true],
    ['/{etc,usr/lib}/x', '/etc/x', true],
    ['/a{,b}', '/a', true],
    ['/a{b,{c,d}e}f', '/adef', true],
    ['/a{b}', '/a{b}', true],
    ['/a{b', '/a{b', true],
    ['/a}{b,c}', '/a}c', true],
    ['/a[{,}]{b,c}', '/a,c', true],
    ['/a\\*', '/a*', true],
    ['/a\\*', '/ab', false],
    ['/a\\\\', '/a\\', true],
    ['/a\\\\/b', '/a\\/b', true],
    ['/a\\/b', '/a/b', true],
    ['/!(a)', '/!(a)', true],
    ['/!(a)', '/b', false],
    ['/+(a)@(b)', '/+(a)@(b)', true],
  ])('%s and %s: %s', (glob, name, expected) => {
    expect(matches(glob, name)).toBe(expected);
  });

  test('a question mark stands for one character of any length in bytes', () => {
    expect(matches('/?.txt', '/é.txt')).toBe(true);
    expect(matches('/?.txt', '/€.txt')).toBe(true);
    expect(matches('/?.txt', '/😀.txt')).toBe(true);
    expect(matches('/??.txt', '/é.txt')).toBe(false);
    expect(matches('/*??.txt', '/€.txt')).toBe(false);
    expect(matches('/[é-ü].txt', '/ö.txt')).toBe(true);
    expect(matches('/[!a]', '/😀')).toBe(true);
  });

  test('where a name is not UTF-8, a question mark stands for one byte', () => {
    const name = (bytes: number[]) => pathFromBytes(Uint8Array.from([0x2f, ...bytes]));
    expect(matches('/?', name([0xff]))).toBe(true);
    expect(matches('/??', name([0xc3, 0x28]))).toBe(true);
    expect(matches('/?', name([0xc0, 0xaf]))).toBe(false);
    expect(matches('/???', name([0xed, 0xa0, 0x80]))).toBe(true);
    expect(matches('/????', name([0xf4, 0x90, 0x80, 0x80]))).toBe(true);
    expect(matches('/??', name([0xe2, 0x82]))).toBe(true);
  });

  test('stars match names with newlines, backslashes and bytes that are not UTF-8', () => {
    for (const name of ['/d\nx/evil', '/d\r/evil', '/d\\/evil', '/d\xfe/evil']) {
      expect(matches('/**/evil', pathFromLatin1(name))).toBe(true);
      expect(matches('/*/evil', pathFromLatin1(name))).toBe(true);
      expect(matches('/d*/e*l', pathFromLatin1(name))).toBe(true);
    }
  });

  test('a long name cannot make a nasty pattern slow', () => {
    const patterns = [
      `/${'*a'.repeat(60)}b`,
      `/${'**/*a'.repeat(1)}${'/**/*a'.repeat(30)}/b`,
      `/${'?*'.repeat(60)}b`,
      `/${'*[ab]'.repeat(60)}c`,
      `/${'*'.repeat(500)}b`,
    ];
    const names = [path(`/${'a'.repeat(4000)}`), path('/a'.repeat(2000)), path(`/${'é'.repeat(2000)}`)];
    for (const glob of patterns) {
      for (const name of names) expect(matches(glob, name)).toBe(false);
    }
  });
});

describe('what a pattern covers', () => {
  const start = (glob: string, name: string): number => deepestStart(compilePattern(pattern(glob)), path(name));

  test('a path covers itself and everything below, not a name that only begins alike', () => {
    expect(start('/etc', '/etc')).toBe(1);
    expect(start('/etc', '/etc/ssh/sshd_config')).toBe(1);
    expect(start('/etc', '/etcetera')).toBe(-1);
    expect(start('/', '/any/thing')).toBe(0);
  });

  test('the deepest ancestor that matches counts', () => {
    expect(start('/home/*/.ssh', '/home/ann/.ssh/authorized_keys')).toBe(3);
    expect(start('/**/lib', '/usr/lib/x/lib/y')).toBe(4);
    expect(start('/a{,/b}', '/a/b/c')).toBe(2);
  });
});

describe('patterns that are refused', () => {
  test.each([
    ['', 'a pattern must not be empty'],
    ['etc/passwd', "a pattern must be absolute, with '/' at the start"],
    ['**/*.pyc', "a pattern must be absolute, with '/' at the start"],
    ['/{a,b}{c', ''],
    ['{/a,b}', "a pattern must be absolute, with '/' at the start"],
    ['/a/../b', "a component '..' is not allowed"],
    ['/a/./b', "a component '.' is not allowed"],
    ['/a\\', 'the backslash at the end escapes nothing: write two for a name that ends in one'],
    ['/a{1..3}', '{1..3} is a range: write the members, as in {1,2}'],
    ['/[z-a]', '[z-a]: a range runs from the lower to the higher character'],
    ['/[[:alpha:]]', '[[:alpha:]: named classes such as [:alpha:] are not in the language: write the characters'],
    ['/{a,b}{c,d}'.repeat(8), 'the braces stand for more than 1000 patterns: write fewer in one'],
    ['/a\0', 'a path cannot hold a NUL byte'],
  ])('%j', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  test('only exclude, ignore and --paths may begin with two stars', () => {
    expect(problem('**/*.pyc', 'anywhere')).toBe('');
    expect(problem('*.pyc', 'anywhere')).toBe("a pattern must begin with '/' or '**/'");
    expect(() => patternFromArgument('etc', '--paths')).toThrow(UserError);
  });

  test('a pattern without glob characters is literal, whatever it escapes', () => {
    expect(pattern('/a\\*b/').literal).toBe('/a*b');
    expect(pattern('/a*b').literal).toBeUndefined();
    expect(pattern('/{a,b}').literal).toBeUndefined();
    expect(pattern('/').literal).toBe('/');
    expect(pattern('/é').literal).toBe('/\xc3\xa9');
  });
});
