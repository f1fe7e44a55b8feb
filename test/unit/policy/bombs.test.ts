/** Texts of a policy that are made to exhaust the stack, the memory or the patience of whoever reads them. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/model/errors.ts';
import { compilePolicy } from '../../../src/policy/load.ts';
import { errorOf } from '../../support/errors.ts';
import { importAide, importTripwire } from '../../support/imported-policies.ts';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const rule = (keys: string): string => `version: 1\nrules: [{ ${keys} }]\n`;

const MANY = 1_000_000;
const NESTED = /^p:\d+:\d+: lists and mappings nest more than 64 deep$/;
const WORDS = /^p:\d+:\d+: more than 400000 words in one policy$/;
const ODDITIES = /^p:\d+:\d+: more than 200 tags, anchors, aliases and the like$/;

const YAML: readonly (readonly [what: string, text: string, error: RegExp])[] = [
  ['a million brackets', `version: 1\nrules: ${'['.repeat(MANY / 2)}${']'.repeat(MANY / 2)}`, NESTED],
  ['a million opening brackets', `version: 1\nrules: ${'['.repeat(MANY)}`, NESTED],
  ['nested mappings', `version: 1\nrules: ${'{a: '.repeat(MANY / 4)}`, NESTED],
  ['lists in lists on a line', `version: 1\nrules:\n  ${'- '.repeat(MANY / 2)}a`, NESTED],
  ['explicit keys on a line', `version: 1\n${'? '.repeat(MANY / 2)}a`, NESTED],
  ['ever deeper lines', lines(1400, (index) => `${' '.repeat(index)}a:`), NESTED],
  ['lists and keys in turn', lines(200, (index) => `${' '.repeat(index * 2)}- a:`), NESTED],
  ['half a million lists side by side', `version: 1\nrules: [${'[],'.repeat(MANY / 2)}]`, WORDS],
  ['half a million quotes', `version: 1\nname: ${'"'.repeat(MANY)}`, WORDS],
  ['a million commas', `[${','.repeat(MANY)}]`, WORDS],
  ['many keys', `{${Array.from({ length: 150_000 }, (_, index) => `k${index}: 1`).join()}}`, WORDS],
  ['tags', `version: 1\nname: ${'!a '.repeat(MANY / 4)}b`, ODDITIES],
  ['anchors', `version: 1\nignore:\n${lines(50_000, (index) => `  - &a${index} /x`)}`, ODDITIES],
  ['aliases', `version: 1\nname: &a x\nignore: [${'*a,'.repeat(MANY / 4)}]`, ODDITIES],
  ['directives', '%a\n'.repeat(MANY / 4), ODDITIES],
  ['question marks', '?\n'.repeat(MANY / 4), ODDITIES],
  [
    'a billion laughs',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join()}]`).join('\n')}`,
    /^p:1:1: aliases stand for more than 100 copies$/,
  ],
  [
    'forty thousand unknown keys',
    `version: 1\n${lines(40_000, (index) => `k${index}: 1`)}`,
    /^p:2:1: unknown key 'k0'/,
  ],
  [
    'the same key again and again',
    'name: x\n'.repeat(40_000),
    /^p:2:1: the key 'name' stands here twice, first in line 1/,
  ],
  ['rules of a wrong form', `version: 1\nrules:\n${lines(20_000, () => '  - paths: 1')}`, /^p:3:12: 'paths' must be/],
];

const PATTERNS: readonly (readonly [what: string, text: string, error: RegExp])[] = [
  ['deep braces', `${'{a,'.repeat(15_000)}${'}'.repeat(15_000)}`, /more than 256 \{ and \[ in one pattern/],
  ['deep braces of one choice', `${'{'.repeat(20_000)}${'}'.repeat(20_000)}`, /more than 256 \{ and \[ in one pattern/],
  ['braces that multiply', '{a,b}'.repeat(40), /stand for more than 1000 patterns/],
  ['long braces that multiply', `${'x'.repeat(60_000)}${'{a,b}'.repeat(9)}`, /stand for too much text/],
  ['open braces', '{'.repeat(60_000), /more than 256 \{ and \[ in one pattern/],
  ['open brackets', '['.repeat(60_000), /more than 256 \{ and \[ in one pattern/],
  ['a megabyte', 'x'.repeat(MANY), /has at most 65536 bytes/],
  ['backslashes', `${'\\'.repeat(MANY)}x`, /has at most 65536 bytes/],
];

const EXPRESSIONS: readonly (readonly [what: string, text: string])[] = [
  ['quantifiers within quantifiers', '(a{1000}){1000}'],
  ['quantifiers of nothing', '((((){65535}){65535}){65535})(a{60000})'],
  ['half a megabyte of parentheses', `${'('.repeat(MANY / 4)}${')'.repeat(MANY / 4)}`],
  ['many choices', `(${'a|'.repeat(MANY / 4)})`],
  ['many classes', '[a-z]'.repeat(50_000)],
  ['choices within quantifiers', '((a|b|c){200}){200}'],
];

describe('a policy that holds', () => {
  test.each(YAML)('%s is refused with file, line and column', (_what, text, error) => {
    const thrown = errorOf(() => compilePolicy([{ name: 'p', text }]));
    expect(thrown.code).toBe('policy');
    expect(thrown.message.split('\n')[0]).toMatch(error);
  });

  test.each(PATTERNS)('a pattern with %s is refused at its place, in a line that can be read', (_what, text, error) => {
    for (const keys of [`paths: ['/${text}']`, `paths: [/etc], exclude: ['/${text}']`]) {
      const { code, message } = errorOf(() => compilePolicy([{ name: 'p', text: rule(keys) }]));
      expect(code).toBe('policy');
      expect(message).toMatch(/^p:2:\d+: '/);
      expect(message).toMatch(error);
      expect(message.length).toBeLessThan(500);
    }
  });

  test.each(EXPRESSIONS)('an expression with %s is refused at its place', (_what, text) => {
    for (const keys of [`match: ['/${text}']`, `paths: [/etc], require: { content: { matches: '${text}' } }`]) {
      const { code, message } = errorOf(() => compilePolicy([{ name: 'p', text: rule(keys) }]));
      expect(code).toBe('policy');
      expect(message).toMatch(/^p:2:\d+: '/);
      expect(message.length).toBeLessThan(500);
    }
  });

  test('many patterns that are each allowed, and too much together, is refused at the first that is too much', () => {
    const tooMuch = /^p:2:\d+: the patterns up to here are too many, or too large, for one policy$/;
    for (const keys of [
      `paths: [${"'/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}',".repeat(1000)}]`,
      `paths: [${`'/${'x'.repeat(4000)}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}',`.repeat(500)}]`,
      `match: [${"'/a{19000}',".repeat(2000)}]`,
    ]) {
      expect(errorOf(() => compilePolicy([{ name: 'p', text: rule(keys) }])).message).toMatch(tooMuch);
    }
    const expecting = "  - { paths: [/etc], require: { content: { matches: 'a{19000}' } } }";
    const text = `version: 1\nrules:\n${lines(5000, () => expecting)}\n`;
    expect(errorOf(() => compilePolicy([{ name: 'p', text }])).message).toMatch(/the patterns up to here are too many/);
  });

  test('files of which each is allowed, and too long together, is refused where they are included', () => {
    const long = (name: string): { name: string; text: string } => ({
      name,
      text: `${'#'.repeat(1_500_000)}\nversion: 1\nrules: [{ paths: [/${name}] }]\n`,
    });
    const main = { name: 'p', text: 'version: 1\ninclude: [a, b, c]\n' };
    const error = errorOf(() => compilePolicy([main, long('a'), long('b'), long('c')]));
    expect(error.message).toBe('p:2:17: the policy with all that it includes is longer than 4 MiB');
    expect(
      compilePolicy(
        [main, long('a'), long('b'), { ...long('a'), name: 'c' }]
          .slice(0, 3)
          .concat({ name: 'c', text: 'version: 1\n' }),
      ).policy.rules,
    ).toHaveLength(2);
  });

  test('as much as a large site writes is read', () => {
    const rules = lines(
      8000,
      (index) => `  - { name: r${index}, severity: high, paths: ['/srv/${index}/{a,b}'], watch: config }`,
    );
    const text = `version: 1\nrules:\n${rules}\n  - paths:\n${lines(20_000, (index) => `      - /opt/${index}`)}\n`;
    expect(compilePolicy([{ name: 'p', text }]).policy.rules).toHaveLength(8001);
    const nested = 'version: 1\nrules:\n- paths:\n  - "/{a{b{c{d,e},f},g},h}"\n  watch: [config]\n';
    expect(compilePolicy([{ name: 'p', text: nested }]).policy.rules).toHaveLength(1);
  });
});

describe('an imported configuration that holds', () => {
  const doubling = (define: (name: number, value: string) => string, use: (name: number) => string): string =>
    lines(60, (index) => define(index, index === 0 ? 'xx' : use(index - 1).repeat(2)));

  test.each([
    [
      'variables that double',
      doubling(
        (name, value) => `@@define V${name} ${value}`,
        (name) => `@@{V${name}}`,
      ),
      /is too long/,
    ],
    ['a variable of itself', `${'@@define A x@@{A}@@{A}\n'.repeat(100)}/@@{A} p\n`, /is too long/],
    ['a line of many variables', `@@define A ${'x'.repeat(60_000)}\n/${'@@{A}'.repeat(100_000)} p\n`, /is too long/],
    ['conditions in conditions', '@@ifdef A\n'.repeat(200_000), /nest more than 64 deep/],
    ['many times not', `@@if ${'not '.repeat(200_000)}defined A\n@@endif\n`, /more than 64 times 'not'/],
    ['itself', '@@include /aide.conf\n', /more than 16 deep/],
    ['itself twice', '@@include /aide.conf\n@@include /aide.conf\n', /more than 16 deep/],
    ['many rules', '/a p\n'.repeat(60_000), /more than 50000 rules/],
  ])('of AIDE %s is refused with its line', (_what, text, error) => {
    const thrown = errorOf(() => importAide(text));
    expect(thrown.message).toMatch(error);
    expect(thrown.message).toMatch(/\.conf:\d+: /);
    expect(thrown.message.length).toBeLessThan(1000);
  });

  test('of AIDE files that include one another in pairs is refused', () => {
    const others = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [`/${index}`, `@@include /${index + 1}\n`.repeat(2)]),
    );
    expect(() => importAide('@@include /0\n', '0.19', { ...others, '/16': '' })).toThrow(UserError);
  });

  test.each([
    ['blocks in blocks', '(severity=1) {\n'.repeat(10_000), /nest more than 64 deep/],
    ['conditions in conditions', '@@ifhost a\n'.repeat(100_000), /nest more than 64 deep/],
    [
      'variables that double',
      doubling(
        (name, value) => `V${name}="${value}";`,
        (name) => `$(V${name})`,
      ),
      /too long/,
    ],
    [
      'a text of many variables',
      `A="${'x'.repeat(60_000)}";\n"/${'$(A)'.repeat(100_000)}" -> $(ReadOnly);\n`,
      /too long/,
    ],
    ['a name of many parts', `A="${'x'.repeat(60_000)}";\n/a${'|$(A)'.repeat(20_000)} -> $(ReadOnly);\n`, /too long/],
    ['many words', 'a '.repeat(300_000), /more than 200000 words/],
    ['a quote without end', `"${'\\a'.repeat(MANY)}`, /the quote that ends this string is missing/],
  ])('of Tripwire %s is refused with its line', (_what, text, error) => {
    const thrown = errorOf(() => importTripwire(text));
    expect(thrown.message).toMatch(error);
    expect(thrown.message).toMatch(/:\d+: /);
    expect(thrown.message.length).toBeLessThan(1000);
  });

  test('of Tripwire many rules on one line is read', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `/srv/${index} -> $(ReadOnly);`).join(' ');
    expect(importTripwire(`${text}\n`).policy.rules.length).toBeGreaterThan(0);
  });
});
