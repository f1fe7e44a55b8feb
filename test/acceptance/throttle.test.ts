import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, counted, expectFailure } from '../support/integ.ts';
import { tool, works } from '../support/programs.ts';
import { HAS_STRACE } from '../support/strace.ts';
import { until } from '../support/waiting.ts';

const KILOBYTE = 1024;

/** A tree that takes seconds to read at the slowest rate, in directories with files of every size. */
function heavy(districts: number): Box {
  const it = box();
  for (let district = 0; district < districts; district += 1) {
    for (let house = 0; house < 4; house += 1) it.file(`d${district}/s/h${house}`, randomBytes(16 * KILOBYTE));
  }
  return it;
}

test('no option is taken for another size or time', () => {
  const it = box();
  it.init();
  for (const rate of ['50X', '0', '-1M', '1K', '50 M', '']) {
    expectFailure(it.run(['check', '--max-rate', rate]), 64, /--max-rate.*64K at least/);
  }
  for (const time of ['4', '0s', '4d', '-1h', '200h']) {
    expectFailure(it.run(['check', '--deadline', time]), 64, /--deadline.*such as 90s, 30m or 4h/);
  }
});

test('a check at a limited rate finds what one without a limit finds', () => {
  const it = heavy(3);
  it.init('--max-rate', '100M', '--nice');
  it.file('d1/s/h2', 'changed');
  rmSync(it.path('d2/s/h0'));
  const findings = ['changed d1/s/h2', 'removed d2/s/h0'];
  expect(it.findings(it.check())).toEqual(findings);
  expect(it.findings(it.check(['--max-rate', '2M', '--nice', '--deadline', '1h']))).toEqual(findings);
});

const SEES_PRIORITIES = existsSync('/proc/self/task') && works('/usr/bin/ionice', '-p', '1');

test.skipIf(!SEES_PRIORITIES)(
  'with --nice every thread goes last, at the processor and at the disk (needs ionice)',
  async () => {
    const it = heavy(30);
    it.init();
    const run = it.start(['check', '--nice', '--max-rate', '64K', '--jobs', '2']);
    try {
      const tasks = (): readonly string[] => readdirSync(`/proc/${run.pid}/task`);
      /** The nice value of a thread: field 19 of proc_pid_stat(5), counted behind the name. */
      const nice = (task: string): string | undefined =>
        readFileSync(`/proc/${run.pid}/task/${task}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[16];
      const plain = tasks().length;
      await until(() => tasks().every((task) => nice(task) === '19'), 'all threads are nice');
      // The workers have begun: they have what the thread that started them had.
      await until(
        () => tasks().length >= plain && openFiles(run.pid).some((name) => name.startsWith(it.tree)),
        'it reads',
      );
      for (const task of tasks()) {
        expect(nice(task)).toBe('19');
        expect(spawnSync('/usr/bin/ionice', ['-p', task], { encoding: 'utf8' }).stdout.trim()).toBe('idle');
      }
    } finally {
      run.kill('SIGTERM');
      await run.ended;
    }
  },
);

function openFiles(pid: number | undefined): readonly string[] {
  return spawnSync('find', [`/proc/${pid}/fd`, '-printf', '%l\\n'], { encoding: 'utf8' }).stdout.split('\n');
}

test('what is left out at the deadline makes the check incomplete, and is not called removed', () => {
  const it = heavy(60);
  linkSync(it.path('d0/s/h0'), it.path('d9/s/link'));
  it.init();
  rmSync(it.path('d0/s/h1'));
  // 3.8 MiB at 1 MiB a second.
  const first = it.check(['--max-rate', '1M', '--deadline', '1s']);
  expect(first.status).toBe('incomplete');
  expect(first.exitCode & 16).toBe(16);
  expect(first.errors.length).toBeGreaterThan(0);
  expect(new Set(first.errors.map(({ operation, code }) => `${operation} ${code}`))).toEqual(
    new Set(['deadline ETIME']),
  );
  expect(first.notes?.join('\n')).toMatch(/the deadline passed before \d+ files and directories were examined/);
  // Nothing is invented: what was removed is told or not, and nothing else is.
  expect(['', 'removed d0/s/h1']).toContain(it.findings(first).join());

  const whole = it.check();
  expect(whole.errors).toEqual([]);
  expect(it.findings(whole)).toEqual(['removed d0/s/h1']);
  expect(counted(whole)).toHaveLength(1);
  // Nothing is left to begin with.
  expect(it.check(['--deadline', '1h']).notes?.join('\n') ?? '').not.toMatch(/deadline/);
});

/** What the history keeps for the next check. */
function remembered(it: Box): string {
  return tool('sqlite3', `${it.baseline}.history`, "SELECT value FROM meta WHERE key LIKE 'left-out %'");
}

const HAS_SQLITE = works('sqlite3', '--version');
test.skipIf(!HAS_STRACE || !HAS_SQLITE)('the next check begins with what was left out (needs strace, sqlite3)', () => {
  const it = heavy(60);
  it.init();
  const first = it.check(['--max-rate', '1M', '--deadline', '2s']);
  expect(first.status).toBe('incomplete');
  const skipped = new Set([...remembered(it).matchAll(/\/(d\d+)[/"]/g)].map(([, district = '']) => district));
  const log = `${it.directory}/trace`;
  const under = ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=openat,openat2', '-o', log];
  expect(it.check(['--jobs', '1'], { under }).status).toBe('clean');
  const listed = [...readFileSync(log, 'latin1').matchAll(/tree\/(d\d+)\/s"/g)].map(([, district = '']) => district);
  const order = [...new Set(listed)];
  expect(order).toHaveLength(60);
  expect(new Set(order.slice(0, skipped.size))).toEqual(skipped);
});

test.skipIf(!HAS_SQLITE)('a check of some paths does not forget what the one before left out (needs sqlite3)', () => {
  const it = heavy(40);
  it.init();
  expect(it.check(['--max-rate', '512K', '--deadline', '1s']).status).toBe('incomplete');
  const before = remembered(it);
  expect(before).toContain(it.tree);
  expect(it.check(['--paths', it.path('d1')]).status).toBe('clean');
  expect(remembered(it)).toBe(before);
  it.check();
  expect(remembered(it)).toBe('');
});
