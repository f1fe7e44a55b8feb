import { expect, test } from 'vitest';
import {
  ATTRIBUTE_NAMES,
  ATTRIBUTES,
  DIGEST_NAMES,
  DIGESTS_BY_STRENGTH,
  isStrong,
} from '../../../src/model/attributes.ts';
import { FIXED_LENGTH, fixedOffset, OPTIONAL_FIELDS, VARIABLE_FIELDS } from '../../../src/model/record.ts';

/** What lies in baselines that are out there: rows may be added to it, and none may change. */
const RELEASED_BITS = {
  rdev: 1,
  btime: 2,
  atime: 3,
  crc32: 4,
  cksum: 5,
  md5: 6,
  sha1: 7,
  sha256: 8,
  sha384: 9,
  sha512: 10,
  'sha3-256': 11,
  'sha3-512': 12,
  blake2b512: 13,
  haval: 14,
  xxh64: 15,
  target: 16,
  acl: 18,
  xattrs: 20,
  selinux: 22,
  caps: 24,
};
const RELEASED_OFFSETS = {
  type: 4,
  mode: 4,
  uid: 6,
  gid: 10,
  nlink: 14,
  size: 18,
  blocks: 26,
  inode: 34,
  dev: 42,
  mtime: 50,
  ctime: 62,
  flags: 74,
};

test('attributes lie in a record where every released version put them', () => {
  const bits = Object.fromEntries([...OPTIONAL_FIELDS, ...VARIABLE_FIELDS].map(({ name, bit }) => [name, bit]));
  expect(bits).toEqual(RELEASED_BITS);
  const fixed = ATTRIBUTE_NAMES.filter((name) => ATTRIBUTES[name].storage === 'fixed');
  expect(Object.fromEntries(fixed.map((name) => [name, fixedOffset(name)]))).toEqual(RELEASED_OFFSETS);
  expect(FIXED_LENGTH).toBe(78);
});

test('no two attributes share a field bit, and every one that needs a bit has one', () => {
  const bits = ATTRIBUTE_NAMES.flatMap((name) => {
    const { storage, bit } = ATTRIBUTES[name];
    if (storage === 'fixed') return [];
    if (bit === undefined) expect.fail(`${name} has no field bit`);
    return storage === 'optional' ? [bit] : [bit, bit + 1];
  });
  expect(new Set(bits).size).toBe(bits.length);
  for (const bit of bits) expect(bit).toSatisfy((one: number) => one >= 1 && one <= 31);
});

test('only digests without known collisions prove content', () => {
  expect(DIGEST_NAMES.filter((name) => !isStrong(name)).sort()).toEqual(
    ['cksum', 'crc32', 'haval', 'md5', 'sha1', 'xxh64'].sort(),
  );
  expect(DIGESTS_BY_STRENGTH[0]).toBe('sha256');
  expect(DIGESTS_BY_STRENGTH.slice(-6)).toEqual(['sha1', 'md5', 'haval', 'xxh64', 'crc32', 'cksum']);
});
