import { describe, expect, test } from 'vitest';
import { ATTRIBUTE_NAMES, DIGEST_NAMES } from '../../../src/model/attributes.ts';
import type { Watch } from '../../../src/model/rule.ts';
import { describeTemplates } from '../../../src/policy/templates.ts';
import { compile } from '../../support/compiled-policies.ts';
import { errorOf } from '../../support/errors.ts';

function watchOf(watch: string, extra = ''): Watch {
  const [rule] = compile(`version: 1\n${extra}rules:\n  - paths: [/x]\n    watch: ${watch}\n`).rules;
  if (rule === undefined) throw new Error('no rule');
  return rule.watch;
}

describe('watch arithmetic', () => {
  test('read-only is everything that must not change, with the digests of the policy', () => {
    expect(watchOf('read-only').digests).toEqual(['crc32', 'md5', 'sha256']);
    expect(watchOf('read-only', 'digests: [sha512]\n').digests).toEqual(['sha512']);
    expect(watchOf('read-only').attributes).toContain('ctime');
    expect(watchOf('read-only').attributes).not.toContain('atime');
  });

  test('config leaves out what a replaced file of equal content changes', () => {
    const left = watchOf('read-only').attributes.filter((name) => !watchOf('config').attributes.includes(name));
    expect(left).toEqual(['blocks', 'inode', 'ctime']);
  });

  test('terms are taken from left to right', () => {
    expect(watchOf('[size, -size, +size]').attributes).toEqual(['type', 'size']);
    expect(watchOf('[mode, size, -size]').attributes).toEqual(['type', 'mode']);
    expect(watchOf("[read-only, '+sha512']").digests).toEqual(['crc32', 'md5', 'sha256', 'sha512']);
    expect(watchOf('[read-only, -digests, sha1]').digests).toEqual(['sha1']);
  });

  test('subtracting a template subtracts all of it', () => {
    expect(watchOf('[read-only, -dynamic]').attributes).toEqual(
      watchOf('read-only').attributes.filter(
        (name) => name === 'type' || !watchOf('dynamic').attributes.includes(name),
      ),
    );
    expect(watchOf('[append-only, -growing, mode]')).toMatchObject({ growing: false, appendOnly: false, digests: [] });
  });

  test('growing and append-only carry their promise beside the attributes', () => {
    expect(watchOf('growing')).toEqual({ ...watchOf('dynamic'), growing: true });
    expect(watchOf('append-only')).toEqual({
      ...watchOf('dynamic'),
      growing: true,
      appendOnly: true,
      digests: ['crc32', 'md5', 'sha256'],
    });
  });

  test('existence is the type alone, all is everything', () => {
    expect(watchOf('existence').attributes).toEqual(['type']);
    const others = DIGEST_NAMES.filter((name) => !['crc32', 'md5', 'sha256'].includes(name));
    expect(watchOf('all').attributes).toEqual(ATTRIBUTE_NAMES.filter((name) => !(others as string[]).includes(name)));
  });

  test('the order of writing does not show in the result', () => {
    expect(watchOf('[size, mode]')).toEqual(watchOf('[mode, size]'));
  });
});

describe('templates of a policy', () => {
  test('build on predefined and on earlier ones', () => {
    const watch = watchOf('strict', "templates:\n  base: [read-only, -ctime]\n  strict: [base, '+sha512']\n");
    expect(watch.attributes).not.toContain('ctime');
    expect(watch.digests).toContain('sha512');
  });

  test('may redefine a predefined one, which inside still means what it meant', () => {
    const watch = watchOf('config', "templates:\n  config: [config, '+sha512']\n");
    expect(watch.digests).toContain('sha512');
    expect(watch.attributes).not.toContain('inode');
  });

  const failure = (templates: string): string =>
    errorOf(() => watchOf('read-only', `templates:\n${templates}`)).message;

  test.each([
    ['  a: [b]\n  b: [a]\n', "p.yaml:3:7: 'b' is defined here or below: templates build on earlier ones"],
    ['  a: [mode, +a]\n', "p.yaml:3:13: '+a' is defined here or below: templates build on earlier ones"],
    ['  mode: [size]\n', "p.yaml:3:3: 'mode' is the name of an attribute and cannot be a template"],
    [
      '  1x: [size]\n',
      "p.yaml:3:3: the name of a template begins with a letter and holds letters, digits, - and _, not '1x'",
    ],
  ])('%j is refused', (templates, expected) => {
    expect(failure(templates)).toBe(expected);
  });
});

test('the list of templates says what each one expands to', () => {
  const described = describeTemplates();
  expect(described.map(({ name }) => name)).toEqual([
    'read-only',
    'config',
    'dynamic',
    'growing',
    'append-only',
    'device',
    'existence',
    'all',
  ]);
  for (const { name, attributes, neverShrinks, prefixDigests } of described) {
    expect(attributes).toEqual(watchOf(name).attributes);
    expect(neverShrinks).toBe(watchOf(name).growing);
    expect(prefixDigests.length > 0).toBe(watchOf(name).appendOnly);
  }
});
