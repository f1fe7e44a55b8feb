/** The seal stands for the contents, and a program that knows only the description computes the same. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BaselineWriter } from '../../../src/baseline/writer.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { runSteps } from '../../../src/system/turns.ts';
import { FILE, HEADER, RULES, SMALL_TREE, TreeSource, writeBaseline } from '../../support/baselines.ts';
import { encodeRecord } from '../../support/records.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const VERIFIER = join(import.meta.dirname, '../../support/verify-baseline.py');
const hasPython =
  spawnSync('python3', ['-c', 'import sqlite3; assert sqlite3.sqlite_version_info >= (3, 37)']).status === 0;

function verify(file: string): string {
  return execFileSync('python3', [VERIFIER, file], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

test.skipIf(!hasPython)(
  'a verifier in Python, written from the description, finds the same seal (needs python3)',
  () => {
    const file = join(scratchDirectory(), 'baseline.db');
    const plain = writeBaseline(file);
    expect(verify(file)).toBe(plain.seal);
    const hostile = {
      ...HEADER,
      host: 'h\u00e9\u202e',
      origin: { ...HEADER.origin, why: 'line\nline', ticket: '' },
      startLinks: [],
      failures: [],
    };
    const deep: [string, Buffer][] = [];
    let path = '';
    for (let depth = 0; depth < 1500; depth++) {
      path += '/d\xff';
      deep.push([`${path}/f`, encodeRecord({ bytes: { target: Buffer.from('x'), acl: Buffer.alloc(0) } })]);
    }
    const { seal } = writeBaseline(file, [...deep, ['/', FILE], ['/d\xfe', FILE], ['/d\xff', FILE]], hostile);
    expect(verify(file)).toBe(seal);
    expect(verify(file)).not.toBe(writeBaseline(file, deep, hostile).seal);
  },
);

test.skipIf(!hasPython)('that verifier refuses an edited file (needs python3)', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file);
  execFileSync('sqlite3', [file, "UPDATE meta SET value = 'mail2' WHERE key = 'host'"]);
  expect(() => verify(file)).toThrow();
});

test('the seal is the same whatever the order in which objects were found', () => {
  const directory = scratchDirectory();
  const forward = writeBaseline(join(directory, 'a.db'), SMALL_TREE);
  const backward = writeBaseline(join(directory, 'b.db'), SMALL_TREE.toReversed());
  expect(backward).toEqual(forward);
});

test('two walks that meet in one directory give one directory', () => {
  const directory = scratchDirectory();
  const writer = BaselineWriter.create(join(directory, 'a.db'), RULES);
  for (const [path, bytes] of SMALL_TREE) writer.add(new TreeSource().entry(path, bytes));
  expect(runSteps(writer.finish(HEADER))).toEqual(writeBaseline(join(directory, 'b.db'), SMALL_TREE));
});

test('every part of the header changes the seal', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const headers = [
    HEADER,
    { ...HEADER, host: 'mail2' },
    { ...HEADER, version: '0.1.1' },
    { ...HEADER, sequence: 2 },
    { ...HEADER, createdAt: '2026-01-02T03:04:05.678901235Z' },
    { ...HEADER, previousSeal: '0'.repeat(64) },
    { ...HEADER, origin: { ...HEADER.origin, command: 'accept' as const } },
    { ...HEADER, origin: { ...HEADER.origin, who: 'admin' } },
    { ...HEADER, origin: { ...HEADER.origin, why: '' } },
    { ...HEADER, origin: { ...HEADER.origin, ticket: '' } },
    { ...HEADER, root: pathFromLatin1('/mnt') },
    { ...HEADER, policyName: '' },
    { ...HEADER, policySha256: '' },
    { ...HEADER, policy: [] },
    { ...HEADER, startLinks: [] },
    { ...HEADER, mounts: HEADER.mounts.toReversed() },
    { ...HEADER, unavailable: [] },
    { ...HEADER, failures: [] },
  ];
  const seals = new Set(headers.map((header) => writeBaseline(file, SMALL_TREE, header).seal));
  expect(seals.size).toBe(headers.length);
});
