/** Whatever stands in a package database, reading it ends, and what it lists names an object below the root. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import { packPaths, unpackPaths } from '../../src/model/packages.ts';
import {
  listedPath,
  parseDiversions,
  parseList,
  parseOverrides,
  parseSums,
} from '../../src/system/packages/dpkg/lists.ts';
import { parseStatus } from '../../src/system/packages/dpkg/status.ts';

const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 40 });
/** Pieces that the parsers look for, in any order, so that lines are often nearly right. */
const piece = fc.oneof(
  latin1,
  fc.constantFrom(
    ...['/', '..', '.', '\0', '\n', ' ', '  ', ':', '#0', '0644', '7777', 'root', '/usr/bin/ls', 'usr/lib/x', 'a/../b'],
    ...['d41d8cd98f00b204e9800998ecf8427e', 'Package: a', 'Status: install ok installed', 'Version: 1', 'Conffiles:'],
    ...['Architecture: amd64', 'Multi-Arch: same', 'obsolete', '\n\n', '\n /etc/a d41d8cd98f00b204e9800998ecf8427e'],
  ),
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

function isBelowRoot(path: string): boolean {
  const names = path.slice(1).split('/');
  return path.startsWith('/') && !path.includes('\0') && names.every((name) => !['', '.', '..'].includes(name));
}

describe('a package database', () => {
  test('of any text lists only what can be below the root', () => {
    fc.assert(
      fc.property(text, (given) => {
        const paths = [
          ...parseList(given),
          ...parseSums(given).keys(),
          ...parseDiversions(given).flatMap(({ from, to }) => [from, to]),
          ...parseOverrides(given).map(({ path }) => path),
          ...parseStatus(given).packages.flatMap(({ conffiles }) => [...conffiles.keys()]),
        ];
        expect(paths.filter((path) => !isBelowRoot(path))).toEqual([]);
      }),
    );
  });

  test('of any text names packages that make no way out of its directory', () => {
    fc.assert(
      fc.property(text, (given) => {
        const { packages } = parseStatus(given);
        for (const { name, version } of packages) {
          expect(name).toMatch(/^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?$/);
          expect(version).toMatch(/^[0-9A-Za-z.+~:-]+$/);
        }
        expect(new Set(packages.map(({ name }) => name)).size).toBe(packages.length);
      }),
    );
  });

  const name = latin1.filter((given) => given !== '' && !/[/\0\n]/.test(given) && given !== '.' && given !== '..');
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => `/${names.join('/')}`);

  test('lists the paths that it holds, whatever bytes are in them', () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        expect([...parseList(['/.', ...paths, ''].join('\n'))]).toEqual(paths);
      }),
    );
  });

  test('gives the sums that it holds, with and without a slash at the begin, and none of two', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1 }), fc.boolean(), (paths, isAbsolute) => {
        const sums = paths.map((_, index) => index.toString(16).padStart(32, '0'));
        const lines = paths.map((each, index) => `${sums[index]}  ${isAbsolute ? each : each.slice(1)}\n`);
        expect([...parseSums(lines.join(''))]).toEqual(paths.map((each, index) => [each, sums[index]]));
        expect(parseSums(`${lines.join('')}${'f'.repeat(32)}  ${paths[0]}\n`).size).toBe(paths.length - 1);
      }),
    );
  });

  test('gives the sums of names that GNU md5sum escaped', () => {
    const sum = 'a'.repeat(32);
    const lines = [
      `\\${sum}  lib/systemd/system/cryptsetup\\\\x2dpre.target`,
      `\\${sum}  srv/a\\nb`,
      `\\${sum}  srv/\\q`,
    ];
    expect([...parseSums(`${lines.join('\n')}\n`).keys()]).toEqual([
      '/lib/systemd/system/cryptsetup\\x2dpre.target',
      '/srv/a\nb',
    ]);
  });

  test('is remembered path by path', () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const given = paths.map(pathFromLatin1);
        expect(unpackPaths(packPaths(given))).toEqual(given);
      }),
    );
  });

  test('remembered in bytes that are damaged gives no paths or none that were not there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const paths = unpackPaths(bytes);
        if (paths !== undefined) for (const each of paths) expect(each).not.toContain('\0');
      }),
    );
  });
});

test('paths that are too long for the kernel, or lead upwards, name nothing', () => {
  expect(listedPath(`/${'a/'.repeat(2046)}aa`)).toBeDefined();
  expect(listedPath(`/${'a/'.repeat(2047)}a`)).toBeUndefined();
  for (const text of ['', '/', '//', '/.', '/..', 'a/..', '../a', 'a//b', 'a/', '/a/./b', 'a\0b']) {
    expect(listedPath(text)).toBeUndefined();
  }
  expect(listedPath('..a/...')).toBe('/..a/...');
});

test('of two stanzas for one package neither is believed, and what is removed is not installed', () => {
  const stanza = (name: string, version: string, state = 'install ok installed', more = ''): string =>
    `Package: ${name}\nStatus: ${state}\nArchitecture: amd64\nVersion: ${version}\n${more}\n`;
  const conffiles = `Multi-Arch: same\nConffiles:\n /etc/a ${'a'.repeat(32)}\n /etc/b ${'b'.repeat(32)} obsolete\n /etc/c newconffile\n`;
  const status = parseStatus(
    [
      stanza('twice', '1'),
      stanza('twice', '2'),
      stanza('gone', '1', 'deinstall ok config-files'),
      stanza('never', '1', 'unknown ok not-installed'),
      stanza('lib', '2:1.0-1+b1', 'install ok triggers-pending', conffiles),
      'Package: bad name\nStatus: install ok installed\n\n',
    ].join(''),
  );
  expect(status.malformed).toBe(2);
  expect(status.packages.map(({ name, version, isInstalled }) => [name, version, isInstalled])).toEqual([
    ['gone', '1', false],
    ['lib:amd64', '2:1.0-1+b1', true],
  ]);
  expect([...(status.packages[1]?.conffiles ?? [])]).toEqual([['/etc/a', 'a'.repeat(32)]]);
});

test('a file of diversions that ends in the middle diverts nothing', () => {
  expect(parseDiversions('/a\n/b\n:\n/c\n/d\npkg\n')).toEqual([
    { from: '/a', to: '/b', package: undefined },
    { from: '/c', to: '/d', package: 'pkg' },
  ]);
  expect(parseDiversions('/a\n/b\n:\n/c\n')).toEqual([]);
});
