import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DIGEST_NAMES } from '../../src/model/attributes.ts';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { tool, works } from '../support/programs.ts';

const PATTERN = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => index % 251));

/** As Tripwire's siggen prints them: CRC-32, MD5, SHA and HAVAL of three inputs, in hex and in base64. */
const VECTORS: readonly (readonly [Buffer, Readonly<Record<string, readonly [string, string]>>])[] = [
  [
    Buffer.alloc(0),
    {
      cksum: ['ffffffff', 'D/////'],
      md5: ['d41d8cd98f00b204e9800998ecf8427e', 'DUHYzZjwCyBOmACZjs+EJ+'],
      sha1: ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'No5o+5ea0sNMlW/75VgGJCv2AcJ'],
      haval: ['1bdc556b29ad02ec09af8c66477f2a87', 'Ab3FVrKa0C7AmvjGZHfyqH'],
    },
  ],
  [
    Buffer.from('abc'),
    {
      cksum: ['48aa78a2', 'BIqnii'],
      md5: ['900150983cd24fb0d6963f7d28e17f72', 'CQAVCYPNJPsNaWP30o4X9y'],
      sha1: ['a9993e364706816aba3e25717850c26c9cd0d89d', 'KmZPjZHBoFquj4lcXhQwmyc0Nid'],
      haval: ['c79c31129c3fe87e506b46c6913c52ac', 'DHnDESnD/oflBrRsaRPFKs'],
    },
  ],
  [
    PATTERN,
    {
      cksum: ['c694756b', 'DGlHVr'],
      md5: ['8f293a2f6c19b345152f7a49bb4c643c', 'CPKTovbBmzRRUvekm7TGQ8'],
      sha1: ['c2fc4cb20f1301a6b0dd211c19e69a13925dbe40', 'ML8TLIPEwGmsN0hHBnmmhOSXb5A'],
      haval: ['c56419793b836eeac170eea30849f5c2', 'DFZBl5O4Nu6sFw7qMISfXC'],
    },
  ],
];

function hash(it: Box, ...args: readonly string[]): Readonly<Record<string, string>> {
  const { code, stdout } = it.run(['hash', '--format', 'json', ...args], { bare: true });
  expect(code).toBe(0);
  const [first]: readonly Record<string, string>[] = JSON.parse(stdout);
  return first ?? expect.fail('no digests');
}

test('the digests agree with those of siggen, in hex and in its base64', () => {
  const it = box();
  for (const [content, expected] of VECTORS) {
    const path = it.file('input', content);
    const hex = hash(it, '-a', 'cksum,md5,sha1,haval', path);
    const base64 = hash(it, '-a', 'cksum', '-a', 'md5', '-a', 'sha1', '-a', 'haval', '--encoding', 'base64', path);
    for (const [name, [inHex, inBase64]] of Object.entries(expected)) {
      expect([hex[name], base64[name]]).toEqual([inHex, inBase64]);
    }
  }
});

test('the edges of the padding agree too: HAVAL around its block, a CRC with a leading zero', () => {
  const it = box();
  const digest = (length: number) => hash(it, '-a', 'haval,cksum', it.file(`p${length}`, PATTERN.subarray(0, length)));
  const expected = [
    [117, '10cbef238863864671977e8e48e241ab'],
    [118, '5a621a26a0a3250657433e7359018ab9'],
    [119, '97104ae9da5d150eaedb301313750fcd'],
    [128, 'eddabfd453ae6baf1c666442856af545'],
  ] as const;
  for (const [length, haval] of expected) expect(digest(length)['haval']).toBe(haval);
  expect(digest(118)['cksum']).toBe('03bcd5e6');
});

test('every digest agrees with the program of the system that computes it', () => {
  const it = box();
  const path = it.file('input', PATTERN);
  const all = hash(it, '-a', 'all', path);
  const programs = {
    md5: 'md5sum',
    sha1: 'sha1sum',
    sha256: 'sha256sum',
    sha384: 'sha384sum',
    sha512: 'sha512sum',
    blake2b512: 'b2sum',
  };
  for (const [name, program] of Object.entries(programs)) expect(all[name]).toBe(tool(program, path).split(' ')[0]);
  expect(Number.parseInt(all['cksum'] ?? '', 16)).toBe(Number(tool('cksum', path).split(' ')[0]));
  if (works('openssl', 'version')) {
    for (const name of ['sha3-256', 'sha3-512']) {
      expect(all[name]).toBe(tool('openssl', 'dgst', `-${name}`, '-r', path).split(' ')[0]);
    }
  }
  expect(Object.keys(all)).toEqual(['file', ...DIGEST_NAMES]);
});

test('sha256sum -c reads the sum format, also of names with a newline and a backslash', () => {
  const it = box();
  const names = ['plain', 'with space', 'new\nline', 'back\\slash'];
  for (const name of names) it.file(name, `${name}\n`);
  const sums = it.run(['hash', '-a', 'sha256', '--format', 'sum', ...names], { bare: true, cwd: it.tree });
  expect(sums).toMatchObject({ code: 0, stderr: '' });
  writeFileSync(it.path('SUMS'), sums.stdout);
  expect(tool('sh', '-c', `cd '${it.tree}' && sha256sum --strict -c SUMS`).match(/: OK$/gm)).toHaveLength(names.length);
  expect(sums.stdout).toBe(
    tool('sh', '-c', `cd '${it.tree}' && sha256sum -- plain 'with space' 'new\nline' 'back\\slash'`),
  );
});

test('hash reads standard input, several files, and goes on after one that fails', () => {
  const it = box();
  const path = it.file('file', 'abc');
  expect(it.run(['hash', '-a', 'md5', '-'], { bare: true, input: 'abc' }).stdout).toContain(
    '900150983cd24fb0d6963f7d28e17f72',
  );
  const mixed = it.run(['hash', '-a', 'md5', it.path('none'), path], { bare: true });
  expect(mixed.code).toBe(66);
  expect(mixed.stdout).toContain('900150983cd24fb0d6963f7d28e17f72');
  expect(mixed.stderr).toMatch(/^integ: cannot read .*none: no such file\n$/);
  expectFailure(it.run(['hash', '-a', 'md6', path], { bare: true }), 64, /no algorithm md6.*sha256/);
  expectFailure(it.run(['hash', it.tree], { bare: true }), 64, /it is a directory/);
  expect(it.run(['hash'], { bare: true }).code).toBe(64);
});
