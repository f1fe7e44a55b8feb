import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Box, box, digestOf, expectFailure, reportOf, sealOf } from '../support/integ.ts';
import { AS_NOBODY, isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

function sealed(): Box {
  const it = box();
  for (let index = 0; index < 30; index += 1) it.file(`file${index}`);
  it.init();
  return it;
}

test('init makes one file of mode 0600, and says its seal, the counts and what to do next', () => {
  const it = box();
  it.file('etc/passwd', 'x'.repeat(2048));
  const { stdout } = it.init();
  expect(stdout).toMatch(/^Baseline written: 3 objects\n/);
  expect(stdout).toContain(it.baseline);
  expect(stdout).toMatch(/^ +seal +[0-9a-f]{64}$/m);
  expect(stdout).toMatch(/^ +sequence +1$/m);
  expect(stdout).toMatch(/^Next:$/m);
  expect(statSync(it.baseline).mode & 0o7777).toBe(0o600);
});

test('init replaces no baseline without --force; with it the next one follows on the last', () => {
  const it = sealed();
  const before = digestOf(it.baseline);
  const first = it.run(['baseline', 'verify']).stdout;
  expectFailure(it.run(['init']), 73, /there is a baseline already.*--force/);
  expect(digestOf(it.baseline)).toBe(before);
  it.file('new');
  const second = it.init('--force');
  expect(second.stdout).toMatch(/^ +sequence +2$/m);
  const shown = JSON.parse(it.run(['baseline', 'show', '--format', 'json']).stdout);
  expect(shown).toMatchObject({
    sequence: 2,
    objects: 32,
    previousSeal: sealOf({ code: 0, stderr: '', stdout: first }),
  });
});

test('a missing baseline is an error and never made by a check', () => {
  const it = box();
  for (const args of [['check'], ['check', '--format', 'json'], ['baseline', 'show'], ['baseline', 'verify']]) {
    expectFailure(it.run(args), 66, /there is no baseline .*integ init/);
  }
  expect(tool('ls', '-A', it.state)).toBe('');
});

const damages: readonly (readonly [string, (it: Box) => void])[] = [
  ['empty', (it) => writeFileSync(it.baseline, '')],
  [
    'cut in half',
    (it) => writeFileSync(it.baseline, readFileSync(it.baseline).subarray(0, statSync(it.baseline).size / 2)),
  ],
  ['without its last byte', (it) => writeFileSync(it.baseline, readFileSync(it.baseline).subarray(0, -1))],
  [
    'with one byte more',
    (it) => writeFileSync(it.baseline, Buffer.concat([readFileSync(it.baseline), Buffer.from([0])])),
  ],
  ['a text file', (it) => writeFileSync(it.baseline, 'not a database\n'.repeat(100))],
  ['a directory', (it) => replaceBy(it, () => mkdirSync(it.baseline))],
  ['a fifo', (it) => replaceBy(it, () => tool('mkfifo', it.baseline))],
];

function replaceBy(it: Box, make: () => void): void {
  rmSync(it.baseline);
  make();
}

test.each(damages)('a baseline that is %s is refused in one line', (_, damage) => {
  const it = sealed();
  damage(it);
  for (const args of [
    ['check', '--format', 'json'],
    ['baseline', 'verify'],
  ]) {
    expectFailure(it.run(args), 65, /baseline/);
  }
});

test('a byte flipped anywhere in the file is noticed', () => {
  const it = sealed();
  const whole = readFileSync(it.baseline);
  const places = [0, 17, 30, 99, 100, 4096, whole.length - 1];
  for (let step = 1; step < 12; step += 1) places.push(Math.floor((whole.length * step) / 12));
  for (const place of places) {
    const edited = Buffer.from(whole);
    edited.writeUInt8((edited[place] ?? 0) ^ 0x01, place);
    writeFileSync(it.baseline, edited);
    const outcome = it.run(['check', '--format', 'json']);
    expect(outcome, `byte ${place}`).toMatchObject({ code: 65, stdout: '' });
  }
});

test.skipIf(!works('sqlite3', '--version'))('rows edited with SQLite itself are not believed (needs sqlite3)', () => {
  const it = sealed();
  const tables = tool('sqlite3', it.baseline, 'SELECT count(*) FROM entries');
  expect(Number(tables)).toBe(31);
  tool('sqlite3', it.baseline, 'DELETE FROM entries WHERE id = 7');
  expectFailure(it.run(['check', '--format', 'json']), 65, /edited|damaged|seal|checksum/);
});

test.skipIf(!works('sqlite3', '--version'))('a database of somebody else is no baseline (needs sqlite3)', () => {
  const it = sealed();
  rmSync(it.baseline);
  tool('sqlite3', it.baseline, 'CREATE TABLE entries (id INTEGER)');
  expectFailure(it.run(['check', '--format', 'json']), 65, /not a baseline of integ/);
});

test('a journal laid beside the baseline is not played back', () => {
  const it = sealed();
  writeFileSync(`${it.baseline}-wal`, 'hot');
  expectFailure(it.run(['check', '--format', 'json'], { mayLeave: true }), 65, /journal/);
});

test('the seal that was written down is compared, whole or from its first 16 digits', () => {
  const it = box();
  it.file('file');
  const seal = it.seal();
  expect(it.check(['--expect-seal', seal]).baseline.seal).toBe(seal);
  it.check(['--expect-seal', seal.slice(0, 16).toUpperCase()]);
  const other = `${seal.startsWith('0') ? '1' : '0'}${seal.slice(1)}`;
  expectFailure(it.run(['check', '--expect-seal', other]), 65, /not the expected/);
  expectFailure(it.run(['check', '--expect-seal', seal.slice(0, 15)]), 64, /16/);
  expectFailure(it.run(['check', '--expect-seal', 'not hex at all!!']), 64, /seal/);
});

test('a baseline comes from standard input, and need not rest on the host', () => {
  const it = sealed();
  const bytes = readFileSync(it.baseline);
  const kept = `${it.directory}/elsewhere.db`;
  renameSync(it.baseline, kept);
  it.append('file3', 'more\n');
  const run = (input: Buffer) =>
    it.run(['check', '--format', 'json', '--policy', it.policyFile, '--baseline', '-'], {
      bare: true,
      input,
      // Without a directory of its own a baseline has its history in the state directory of the host.
      env: { INTEG_HISTORY: `${it.directory}/history.db` },
    });
  expect(it.findings(reportOf(run(bytes)))).toEqual(['changed file3']);
  expectFailure(run(bytes.subarray(0, 5000)), 65, /baseline/);
  expectFailure(run(Buffer.alloc(0)), 65, /empty/);
  expectFailure(it.run(['init', '--baseline', '-'], { bare: true }), 64, /standard input/);
});

test.skipIf(!works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /mnt'))(
  'a baseline on read-only media works as it is (needs mount)',
  () => {
    const it = sealed();
    it.append('file3', 'more\n');
    const media = `${it.directory}/media`;
    mkdirSync(media);
    const prepare = `mount -t tmpfs none ${media} && cp ${it.baseline} ${media}/b.db && mount -o remount,ro ${media}`;
    const outcome = it.run(['check', '--format', 'json', '--policy', it.policyFile, '--baseline', `${media}/b.db`], {
      bare: true,
      under: ['unshare', '-m', 'sh', '-c', `${prepare} && exec "$@"`, 'sh'],
      env: { INTEG_HISTORY: `${it.state}/h.db` },
    });
    expect(it.findings(reportOf(outcome))).toEqual(['changed file3']);
  },
);

test.skipIf(!isRoot())('a baseline or a policy that one may not read is a matter of permission (needs root)', () => {
  const it = sealed();
  chmodSync(it.directory, 0o755);
  chmodSync(it.state, 0o755);
  expectFailure(it.run(['check', '--format', 'json'], { under: AS_NOBODY }), 77, /permission denied/);
  chmodSync(it.policyFile, 0o600);
  expectFailure(it.run(['policy', 'check', it.policyFile], { under: AS_NOBODY }), 77, /policy\.yaml/);
});

test.skipIf(!isRoot())('init where one may not write says so and writes nothing (needs root)', () => {
  const it = box();
  chmodSync(it.directory, 0o755);
  chmodSync(it.state, 0o755);
  expectFailure(it.run(['init'], { under: AS_NOBODY }), 77, /permission/);
  expect(tool('ls', '-A', it.state)).toBe('');
});

test('init writes through no symbolic link and over no directory', () => {
  const it = box();
  const target = it.file('../precious', 'precious\n');
  symlinkSync(target, it.baseline);
  const linked = it.run(['init', '--force']);
  expect(linked.code).not.toBe(0);
  expect(readFileSync(target, 'utf8')).toBe('precious\n');
  rmSync(it.baseline);
  mkdirSync(it.baseline);
  expectFailure(it.run(['init', '--force']), 73, /baseline\.db/);
});

test('two baselines are compared without looking at the system', () => {
  const it = sealed();
  const monday = `${it.state}/monday.db`;
  copyFileSync(it.baseline, monday);
  it.append('file3', 'more\n');
  it.file('file99');
  rmSync(it.path('file5'));
  it.init('--force');
  rmSync(it.tree, { recursive: true });
  const outcome = it.run(['baseline', 'diff', monday, it.baseline, '--format', 'json']);
  expect(it.findings(reportOf(outcome))).toEqual(
    ['changed file3', 'removed file5', 'added file99'].toSorted((a, b) => a.slice(8).localeCompare(b.slice(8))),
  );
  expect(it.run(['baseline', 'diff', monday, monday]).code).toBe(0);
});

/** Three generations: each adds a file to the one before. */
function threeGenerations(): Box {
  const it = box();
  it.file('one');
  it.init();
  for (const name of ['two', 'three']) {
    it.file(name);
    it.run(['check']);
    expect(it.run(['accept', '--all', '--reason', name]).code).toBe(0);
  }
  return it;
}

describe('generations are compared by the numbers that baseline list prints', () => {
  test('older ones and the one in force, in either order', () => {
    const it = threeGenerations();
    const between = (...operands: readonly string[]): readonly string[] =>
      it.findings(reportOf(it.run(['baseline', 'diff', ...operands, '--format', 'json'])));
    expect(between('1', '2')).toEqual(['added two']);
    expect(between('1', '3')).toEqual(['added three', 'added two']);
    expect(between('3', '2')).toEqual(['removed three']);
    expect(between('1', it.baseline)).toEqual(between('1', '3'));
    expect(it.run(['baseline', 'diff', '2', '2']).code).toBe(0);
  });

  test('whatever files of such names there are; ./1 is the file', () => {
    const it = threeGenerations();
    writeFileSync(`${it.directory}/1`, 'no baseline');
    const inIt = (operand: string) => it.run(['baseline', 'diff', operand, '2'], { cwd: it.directory });
    expect(inIt('1').code).toBe(1);
    expectFailure(inIt('./1'), 65, /\.\/1/);
  });

  test('a number that is none is one line that says which there are', () => {
    const it = threeGenerations();
    for (const operands of [
      ['1', '4'],
      ['0', '1'],
      ['1', '9'.repeat(400)],
    ]) {
      expectFailure(
        it.run(['baseline', 'diff', ...operands]),
        66,
        /has no generation \d+, but 3, 2, 1 .*baseline list/,
      );
    }
    rmSync(`${it.baseline}.gen-1`);
    expectFailure(it.run(['baseline', 'diff', '1', '2']), 66, /has no generation 1, but 3, 2 /);
  });

  test('one that was replaced is not taken for the one that was in force', () => {
    const it = threeGenerations();
    const other = box();
    other.file('planted');
    other.init();
    copyFileSync(other.baseline, `${it.baseline}.gen-1`);
    expectFailure(it.run(['baseline', 'diff', '1', '2']), 65, /gen-1: it was replaced: sequence 1 had the seal/);
    expect(it.run(['baseline', 'diff', `${it.baseline}.gen-1`, '2']).code).not.toBe(65);
  });

  test('a baseline from standard input has none', () => {
    const it = threeGenerations();
    const input = readFileSync(it.baseline);
    const outcome = it.run(['baseline', 'diff', '1', '2', '--baseline', '-'], { bare: true, input });
    expectFailure(outcome, 64, /no generations beside it/);
  });
});
