/** The views, asked with the sqlite3 program as an administrator would. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnName } from '../../../src/baseline/views.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES, DIGEST_NAMES, digestLength } from '../../../src/model/attributes.ts';
import { attributeBytes } from '../../../src/model/record.ts';
import { flagBit } from '../../../src/model/values/flags.ts';
import { formatAttribute } from '../../../src/model/values.ts';
import { DIRECTORY, FILE, writeBaseline } from '../../support/baselines.ts';
import { encodeRecord } from '../../support/records.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;
const FORMAT = join(import.meta.dirname, '../../../docs/baseline-format.md');

function ask(file: string, query: string): Record<string, unknown>[] {
  const answer = execFileSync('sqlite3', ['-readonly', '-json', file, query], { encoding: 'utf8' });
  return answer === '' ? [] : JSON.parse(answer);
}

const bytes = (length: number, seed: number): Buffer => Buffer.alloc(length, seed);
const allDigests = Object.fromEntries(DIGEST_NAMES.map((name, at) => [name, bytes(digestLength(name), 0x0f + at)]));
const device = Buffer.from('080000000100f0ff', 'hex');

const RECORDS: readonly Buffer[] = [
  FILE,
  DIRECTORY,
  encodeRecord({
    mode: 0o106755,
    numbers: { uid: 4294967295n, gid: 65534n, nlink: 3n, size: 2n ** 63n - 1n, blocks: 8n, inode: 2n ** 63n - 1n },
    times: { mtime: [1_767_323_045n, 678_901_234], ctime: [-1n, 999_999_999], btime: [0n, 0], atime: [5n, 1] },
    bytes: { ...allDigests, rdev: device, acl: bytes(40, 7), xattrs: bytes(300, 8), caps: bytes(20, 9) },
    flagsKnown: true,
  }),
  encodeRecord({
    mode: 0o120777,
    numbers: { size: 2n ** 64n - 1n, inode: 2n ** 63n, dev: 0xfedcba9876543210n },
    times: { mtime: [253_402_300_799n, 0], ctime: [253_402_300_800n, 0], btime: [-62_167_219_200n, 1] },
    bytes: {
      target: Buffer.from('/usr/bin/\u00e9\n\\x\u202e\u0085'),
      selinux: Buffer.from('system_u:object_r:bin_t:s0'),
    },
  }),
  encodeRecord({
    mode: 0o060660,
    numbers: {
      flags: BigInt(flagBit('immutable') + flagBit('append-only') + flagBit('dax')),
      dev: 0x0000000100000103n,
    },
    times: { mtime: [-(2n ** 63n), 5], ctime: [2n ** 63n - 1n, 4_294_967_295], btime: [0n, 1_000_000_000] },
    bytes: { rdev: device, acl: Buffer.alloc(0), xattrs: Buffer.alloc(0), selinux: bytes(1, 0x41) },
    flagsKnown: true,
  }),
  encodeRecord({ mode: 0o010644, bytes: { acl: bytes(4, 1), caps: Buffer.alloc(0), btime: bytes(12, 1) } }),
  encodeRecord({ mode: 0o140755, bytes: { md5: bytes(16, 0xab), caps: bytes(20, 3), target: Buffer.alloc(0) } }),
  encodeRecord({ mode: 0o020600, bytes: { xxh64: bytes(8, 0xcd), xattrs: bytes(9, 4), rdev: bytes(8, 0xff) } }),
];

test.skipIf(!hasSqlite)('every attribute reads as integ prints it (needs sqlite3)', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(
    file,
    RECORDS.map((value, at) => [`/r${at}`, value] as const),
  );
  const columns = ATTRIBUTE_NAMES.map((name) => `CAST(${columnName(name)} AS TEXT) AS ${columnName(name)}`);
  const rows = ask(file, `SELECT ${columns.join(', ')} FROM objects ORDER BY path`);
  const expected = RECORDS.map((value) =>
    Object.fromEntries(
      ATTRIBUTE_NAMES.map((name) => {
        const raw = attributeBytes(value, name);
        const isHex = ['acl', 'xattrs', 'capabilities'].includes(ATTRIBUTES[name].kind);
        const shown = isHex && raw !== undefined ? Buffer.from(raw).toString('hex') : formatAttribute(value, name);
        return [columnName(name), shown ?? null];
      }),
    ),
  );
  expect(rows).toEqual(expected);
});

test.skipIf(!hasSqlite)('numbers are numbers up to 2^63 - 1, and text above (needs sqlite3)', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file, [
    ['/a', encodeRecord({ numbers: { inode: 2n ** 63n - 1n, size: 5_000_000_000n } })],
    ['/b', encodeRecord({ numbers: { inode: 2n ** 63n } })],
  ]);
  const answer = execFileSync(
    'sqlite3',
    ['-readonly', file, 'SELECT typeof(inode), inode, size + 1 FROM objects ORDER BY path'],
    { encoding: 'utf8' },
  );
  expect(answer).toBe('integer|9223372036854775807|5000000001\ntext|9223372036854775808|1\n');
});

test.skipIf(!hasSqlite)('paths come as exact bytes and as text that a terminal does not obey (needs sqlite3)', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const names = [
    '/etc/plain',
    '/etc/new\nline',
    '/etc/\x1b[31m',
    '/etc/back\\slash',
    '/etc/\xe2\x80\xaebidi',
    '/etc/\xc3\xa9',
  ];
  writeBaseline(
    file,
    names.map((name) => [name, FILE] as const),
  );
  const rows = ask(file, "SELECT hex(path) AS path, path_text FROM objects WHERE path_text LIKE '/etc/%'");
  expect(new Map(rows.map((row) => [row['path'], row['path_text']]))).toEqual(
    new Map([
      [hex('/etc/plain'), '/etc/plain'],
      [hex('/etc/new\nline'), '/etc/new\\nline'],
      [hex('/etc/\x1b[31m'), '/etc/\\x1b[31m'],
      [hex('/etc/back\\slash'), '/etc/back\\\\slash'],
      [hex('/etc/\xe2\x80\xaebidi'), '/etc/\\u202ebidi'],
      [hex('/etc/\xc3\xa9'), '/etc/\u00e9'],
    ]),
  );
  const other = join(scratchDirectory(), 'other.db');
  writeBaseline(other, [
    ['/', DIRECTORY],
    ['/\xff\xfe', FILE],
  ]);
  expect(ask(other, 'SELECT hex(path) AS path FROM objects ORDER BY objects.path')).toEqual([
    { path: '2F' },
    { path: '2FFFFE' },
  ]);
});

function hex(path: string): string {
  return Buffer.from(path, 'latin1').toString('hex').toUpperCase();
}

test.skipIf(!hasSqlite)('the queries in the documentation run and find what they say (needs sqlite3)', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const empty = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');
  const now = { mtime: [1_767_323_045n, 0] } as const;
  writeBaseline(file, [
    ['/bin/su', encodeRecord({ mode: 0o104755, numbers: { size: 10n, nlink: 1n } })],
    ['/bin/ls', encodeRecord({ mode: 0o100755, numbers: { size: 5n, nlink: 1n } })],
    ['/etc/empty', encodeRecord({ times: now, bytes: { sha256: empty } })],
    ['/etc/old', encodeRecord({ numbers: { nlink: 2n, inode: 7n } })],
    ['/srv/older', encodeRecord({ times: now, numbers: { nlink: 2n, inode: 7n } })],
  ]);
  const queries = [...readFileSync(FORMAT, 'utf8').matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql ?? '');
  expect(queries).toHaveLength(6);
  const answers = queries.map((query) => ask(file, query).map((row) => Object.values(row)));
  expect(answers.slice(0, 5)).toEqual([
    [['4755', 0, 0, '/bin/su']],
    [['/etc/empty']],
    [['2026-01-02T03:04:05.000000000Z', '/etc/empty']],
    [['System binaries', 'critical', 5, 15]],
    [[7, '/etc/old /srv/older']],
  ]);
  expect(answers[5]?.map(([key]) => key)).toContain('seal');
});
