import { expect, test } from 'vitest';
import { compareRecords, compileWatch, isUnchanged } from '../../../src/check/compare.ts';
import { ATTRIBUTE_NAMES } from '../../../src/model/attributes.ts';
import { APPEND_ONLY, type Facts, GROWING, READ_ONLY, record } from '../../support/compared-trees.ts';

const BASE: Facts = { content: 'hello', values: { acl: Buffer.from('acl'), xattrs: Buffer.alloc(0) } };
const VARIANTS: readonly (readonly [string, Facts])[] = [
  ['mode', { ...BASE, mode: 0o600 }],
  ['uid', { ...BASE, uid: 1 }],
  ['gid', { ...BASE, gid: 1 }],
  ['nlink', { ...BASE, nlink: 2 }],
  ['size', { ...BASE, size: 6 }],
  ['inode', { ...BASE, inode: 2 ** 40 }],
  ['mtime', { ...BASE, mtime: 1001 }],
  ['ctime', { ...BASE, ctime: 1001 }],
  ['flags', { ...BASE, flags: 0x10 }],
  ['acl', { ...BASE, values: { ...BASE.values, acl: Buffer.from('acm') } }],
  ['xattrs', { ...BASE, values: { ...BASE.values, xattrs: Buffer.from('x') } }],
];

test.each(VARIANTS)('a difference in %s is found by the quick comparison and by the thorough one', (name, facts) => {
  const watch = compileWatch(READ_ONLY);
  expect(isUnchanged(record(BASE), record(facts), watch)).toBe(false);
  expect(compareRecords(record(BASE), record(facts), READ_ONLY).differences).toEqual([name]);
});

test.each(VARIANTS)('a difference in %s is nobody’s business when only the type is watched', (_, facts) => {
  const existence = { ...READ_ONLY, attributes: ['type'] as const, digests: [] };
  expect(compareRecords(record(BASE), record(facts), existence).differences).toEqual([]);
});

test('a fixed attribute that is not watched does not spoil the quick comparison', () => {
  const watch = compileWatch({ ...READ_ONLY, attributes: ['type', 'mode', 'size', 'mtime'] });
  expect(isUnchanged(record(BASE), record({ ...BASE, uid: 5, inode: 9, ctime: 7 }), watch)).toBe(true);
});

test('the quick comparison never calls something unchanged that the thorough one finds changed', () => {
  for (const attribute of ATTRIBUTE_NAMES) {
    const watch = { ...READ_ONLY, attributes: [attribute], digests: [] };
    for (const [, facts] of VARIANTS) {
      const { differences } = compareRecords(record(BASE), record(facts), watch);
      if (isUnchanged(record(BASE), record(facts), compileWatch(watch))) expect(differences).toEqual([]);
    }
  }
});

test('the type is compared whatever is watched', () => {
  const watch = { ...READ_ONLY, attributes: ['uid'] as const, digests: [] };
  const [before, after] = [record({ type: 'file' }), record({ type: 'fifo' })];
  expect(isUnchanged(before, after, compileWatch(watch))).toBe(false);
  expect(compareRecords(before, after, watch).differences).toEqual(['type']);
});

test('a log may grow and must not shrink', () => {
  const log = record({ size: 100 });
  expect(compareRecords(log, record({ size: 200 }), GROWING).growth).toBe('allowed');
  expect(compareRecords(log, record({ size: 99 }), GROWING).growth).toBe('truncated');
  expect(isUnchanged(log, record({ size: 99 }), compileWatch(GROWING))).toBe(false);
});

test('an append-only file that grew must be read again, one of the same size is judged by its digests', () => {
  const log = record({ content: 'one\n' });
  expect(compareRecords(log, record({ content: 'one\ntwo\n' }), APPEND_ONLY).growth).toBe('unverified');
  expect(compareRecords(log, record({ content: 'eno\n' }), APPEND_ONLY).growth).toBe('rewritten');
  expect(compareRecords(log, record({ content: 'one\n' }), APPEND_ONLY).growth).toBe('allowed');
  expect(compareRecords(record({ content: '' }), log, APPEND_ONLY).growth).toBe('allowed');
});

test('digests that an append-only rule needs are lost when they cannot be computed now', () => {
  const { lost } = compareRecords(record({ content: 'a' }), record({ content: 'a', digests: [] }), APPEND_ONLY);
  expect(lost).toEqual(['crc32', 'sha256']);
});

test('an ordinary directory may shrink under a growing rule', () => {
  const [before, after] = [record({ type: 'directory', size: 9000 }), record({ type: 'directory', size: 4096 })];
  expect(compareRecords(before, after, GROWING).growth).toBe('allowed');
});
