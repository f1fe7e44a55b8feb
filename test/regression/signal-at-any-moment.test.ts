import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HAS_ATTRIBUTES, MEMORY, setAttributes } from '../support/extended-attributes.ts';
import { box, digestOf } from '../support/integ.ts';
import { tool } from '../support/programs.ts';
import { until } from '../support/waiting.ts';

/** Longer than anything takes, and shorter than what used to keep a signal waiting. */
const PATIENCE = 30_000;

async function endOf(child: ReturnType<ReturnType<typeof box>['start']>): Promise<number | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), PATIENCE);
  });
  const end = await Promise.race([child.ended.then(({ code }) => code), late]);
  clearTimeout(timer);
  if (end === 'late') child.kill('SIGKILL');
  return end;
}

/** What a process ends with whose program has not begun yet. */
const UNHANDLED = 128;

/** Whether a process has a file open. */
function reads(pid: number | undefined, path: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === path;
    } catch {
      return false;
    }
  });
}

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

test('SIGTERM ends a digest of a huge file', async () => {
  const it = box();
  tool('truncate', '-s', '200G', it.file('huge', ''));
  const child = it.start(['hash', it.path('huge')], { bare: true });
  await until(() => reads(child.pid, it.path('huge')), 'the file is read');
  child.kill('SIGTERM');
  expect(await endOf(child)).toBe(143);
});

test('SIGTERM ends init and check wherever they are, with nothing left and the old baseline untouched', async () => {
  const it = box();
  for (let index = 0; index < 6000; index += 1) it.file(`d${index % 60}/f${index}`);
  it.init();
  for (let index = 0; index < 6000; index += 2) it.file(`d${index % 60}/f${index}`, 'changed\n');
  for (const args of [['init', '--force'], ['check'], ['baseline', 'verify']]) {
    const before = digestOf(it.baseline);
    for (let wait = 200; ; wait *= 1.7) {
      const child = it.start(args);
      const isDone = await Promise.race([child.ended.then(() => true), pause(wait).then(() => false)]);
      if (isDone) break;
      child.kill('SIGTERM');
      const code = await endOf(child);
      expect(code, `${args.join(' ')} after ${wait} ms`).not.toBe('late');
      expect(it.leftovers(), `${args.join(' ')} after ${wait} ms`).toEqual([]);
      if (code !== 143 && code !== UNHANDLED) break;
      expect(digestOf(it.baseline)).toBe(before);
    }
  }
});

test('SIGTERM after the result was printed does not make it look as if nothing had been done', async () => {
  const it = box();
  it.file('f');
  it.init();
  for (let wait = 0; wait < 10; wait += 1) {
    const child = it.start(['init', '--force']);
    await until(() => child.printed.includes('Baseline written'), 'the baseline is written');
    await pause(wait);
    child.kill('SIGTERM');
    expect(await endOf(child), `${wait} ms after the result`).toBe(0);
  }
});

test.skipIf(!HAS_ATTRIBUTES)('SIGTERM ends init on a file with megabytes of extended attributes', async () => {
  const it = box(MEMORY);
  const path = it.file('bomb');
  const value = 'x'.repeat(60_000);
  setAttributes(
    path,
    Array.from({ length: 300 }, (_, index) => ({ name: `user.n${index}`, value })),
  );
  it.init();
  const child = it.start(['init', '--force']);
  await until(() => it.leftovers().some((name) => name.includes('.tmp-')), 'init writes');
  child.kill('SIGTERM');
  expect([0, 143]).toContain(await endOf(child));
  expect(it.leftovers()).toEqual([]);
});
