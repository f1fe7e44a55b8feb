import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../src/model/rule.ts';
import { compareTrees, type Facts, lines, READ_ONLY, rule, type Tree } from '../../support/compared-trees.ts';

const DIRECTORY = { type: 'directory', mode: 0o755 } as const;
const at = (path: string, more: Partial<Rule> = {}): Rule =>
  rule(READ_ONLY, {
    name: 'archive',
    paths: [{ text: path, literal: path }],
    letsBe: { new: true, gone: true },
    ...more,
  });

/** Everything below /a is of the first rule, the rest of one that tells all. */
function found(before: Tree, now: Tree, archive: Rule = at('/a')): readonly string[] {
  const others = rule(READ_ONLY, { index: 1, name: 'others' });
  const placed = (tree: Tree): Tree =>
    Object.fromEntries(
      Object.entries(tree).map(([path, facts]) => [
        path,
        { facts: facts as Facts, rule: path === '/a' || path.startsWith('/a/') ? 0 : 1 },
      ]),
    );
  return lines(compareTrees(placed(before), placed(now), { options: { rules: [archive, others] } }));
}

const A = { '/a': DIRECTORY };
const LATER = { ...DIRECTORY, mtime: 9, ctime: 9, size: 99 };

describe('below a rule that lets be what comes and goes', () => {
  test('that something came or went is no finding, nor are the times of its directory', () => {
    const before = { ...A, '/a/old': { content: 'x' }, '/a/d': DIRECTORY, '/a/d/f': { content: 'y', inode: 4 } };
    expect(found(before, { '/a': LATER, '/a/new': { content: 'z', inode: 8 } })).toEqual([]);
    expect(found(before, { ...before, '/a': LATER })).toEqual([]);
  });

  test('what is there may not change', () => {
    const before = { ...A, '/a/old': { content: 'x' } };
    expect(found(before, { ...A, '/a/old': { content: 'y' } })).toHaveLength(1);
    expect(found(before, { ...before, '/a': { ...LATER, mode: 0o777 } })).toHaveLength(1);
  });

  test.each<[string, Facts]>([
    ['setuid', { content: 'x', mode: 0o4755 }],
    ['executable', { content: 'x', mode: 0o755 }],
    ['writable for everybody', { content: 'x', mode: 0o666 }],
    ['a device', { type: 'block', mode: 0o600 }],
  ])('what is new and %s is told', (_, facts) => {
    expect(found(A, { '/a': LATER, '/a/trojan': facts })).toEqual([expect.stringContaining('/a/trojan: added')]);
  });

  test('the path of the rule itself is not below it', () => {
    expect(found({ ...A, '/a/f': { content: 'x' } }, {})).toEqual([expect.stringContaining('/a: removed')]);
    expect(found({}, { ...A, '/a/f': { content: 'x' } })).toEqual([expect.stringContaining('/a: added')]);
    const pattern = at('/a', { paths: [{ text: '/a/*', literal: undefined }] });
    expect(found({ ...A, '/a/f': { content: 'x' } }, A, pattern)).toEqual([expect.stringContaining('/a/f: removed')]);
    const below = at('/a', { paths: [{ text: '/a/**', literal: undefined }] });
    expect(found({ ...A, '/a/f': { content: 'x' } }, A, below)).toEqual([]);
  });

  test('a file may move about, but not with other rights, and not out of it unseen', () => {
    const before = {
      ...A,
      '/a/new': DIRECTORY,
      '/a/cur': { ...DIRECTORY, inode: 3 },
      '/a/new/m': { content: 'x', inode: 7 },
    };
    const rest = { ...A, '/a/new': LATER, '/a/cur': { ...LATER, inode: 3 } };
    expect(found(before, { ...rest, '/a/cur/m:2,S': { content: 'x', inode: 7, ctime: 9 } })).toEqual([]);
    expect(found(before, { ...rest, '/a/cur/m': { content: 'x', inode: 7, uid: 5 } })).toEqual([
      expect.stringMatching(/^\/a\/cur\/m: moved from \/a\/new\/m/),
    ]);
    expect(found(before, { ...rest, '/m': { content: 'x', inode: 7 } })).toEqual([
      expect.stringMatching(/^\/m: moved from \/a\/new\/m/),
    ]);
    expect(
      found({ ...A, '/m': { content: 'x', inode: 7 } }, { ...A, '/a/m': { content: 'x', inode: 7 } }),
    ).toHaveLength(1);
  });

  test('only what one of the two keys says is let be', () => {
    const [came, went] = [
      at('/a', { letsBe: { new: true, gone: false } }),
      at('/a', { letsBe: { new: false, gone: true } }),
    ];
    const [without, withIt] = [A, { ...A, '/a/f': { content: 'x' } }];
    expect(found(without, withIt, came)).toEqual([]);
    expect(found(withIt, without, came)).toHaveLength(1);
    expect(found(without, withIt, went)).toHaveLength(1);
    expect(found(withIt, without, went)).toEqual([]);
    const moved = { ...A, '/a/g': { content: 'x', inode: 1 } };
    expect(found({ ...A, '/a/f': { content: 'x', inode: 1 } }, moved, came)).toHaveLength(1);
  });

  test('a directory of another rule does not tell of what came there', () => {
    const archive = at('/a', { paths: [], match: [{ text: '/a/.*', directory: '/' as never }] });
    const others = rule(READ_ONLY, { index: 1, name: 'others' });
    const placed = (facts: Facts, index: number) => ({ facts, rule: index });
    const before = { '/a': placed(DIRECTORY, 1) };
    const now = { '/a': placed(LATER, 1), '/a/f.gz': placed({ content: 'x' }, 0) };
    expect(lines(compareTrees(before, now, { options: { rules: [archive, others] } }))).toEqual([]);
    const stirred = { '/a': placed(LATER, 1) };
    expect(lines(compareTrees(before, stirred, { options: { rules: [archive, others] } }))).toHaveLength(1);
  });
});

test('a note says how much was let be', () => {
  const { notes } = compareTrees(A, { ...A, '/a/f': { content: 'x' } }, { options: { rules: [at('/a')] } });
  expect(notes).toEqual([
    expect.stringMatching(/rule archive lets be what came or went: 1 new, 0 gone; .*--new-and-gone/),
  ]);
});
