import { expect, test } from 'vitest';
import type { Facts, Tree } from '../../support/compared-trees.ts';
import { compareTrees, lines, READ_ONLY, rule } from '../../support/compared-trees.ts';

const DIRECTORY: Facts = { type: 'directory', mode: 0o755 };

function check(before: Tree, now: Tree): readonly string[] {
  return lines(compareTrees(before, now));
}

test('a renamed file moved', () => {
  expect(check({ '/a': { content: 'x', inode: 5 } }, { '/b/c': { content: 'x', inode: 5, ctime: 7 } })).toEqual([
    '/b/c: moved from /a [ctime]',
  ]);
});

test('a moved file with other rights says so', () => {
  const moved = { content: 'x', inode: 5, mode: 0o4755 };
  expect(check({ '/a': { content: 'x', inode: 5 } }, { '/b': moved })).toEqual([
    '/b: moved from /a [mode] setuid-added executable-appeared',
  ]);
});

test('a file that only has the inode number of a removed one did not move', () => {
  expect(check({ '/a': { content: 'x', inode: 5 } }, { '/b': { content: 'y', inode: 5 } })).toEqual([
    '/a: removed',
    '/b: added',
  ]);
});

test('an empty file with the inode number of a removed one moved only when its time says so too', () => {
  const before = { '/a': { content: '', inode: 5 } };
  expect(check(before, { '/b': { content: '', inode: 5, mtime: 9 } })).toEqual(['/a: removed', '/b: added']);
  expect(check(before, { '/b': { content: '', inode: 5 } })).toEqual(['/b: moved from /a []']);
});

test('the same content in one removed and one added file is a move, also to another file system', () => {
  expect(check({ '/a': { content: 'x', inode: 5 } }, { '/b': { content: 'x', inode: 6 } })).toEqual([
    '/b: moved from /a [inode]',
  ]);
});

test('content that several files had or have proves no move', () => {
  const before = { '/a': { content: 'x', inode: 5 } };
  const now = { '/b': { content: 'x', inode: 6 }, '/c': { content: 'x', inode: 7 } };
  expect(check(before, now)).toEqual(['/a: removed', '/b: added', '/c: added']);
});

test('a CRC proves no move', () => {
  const file = { content: 'x', digests: ['crc32', 'md5'] } as const;
  expect(check({ '/a': { ...file, inode: 5 } }, { '/b': { ...file, inode: 6 } })).toEqual(['/a: removed', '/b: added']);
});

test('a digest with known collisions does not prove that a new file with an old inode number is the old one', () => {
  const file = { content: 'x', inode: 5, digests: ['md5'] } as const;
  expect(check({ '/a': file }, { '/b': { ...file, mtime: 9 } })).toEqual(['/a: removed', '/b: added']);
  expect(check({ '/a': file }, { '/b': file })).toEqual(['/b: moved from /a []']);
});

test('a renamed directory moved, and what is in it followed', () => {
  const before = {
    '/': DIRECTORY,
    '/d': { ...DIRECTORY, inode: 2 },
    '/d/s': { ...DIRECTORY, inode: 3 },
    '/d/s/f': { content: 'x', inode: 4 },
    '/d/g': { content: 'y', inode: 5 },
  };
  const now = {
    '/': { ...DIRECTORY, mtime: 2 },
    '/e': { ...DIRECTORY, inode: 2, ctime: 3 },
    '/e/s': { ...DIRECTORY, inode: 3 },
    '/e/s/f': { content: 'x', inode: 4 },
    '/e/g': { content: 'y', inode: 5, mode: 0o600 },
  };
  expect(check(before, now)).toEqual([
    '/: changed [mtime] (consequence)',
    '/e/g: moved from /d/g [mode]',
    '/e/s/f: moved from /d/s/f [] (consequence)',
    '/e/s: moved from /d/s [] (consequence)',
    '/e: moved from /d [ctime]',
  ]);
});

test('a new directory that got the inode number of a removed one did not move', () => {
  const before = { '/d': { ...DIRECTORY, inode: 2 } };
  expect(check(before, { '/e': { ...DIRECTORY, inode: 2, mtime: 99 } })).toEqual(['/d: removed', '/e: added']);
});

test('a renamed symbolic link moved when it leads where it led', () => {
  const link = (target: string, inode = 9): Facts => ({
    type: 'symlink',
    size: 1,
    inode,
    values: { target: Buffer.from(target) },
  });
  expect(check({ '/a': link('x') }, { '/b': link('x') })).toEqual(['/b: moved from /a []']);
  expect(check({ '/a': link('x') }, { '/b': link('y') })).toEqual(['/a: removed', '/b: added']);
});

test('an object that moved between rules is judged by the stricter one and loses nothing', () => {
  const rules = [rule(READ_ONLY, { severity: 'critical' }), rule({ ...READ_ONLY, digests: [] }, { name: 'lax' })];
  const result = compareTrees(
    { '/a': { facts: { content: 'x', inode: 5, values: { acl: Buffer.from('a') } }, rule: 0 } },
    { '/b': { facts: { content: 'x', inode: 5 }, rule: 1 } },
    { options: { rules } },
  );
  expect(lines(result)).toEqual(['/b: moved from /a []']);
  expect(result.findings[0]?.severity).toBe('critical');
  expect(result.failures).toEqual([]);
});
