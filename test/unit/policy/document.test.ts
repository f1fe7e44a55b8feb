import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../../../src/policy/load.ts';
import { policyJsonSchema } from '../../../src/policy/schema.ts';
import { compile, readerOf } from '../../support/compiled-policies.ts';
import { errorOf } from '../../support/errors.ts';

const RULE_KEYS =
  'name, severity, why, fix, paths, match, exclude, watch, depth, types, mounts, new, gone, require, diff, notify';
const TOP_KEYS = 'version, name, include, digests, templates, ignore, baseline, history, notify, rules';
const VERSION_IS_MAPPING = "p.yaml:1:10: 'version' must be 1, the version of the policy language, but is a mapping";
const policy = (...lines: string[]): string => ['version: 1', 'rules:', ...lines, ''].join('\n');

function failure(text: string): string {
  const error = errorOf(() => compile(text));
  expect(error.code).toBe('policy');
  return error.message;
}

describe('errors of a policy say where they are', () => {
  test.each([
    ['', "p.yaml:1:1: the policy is empty: it begins with 'version: 1'"],
    ['# nothing\n', "p.yaml:1:1: the policy is empty: it begins with 'version: 1'"],
    ['- a\n', "p.yaml:1:1: 'the policy' must be a mapping that begins with 'version: 1', but is a list"],
    [
      'rules:\n  - paths: [/]\n',
      "p.yaml:1:1: the key 'version' is missing: it must be 1, the version of the policy language",
    ],
    ['version: 2\n', "p.yaml:1:10: 'version' must be 1, the version of the policy language, but is 2"],
    ['version: 1\n', 'p.yaml:1:1: the policy has no rules: add rules or an include'],
    [
      policy('  - paths: [/etc]', '    sevrity: high'),
      `p.yaml:4:5: unknown key 'sevrity' (did you mean 'severity'?); allowed: ${RULE_KEYS}`,
    ],
    ['version: 1\nnotfy: {}\n', `p.yaml:2:1: unknown key 'notfy' (did you mean 'notify'?); allowed: ${TOP_KEYS}`],
    [
      policy('  - paths: [/etc]', '    severity: hihg'),
      "p.yaml:4:15: 'severity' must be one of info, low, medium, high, critical (did you mean 'high'?), but is 'hihg'",
    ],
    [policy('  - paths: /etc'), "p.yaml:3:12: 'paths' must be a list of paths, but is '/etc'"],
    // Names that mean something to the language integ is written in.
    [policy('  - paths: {toString: 1}'), "p.yaml:3:12: 'paths' must be a list of paths, but is a mapping"],
    ['version: {toString: 1, valueOf: 2}\n', VERSION_IS_MAPPING],
    [policy('  - paths: []'), "p.yaml:3:12: 'paths' must list at least one of paths, but is a list"],
    [policy('  - paths:'), "p.yaml:3:5: 'paths' must be a list of paths, but is nothing"],
    [policy('  - name: x'), "p.yaml:3:5: a rule selects by 'paths', by 'match' or by both: this one has neither"],
    [policy('  - paths: [/etc]', '    depth: -1'), "p.yaml:4:12: 'depth' must not be negative, but is -1"],
    [policy('  - paths: [etc]'), "p.yaml:3:13: 'etc': a pattern must be absolute, with '/' at the start"],
    [
      policy('  - paths: [/etc]', "    exclude: ['*.pyc']"),
      "p.yaml:4:15: '*.pyc': a pattern must begin with '/' or '**/'",
    ],
    [
      policy('  - paths: [/etc]', '    watch: [read-only, -ctim]'),
      /^p\.yaml:4:24: unknown template or attribute 'ctim' \(did you mean 'ctime'\?\); known: read-only, config, /,
    ],
    [
      policy('  - paths: [/etc]', '    watch: readonly'),
      /^p\.yaml:4:12: unknown template or attribute 'readonly' \(did you mean 'read-only'\?\)/,
    ],
    [
      policy('  - paths: [/etc]', '    watch: [read-only, -read-only]'),
      'p.yaml:4:24: nothing is left to watch: use existence to watch the type alone',
    ],
    [policy('  - paths: [/etc]', '    watch: [read-only, -type]'), 'p.yaml:4:24: the type is always watched'],
    [
      policy('  - paths: [/etc]', '    paths: [/usr]'),
      "p.yaml:4:5: the key 'paths' stands here twice, first in line 3",
    ],
    ['version: 1\nrules:\n\t- paths: [/etc]\n', /^p\.yaml:3:\d+: tabs are not allowed as indentation/],
    ['version: 1\nrules: [\n', /^p\.yaml:\d+:\d+: /],
    ['version: 1\nname: !secret x\nrules: [{paths: [/]}]\n', 'p.yaml:2:7: unresolved tag: !secret'],
    ['version: 1\n---\nversion: 1\n', /^p\.yaml:2:1: /],
    ['version: 1\nrules: [{paths: [*x]}]\n', 'p.yaml:2:18: *x without quotes is an alias to YAML'],
    [`version: 1\nrules: ${'['.repeat(20000)}\n`, /^p\.yaml:1:1: |^p\.yaml:\d+:\d+: /],
    [
      policy('  - paths: [/a]', '    require: { exists: false, owner: root }'),
      'p.yaml:4:24: what must not exist cannot also have: owner',
    ],
    [policy('  - paths: [/a]', '    require: {}'), 'p.yaml:4:14: require expects nothing: write exists: true'],
    [
      policy('  - paths: [/a]', '    require: { flags: [imutable] }'),
      /^p\.yaml:4:24: 'flags' must be one of .*\(did you mean 'immutable'\?\)/,
    ],
  ])('%j', (text, expected) => {
    if (typeof expected === 'string') expect(failure(text)).toBe(expected);
    else expect(failure(text)).toMatch(expected);
  });

  test('a mode without quotes is a number to YAML, and the hint says what to write', () => {
    const error = errorOf(() => compile(policy('  - paths: [/tmp]', '    require: { mode: 0644 }')));
    expect(error.message).toMatch(
      /^p\.yaml:4:22: 'mode' must be a quoted octal number such as '0644', or \{ max: '0755' \}, but is 644$/,
    );
    expect(error.hint).toBe("YAML reads 0644 as the number 644: write mode: '0644'");
  });

  test('quotes are not advised where they would not help', () => {
    const error = errorOf(() => compile(policy('  - paths: [/tmp]', '    depth: -1')));
    expect(error.message).toBe("p.yaml:4:12: 'depth' must not be negative, but is -1");
    expect(error.hint).toBeUndefined();
  });

  test('several mistakes are reported together, a hundred at most', () => {
    const lines = failure(policy('  - paths: [etc]', '    sevrity: high', '    depth: x')).split('\n');
    expect(lines).toHaveLength(3);
    const many = Array.from({ length: 104 }, () => '  - paths: [etc]');
    expect(
      failure(policy(...many))
        .split('\n')
        .at(-1),
    ).toBe('and 4 more problems');
    expect(failure(policy(...many)).split('\n')).toHaveLength(101);
  });

  test('aliases may be used but not to blow a policy up', () => {
    expect(compile('version: 1\nrules:\n  - paths: &p [/etc]\n  - paths: *p\n').rules).toHaveLength(2);
    const levels = [...'bcdefghi'].map((name, index) => {
      const before = `*${'abcdefgh'[index]}`;
      return `  ${name}: &${name} [${Array(9).fill(before).join(', ')}]`;
    });
    const bomb = ['version: 1', 'templates:', '  a: &a [mode, uid]', ...levels, ''].join('\n');
    expect(failure(bomb)).toBe('p.yaml:1:1: aliases stand for more than 100 copies');
  });

  test('bytes that are not UTF-8 are found', () => {
    const bytes = Buffer.from('version: 1\nname: \xe9t\xe9\n', 'latin1');
    const error = errorOf(() => loadPolicy('p.yaml', readerOf({ 'p.yaml': bytes })));
    expect(error.message).toBe('p.yaml:2:7: this byte is not UTF-8');
  });

  test('a byte order mark at the start does no harm', () => {
    expect(compile(`\ufeff${policy('  - paths: [/etc]')}`).rules).toHaveLength(1);
  });

  test('control characters of a policy do not reach the terminal', () => {
    expect(failure('version: 1\n"\\e[31mred": 1\n')).toContain("unknown key '\\x1b[31mred'");
  });
});

describe('the JSON Schema', () => {
  test('describes every key and allows no others', () => {
    const schema = policyJsonSchema();
    const properties = Object.entries(schema['properties'] as Record<string, Record<string, unknown>>);
    expect(properties.map(([key]) => key).join(', ')).toBe(TOP_KEYS);
    for (const [, property] of properties) expect(property['description']).toBeTypeOf('string');
    expect(schema['additionalProperties']).toBe(false);
  });
});
