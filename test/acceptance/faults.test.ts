/**
 * Kills integ at the system calls by which it writes into its state directory, one run for each, and looks at what is
 * left: a baseline that verifies, the old one or the whole new one, a history that agrees with it, and the same command
 * works when it is given again. INTEG_FAULTS=all takes every call; otherwise a sample of them, so that the suite is
 * quick.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILURE_CODES } from '../../src/model/failure-codes.ts';
import { withReader } from '../support/baselines.ts';
import { type Box, box } from '../support/integ.ts';
import { CAN_SIGN, makeKey } from '../support/ssh-keys.ts';
import { HAS_STRACE } from '../support/strace.ts';

const WRITING = ['write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'link', 'linkat', 'unlink', 'ftruncate', 'mkdir'];
const SAMPLE = 12;

interface KillPoint {
  readonly call: string;
  /** Which of the main thread's calls of that name, from 1. */
  readonly when: number;
}

/** Runs a command under strace and finds the calls of its main thread that touch the state directory. */
function killPoints(it: Box, args: readonly string[]): KillPoint[] {
  const log = join(it.directory, 'strace.log');
  const trace = `trace=${WRITING.join(',')}`;
  const outcome = it.run(args, { under: ['strace', '-f', '-y', '-qq', '-o', log, '-e', trace] });
  expect(outcome.code, outcome.stderr).toBe(0);
  const counts = new Map<string, number>();
  const points: KillPoint[] = [];
  let mainThread: string | undefined;
  for (const line of readFileSync(log, 'latin1').split('\n')) {
    const found = /^(\d+) +(\w+)\(/.exec(line);
    if (found === null) continue;
    const [, thread = '', call = ''] = found;
    mainThread ??= thread;
    if (thread !== mainThread) continue;
    const when = (counts.get(call) ?? 0) + 1;
    counts.set(call, when);
    if (line.includes(it.state)) points.push({ call, when });
  }
  return points;
}

function sampled(points: readonly KillPoint[]): readonly KillPoint[] {
  if (process.env['INTEG_FAULTS'] === 'all' || points.length <= SAMPLE) return points;
  const step = (points.length - 1) / (SAMPLE - 1);
  return Array.from({ length: SAMPLE }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}

/** Of a baseline that verifies, which the reader looks into before it gives anything. */
function sealInForce(it: Box): string {
  return withReader(it.baseline, ({ seal }) => seal);
}

interface Scenario {
  readonly prepare: (it: Box) => void;
  readonly args: (it: Box) => readonly string[];
  /** Exit codes when the command is given again after a kill: it may have done its work already. */
  readonly again: readonly number[];
  /** Whether the command makes another generation. */
  readonly renews: boolean;
}

function killEverywhere({ prepare, args, again, renews }: Scenario): void {
  const it = box();
  for (let index = 0; index < 12; index += 1) it.file(`district${index % 3}/house${index}`);
  prepare(it);
  const pristine = join(it.directory, 'pristine');
  cpSync(it.state, pristine, { recursive: true, preserveTimestamps: true });
  const restore = (): void => {
    rmSync(it.state, { recursive: true });
    cpSync(pristine, it.state, { recursive: true, preserveTimestamps: true });
  };
  const old = sealInForce(it);
  const points = killPoints(it, args(it));
  expect(points.length).toBeGreaterThan(0);
  let killed = 0;
  for (const { call, when } of sampled(points)) {
    restore();
    const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`];
    // Without -f: the main thread alone is counted and slowed down.
    const outcome = it.run(args(it), { under: ['strace', '-qq', '-o', '/dev/null', ...inject], mayLeave: true });
    if (outcome.code === 137) killed += 1;
    const label = `killed at ${call} ${when}`;
    const seal = sealInForce(it);
    if (!renews) expect(seal, label).toBe(old);
    // The history must not take the old one for a rollback, nor the new one for a replacement.
    const check = it.run(['check'], { mayLeave: true });
    expect(check.code, `${label}: ${check.stderr}`).toBeLessThan(32);
    expect(check.stderr, label).toBe('');
    const repeated = it.run(args(it), { mayLeave: true });
    expect(again, `${label}, again: ${repeated.stderr}`).toContain(repeated.code);
    sealInForce(it);
  }
  expect(killed).toBeGreaterThan(0);
}

describe.skipIf(!HAS_STRACE)('kill -9 at the calls that write leaves a valid state (needs strace)', () => {
  test('of init', () => {
    killEverywhere({ prepare: (it) => it.init(), args: () => ['init', '--force'], again: [0], renews: true });
  });

  test('of accept', () => {
    killEverywhere({
      prepare: (it) => {
        it.init();
        it.file('new', 'since the baseline\n');
        it.append('district1/house1', 'changed\n');
        it.run(['check']);
      },
      args: () => ['accept', '--all', '--reason', 'moved in'],
      again: [0, 64],
      renews: true,
    });
  });

  test('of policy update', () => {
    killEverywhere({
      prepare: (it) => {
        it.init();
        it.policy('watch: config');
      },
      args: () => ['policy', 'update', '--reason', 'less noise'],
      again: [0],
      renews: true,
    });
  });

  test('of a check that stores its report', () => {
    killEverywhere({ prepare: (it) => it.init(), args: () => ['check'], again: [0], renews: false });
  });

  test('of baseline export', () => {
    killEverywhere({
      prepare: (it) => it.init(),
      args: (it) => ['baseline', 'export', join(it.state, 'exported.db')],
      again: [0],
      renews: false,
    });
  });

  test.skipIf(!CAN_SIGN)('of baseline sign (needs ssh-keygen)', () => {
    killEverywhere({
      prepare: (it) => {
        it.init();
        makeKey(it.directory, 'key');
      },
      args: (it) => ['baseline', 'sign', '--key', it.beside('key')],
      again: [0],
      renews: false,
    });
  });
});

/**
 * Loaded first in each thread: the first worker that is given a task dies, once it has it or before it says it is done.
 */
const FIRST_TASK_KILLS = `
import { openSync } from 'node:fs';
import { isMainThread, parentPort } from 'node:worker_threads';
const isFirst = () => {
  try {
    return openSync(process.env.SABOTAGED, 'wx') > 0;
  } catch {
    return false;
  }
};
if (!isMainThread) {
  const on = parentPort.on.bind(parentPort);
  parentPort.on = (event, handler) =>
    on(event, (message) => {
      if (event === 'message' && 'kind' in message && process.env.AT === 'once' && isFirst()) throw new Error('sabotage');
      handler(message);
    });
  const post = parentPort.postMessage.bind(parentPort);
  parentPort.postMessage = (message, ...rest) => {
    if (message.done === true && process.env.AT === 'end' && isFirst()) throw new Error('sabotage');
    post(message, ...rest);
  };
}
`;

test.each([
  ['when it got it', 'once', []],
  ['at its end, with promises whose failure is a warning', 'end', ['--unhandled-rejections=warn']],
] as const)(
  'what a worker was at that died %s is not examined, and the report says that it is no fault of the files',
  (_, at, more) => {
    const it = box();
    it.file('etc/passwd');
    it.init();
    it.file('etc/passwd', 'more');
    const sabotage = `${it.directory}/sabotage.mjs`;
    writeFileSync(sabotage, FIRST_TASK_KILLS);
    const env = {
      NODE_OPTIONS: [`--import=${sabotage}`, ...more].join(' '),
      SABOTAGED: `${it.directory}/sabotaged`,
      AT: at,
    };
    const report = it.check(['--jobs', '2'], { env, under: ['timeout', '--signal=KILL', '120'] });
    expect(report.exitCode).toBe(16);
    expect(report.errors).toMatchObject([{ code: 'CRASHED', message: expect.stringMatching(/died .*: sabotage$/) }]);
    expect(it.run(['report', 'show']).stdout).toContain(`CRASHED: ${FAILURE_CODES.CRASHED.hint}`);
  },
);

/** No thread can be started, as where the user may have no more of them. */
const NO_THREADS = `
import { createRequire, syncBuiltinESMExports } from 'node:module';
createRequire(import.meta.url)('node:worker_threads').Worker = class {
  constructor() {
    throw new Error('EAGAIN');
  }
};
syncBuiltinESMExports();
`;

test('where no worker can be started or loaded nothing is written, and an unattended check is told of', () => {
  const it = box();
  it.file('etc/passwd');
  const sabotage = `${it.directory}/sabotage.mjs`;
  const env = { NODE_OPTIONS: `--import=${sabotage}` };
  writeFileSync(sabotage, "import { isMainThread } from 'node:worker_threads';\nif (!isMainThread) process.exit(3);\n");
  expect(it.run(['init', '--jobs', '3'], { env })).toMatchObject({ code: 70, stdout: '' });
  it.init();
  writeFileSync(sabotage, NO_THREADS);
  const outcome = it.run(['check', '--unattended'], { env });
  expect(outcome.code).toBe(70);
  expect(outcome.stderr).toMatch(/only the system log is told/);
});
