import { expect, test } from 'vitest';
import { compareTrees, lines } from '../../support/compared-trees.ts';

const DIRECTORY = { type: 'directory', mode: 0o755 } as const;
const FILE = { content: 'x', inode: 5 };

test('a directory changed by a new name in it is a consequence', () => {
  const result = compareTrees({ '/d': DIRECTORY }, { '/d': { ...DIRECTORY, mtime: 2, size: 8 }, '/d/f': FILE });
  expect(lines(result)).toEqual(['/d/f: added', '/d: changed [size mtime] (consequence)']);
});

test('the same differences without a reported child are a change', () => {
  expect(lines(compareTrees({ '/d': DIRECTORY }, { '/d': { ...DIRECTORY, mtime: 2 } }))).toEqual([
    '/d: changed [mtime]',
  ]);
});

test('a directory with another mode is never a consequence', () => {
  const result = compareTrees({ '/d': DIRECTORY }, { '/d': { ...DIRECTORY, mtime: 2, mode: 0o700 }, '/d/f': FILE });
  expect(lines(result)).toContain('/d: changed [mode mtime]');
});

test('a directory that a file moved out of is a consequence, as is the one it moved into', () => {
  const result = compareTrees(
    { '/a': DIRECTORY, '/a/f': FILE, '/b': DIRECTORY },
    { '/a': { ...DIRECTORY, mtime: 2 }, '/b': { ...DIRECTORY, mtime: 2 }, '/b/f': FILE },
  );
  expect(lines(result)).toEqual([
    '/a: changed [mtime] (consequence)',
    '/b/f: moved from /a/f []',
    '/b: changed [mtime] (consequence)',
  ]);
});

test('a directory does not follow from a directory that itself only follows', () => {
  const result = compareTrees(
    { '/a': DIRECTORY, '/a/b': DIRECTORY },
    { '/a': { ...DIRECTORY, mtime: 2 }, '/a/b': { ...DIRECTORY, mtime: 2 }, '/a/b/f': FILE },
  );
  expect(lines(result)).toEqual(['/a/b/f: added', '/a/b: changed [mtime] (consequence)', '/a: changed [mtime]']);
});
