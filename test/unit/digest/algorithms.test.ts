import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDigest, digestInto, loadDigests } from '../../../src/digest/algorithms.ts';
import { FileDigester } from '../../../src/digest/file-digester.ts';
import { Haval } from '../../../src/digest/haval.ts';
import { DIGEST_NAMES, type DigestName, digestLength } from '../../../src/model/attributes.ts';
import { scratchDirectory } from '../../support/scratch.ts';

/** Byte i is i mod 251: the input of the longer published and recorded vectors. */
const PATTERN = Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251);

function hex(name: DigestName, data: Uint8Array): string {
  const digest = createDigest(name);
  digest.update(data);
  return Buffer.from(digest.digest()).toString('hex');
}

function haval(data: Uint8Array, padding: 0x01 | 0x80): string {
  const digest = new Haval(padding);
  digest.update(data);
  return Buffer.from(digest.digest()).toString('hex');
}

beforeAll(() => loadDigests());

describe('digest algorithms', () => {
  const EMPTY = new Uint8Array(0);
  const ABC = Buffer.from('abc');

  // crc32: RFC 1952; sha*: FIPS 180-4 and 202 examples; blake2b512: RFC 7693 appendix A; xxh64: xxhsum; the others:
  // siggen.
  const vectors: readonly [DigestName, Uint8Array, string][] = [
    ['crc32', EMPTY, '00000000'],
    ['crc32', Buffer.from('123456789'), 'cbf43926'],
    ['cksum', EMPTY, 'ffffffff'],
    ['cksum', Buffer.from('a'), '48c279fe'],
    ['cksum', ABC, '48aa78a2'],
    ['cksum', PATTERN, 'c694756b'],
    ['cksum', PATTERN.subarray(0, 118), '03bcd5e6'],
    ['md5', ABC, '900150983cd24fb0d6963f7d28e17f72'],
    ['md5', PATTERN, '8f293a2f6c19b345152f7a49bb4c643c'],
    ['sha1', EMPTY, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['sha1', ABC, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha1', PATTERN, 'c2fc4cb20f1301a6b0dd211c19e69a13925dbe40'],
    ['sha256', ABC, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['sha384', ABC, 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
    [
      'sha512',
      ABC,
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
    ['sha3-256', ABC, '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
    [
      'sha3-512',
      ABC,
      'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
    ],
    [
      'blake2b512',
      ABC,
      'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    ],
    ['xxh64', EMPTY, 'ef46db3751d8e999'],
    ['xxh64', ABC, '44bc2cf5ad770999'],
    ['haval', EMPTY, '1bdc556b29ad02ec09af8c66477f2a87'],
    ['haval', Buffer.from('a'), '24d2bc955a219e3e06462c91b555cfa1'],
    ['haval', ABC, 'c79c31129c3fe87e506b46c6913c52ac'],
    ['haval', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0), '4be9b152a3410fe737fc9464ae79e79d'],
    ['haval', PATTERN, 'c56419793b836eeac170eea30849f5c2'],
    ['haval', PATTERN.subarray(0, 117), '10cbef238863864671977e8e48e241ab'],
    ['haval', PATTERN.subarray(0, 118), '5a621a26a0a3250657433e7359018ab9'],
    ['haval', PATTERN.subarray(0, 119), '97104ae9da5d150eaedb301313750fcd'],
    ['haval', PATTERN.subarray(0, 127), '08d210ce76ef0d03d839d092cf334cf7'],
    ['haval', PATTERN.subarray(0, 128), 'eddabfd453ae6baf1c666442856af545'],
    ['haval', PATTERN.subarray(0, 129), '3ebd7fcbfff8774e1398c2c4d466815f'],
  ];

  test.each(vectors)('%s of a known text is the published one (%#)', (name, data, digest) => {
    expect(hex(name, data)).toBe(digest);
    const target = Buffer.alloc(digestLength(name) + 2);
    digestInto(name, data, target, 1);
    expect(target.toString('hex')).toBe(`00${digest}00`);
  });

  test('every digest that a policy can name is computed, and has the length of its column', () => {
    expect(new Set(vectors.map(([name]) => name))).toEqual(new Set(DIGEST_NAMES));
    for (const name of DIGEST_NAMES) expect(hex(name, ABC)).toHaveLength(2 * digestLength(name));
  });

  test('HAVAL padded as published later agrees with the other implementations, which Tripwire does not', () => {
    expect(haval(EMPTY, 0x01)).toBe('c68f39913f901f3ddf44c707357a7d70');
    expect(haval(ABC, 0x01)).toBe('9e40ed883fb63e985d299b40cda2b8f2');
    expect(haval(PATTERN, 0x01)).toBe('b94b079b266e21db1f19c9142fcb7a45');
    expect(haval(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0), 0x01)).toBe('25e72305de4f15057612df0a0da45c2e');
  });

  test('the cksum of a file above 4 GiB is the one of cksum(1)', () => {
    const folder = scratchDirectory();
    const path = join(folder, 'sparse');
    const fd = openSync(path, 'w+');
    ftruncateSync(fd, 4_294_967_299);
    writeSync(fd, 'end', 4_294_967_290);
    const digests: string[] = [];
    const job = {
      algorithms: ['cksum'] as const,
      open: () => ({ fd, size: 4_294_967_299 }),
      finish: (outcome: object) => {
        if ('digests' in outcome) digests.push(Buffer.from(outcome.digests as Uint8Array).toString('hex'));
      },
    };
    new FileDigester().run([job].values());
    closeSync(fd);
    const [crc, size] = execFileSync('cksum', [path], { encoding: 'latin1' }).split(' ');
    expect(size).toBe('4294967299');
    expect(digests).toEqual([Number(crc).toString(16).padStart(8, '0')]);
  });
});
