import { expect, test } from 'vitest';
import type { PrefixProbe } from '../../../src/check/prefix.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import type { Watch } from '../../../src/model/rule.ts';
import {
  APPEND_ONLY,
  compareTrees,
  digestOf,
  type Facts,
  GROWING,
  lines,
  rule,
  type Tree,
} from '../../support/compared-trees.ts';

/** Reads the contents that the tree says its files have. */
function probeOf(tree: Tree): PrefixProbe {
  return {
    digestPrefix(path, length, algorithms) {
      const content = Buffer.from((tree[path] as Facts).content ?? '').subarray(0, Number(length));
      return Buffer.concat(algorithms.map((name) => digestOf(name as 'crc32' | 'sha256', content)));
    },
  };
}

/** Logs are written to: their time is a later one. */
function later(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([path, facts]) => [path, { mtime: 2000, ...facts }]));
}

function check(before: Tree, now: Tree, watch: Watch = APPEND_ONLY): readonly string[] {
  return lines(compareTrees(before, later(now), { options: { rules: [rule(watch)], prefix: probeOf(now) } }));
}

test('a log that only grew is no finding', () => {
  expect(check({ '/log': { content: 'one\n' } }, { '/log': { content: 'one\ntwo\n', mtime: 9 } })).toEqual([]);
});

test('a log that grew but whose recorded bytes differ was rewritten', () => {
  expect(check({ '/log': { content: 'one\n' } }, { '/log': { content: 'eno\ntwo\n' } })).toEqual([
    '/log: changed [size crc32 sha256] rewritten',
  ]);
});

test('a log that shrank was truncated', () => {
  expect(check({ '/log': { content: 'one\n' } }, { '/log': { content: '' } })).toEqual([
    '/log: changed [size crc32 sha256] truncated',
  ]);
  expect(check({ '/log': { size: 5 } }, { '/log': { size: 4 } }, GROWING)).toEqual(['/log: changed [size] truncated']);
});

test('other rights on a log that grew are a change like any other', () => {
  expect(check({ '/log': { content: 'one\n' } }, { '/log': { content: 'one\ntwo\n', mode: 0o666 } })).toEqual([
    '/log: changed [mode] world-writable-now',
  ]);
});

test('a rotated log has moved, and the fresh one is its consequence', () => {
  const before = { '/log': { content: 'one\n', inode: 10 } };
  const now = { '/log.1': { content: 'one\ntwo\n', inode: 10 }, '/log': { content: '3\n', inode: 11 } };
  expect(check(before, now)).toEqual(['/log.1: moved from /log []', '/log: changed [size inode] (consequence)']);
});

test('a chain of rotated logs moves along, and the oldest is removed', () => {
  const before = {
    '/log': { content: 'cccc', inode: 3 },
    '/log.1': { content: 'bbbb', inode: 2 },
    '/log.2': { content: 'aaaa', inode: 1 },
  };
  const now = {
    '/log': { content: '', inode: 4 },
    '/log.1': { content: 'ccccc', inode: 3 },
    '/log.2': { content: 'bbbb', inode: 2 },
  };
  expect(check(before, now)).toEqual([
    '/log.1: moved from /log []',
    '/log.2: moved from /log.1 []',
    '/log.2: removed',
    '/log: changed [size inode] (consequence)',
  ]);
});

test('a rotated log whose recorded bytes changed is not excused', () => {
  const before = { '/log': { content: 'one\n', inode: 10 } };
  const now = { '/log.1': { content: 'eno\ntwo\n', inode: 10 }, '/log': { content: '3\n', inode: 11 } };
  expect(check(before, now)).toEqual(['/log.1: added', '/log: changed [size crc32 sha256] truncated']);
});

test('a log that is gone and was replaced by an empty one was truncated', () => {
  expect(check({ '/log': { content: 'one\n', inode: 10 } }, { '/log': { content: '', inode: 11 } })).toEqual([
    '/log: changed [size crc32 sha256] truncated',
  ]);
});

test('a rotated log without a new one in its place has moved', () => {
  const before = { '/log': { content: 'one\n', inode: 10 } };
  expect(check(before, { '/log.1': { content: 'one\ntwo\n', inode: 10 } })).toEqual(['/log.1: moved from /log []']);
});

test('growing logs, which have no digests, are recognised by inode within their directory only', () => {
  const before = { '/log/a': { size: 10, inode: 10 } };
  const fresh = { '/log/a': { size: 1, inode: 11 } };
  expect(check(before, { ...fresh, '/log/a.1': { size: 12, inode: 10 } }, GROWING)).toEqual([
    '/log/a.1: moved from /log/a []',
    '/log/a: changed [size inode] (consequence)',
  ]);
  expect(check(before, { ...fresh, '/tmp/x': { size: 12, inode: 10 } }, GROWING)).toEqual([
    '/log/a: changed [size] truncated',
    '/tmp/x: added',
  ]);
});

test('a log whose first bytes cannot be read again makes the run incomplete and is not called rewritten', () => {
  const failure = {
    path: pathFromLatin1('/log'),
    operation: 'open',
    code: 'EIO',
    message: 'input/output error',
  } as const;
  const prefix: PrefixProbe = { digestPrefix: () => failure };
  const result = compareTrees(
    { '/log': { content: 'one\n' } },
    { '/log': { content: 'one\ntwo\n' } },
    { options: { rules: [rule(APPEND_ONLY)], prefix } },
  );
  expect(lines(result)).toEqual([]);
  expect(result.failures).toEqual([failure]);
});

test('between two stored states a log that grew is shown with its digests, for its bytes cannot be read again', () => {
  const result = compareTrees({ '/log': { content: 'one\n' } }, later({ '/log': { content: 'one\ntwo\n' } }), {
    options: { rules: [rule(APPEND_ONLY)] },
  });
  expect(lines(result)).toEqual(['/log: changed [size crc32 sha256]']);
});
