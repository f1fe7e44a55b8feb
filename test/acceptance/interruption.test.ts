import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ending, openAndClose } from '../support/baselines.ts';
import { type Box, box, digestOf, expectFailure } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { works } from '../support/programs.ts';
import { HAS_STRACE } from '../support/strace.ts';
import { until } from '../support/waiting.ts';

function town(): Box {
  const it = box();
  for (let index = 0; index < 40; index += 1) it.file(`district${index % 4}/house${index}`);
  return it;
}

/** Removes what a killed run could not. */
function clean(it: Box): void {
  for (const name of it.leftovers()) rmSync(`${it.state}/${name}`);
}

test.skipIf(!HAS_STRACE)(
  'kill -9 at any step of writing leaves the old baseline or the whole new one (needs strace)',
  () => {
    const it = town();
    it.init();
    let old = digestOf(it.baseline);
    it.file('new', 'since the first baseline\n');
    const points: readonly (readonly [string, readonly number[]])[] = [
      ['pwrite64', [1, 20, 50]],
      ['write', [3]],
      ['fsync', [1, 2]],
      ['rename', [1]],
      ['unlink', [1, 3]],
    ];
    let killed = 0;
    for (const [call, times] of points) {
      for (const when of times) {
        const trace = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`];
        const under = ['strace', '-qq', '-o', '/dev/null', ...trace];
        const outcome = it.run(['init', '--force'], { under, mayLeave: true });
        if (outcome.code !== 0) killed += 1;
        const now = digestOf(it.baseline);
        expect(
          ending(() => openAndClose(it.baseline)),
          `${call} ${when}`,
        ).toBeUndefined();
        // Before the file gets its name nothing has changed.
        if (call === 'pwrite64' || call === 'rename') expect(now, `${call} ${when}`).toBe(old);
        old = now;
        clean(it);
      }
    }
    expect(killed).toBeGreaterThanOrEqual(7);
  },
);

test('what a killed run left is cleared away by the next init', () => {
  const it = town();
  it.init();
  writeFileSync(`${it.baseline}.tmp-0123456789abcdef`, 'half a baseline');
  writeFileSync(`${it.baseline}.lock`, '{"pid":1,"host":"gone","command":"integ init","since":"2020"}\n');
  it.init('--force');
  expect(readdirSync(it.state).filter((name) => !name.startsWith('baseline.db'))).toEqual([]);
});

const MAY_MOUNT = isRoot() && works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /mnt');

test.skipIf(!MAY_MOUNT)('a full disk ends init with 73 or 74 and leaves the old baseline valid (needs mount)', () => {
  const it = town();
  for (let index = 0; index < 3000; index += 1) it.file(`suburb/house${index}`, '');
  writeFileSync(it.beside('small.yaml'), `version: 1\nrules: [{ paths: ['${it.path('district1')}'] }]\n`);
  const measured = it.beside('measured.db');
  const small = it.run(['init', '--policy', it.beside('small.yaml'), '--baseline', measured], { bare: true });
  expect(small.code, small.stderr).toBe(0);
  // Holds a baseline of the small tree, with the packages of this system, and not one of the large tree beside it.
  const size = Math.ceil(2.2 * statSync(measured).size) + 100_000;
  const script = `
    mount -t tmpfs -o size=${size} none '${it.state}' || exit 99
    policy=$1; shift
    "$@" init --policy '${it.beside('small.yaml')}' --baseline '${it.baseline}' > /dev/null || exit 98
    before=$(sha256sum < '${it.baseline}')
    "$@" init --force --policy "$policy" --baseline '${it.baseline}'; code=$?
    [ "$before" = "$(sha256sum < '${it.baseline}')" ] || exit 97
    ls -A '${it.state}' | grep -E 'tmp|lock|journal' && exit 96
    "$@" baseline verify --baseline '${it.baseline}' > /dev/null || exit 95
    exit $code`;
  const under = ['unshare', '-m', 'sh', '-c', script, 'sh', it.policyFile];
  const outcome = it.run([], { under, bare: true });
  expect([73, 74]).toContain(outcome.code);
  expect(outcome).toMatchObject({ stdout: '' });
  expect(outcome.stderr).toMatch(/^integ: [^\n]*(no space|full)[^\n]*\n$/);
});

test.skipIf(!existsSync('/dev/full'))(
  'a report that cannot be written is an error of output, not lost in silence',
  () => {
    const it = town();
    it.init();
    const full = it.run(['check'], { under: ['sh', '-c', '"$@" > /dev/full', 'sh'] });
    expect(full.code).toBe(74);
    expect(full.stderr).toMatch(/^integ: cannot write to standard output: ENOSPC/m);
    expectFailure(it.run(['check', '--output', `${it.directory}/none/report`]), 73, /none/);
  },
);

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends init with %i, the old baseline untouched and nothing left', async (signal, code) => {
  const it = town();
  it.init();
  const before = digestOf(it.baseline);
  // A file that takes long to read, so that the signal meets init at work.
  const child = startSlowInit(it);
  await until(() => it.leftovers().some((name) => name.includes('.tmp-')), 'init writes');
  child.kill(signal);
  expect((await child.ended).code).toBe(code);
  expect(digestOf(it.baseline)).toBe(before);
  expect(it.leftovers()).toEqual([]);
});

/** Starts init on a file that is sparse and takes seconds to digest. */
function startSlowInit(it: Box) {
  const path = it.file('slow', '');
  if (!works('truncate', '-s', '20G', path)) throw new Error('no sparse files here');
  return it.start(['init', '--force']);
}

test('two that write at once: the second says who holds the lock, and changes nothing', async () => {
  const it = town();
  it.init();
  const first = startSlowInit(it);
  await until(() => it.leftovers().some((name) => name.includes('.tmp-')), 'the first init writes');
  const second = it.run(['init', '--force'], { mayLeave: true });
  expectFailure(second, 75, new RegExp(`locked by pid ${first.pid}\\b.*init`));
  // Who only reads needs no lock.
  expect(it.run(['baseline', 'verify'], { mayLeave: true }).code).toBe(0);
  first.kill('SIGTERM');
  await first.ended;
  expect(it.leftovers()).toEqual([]);
});
