/**
 * Ends the process when one input is read for far too long: code that never comes back cannot be stopped from within.
 * It says which input that was, which the same seed makes again.
 */
import { Worker } from 'node:worker_threads';

/** Far beyond what any input may take, on the slowest of machines. */
const HANGING_SECONDS = 120;

const CODE = `
const { writeSync } = require('node:fs');
const { workerData: { shared, target, seed, limit } } = require('node:worker_threads');
const count = new Int32Array(shared);
let [last, since] = [-1, Date.now()];
setInterval(() => {
  const now = Atomics.load(count, 0);
  if (now !== last) [last, since] = [now, Date.now()];
  else if (Date.now() - since > limit * 1000) {
    writeSync(2, 'fuzz: ' + target + ' hangs at input ' + now + ' of seed ' + seed + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000);
`;

export interface Watchdog {
  /** Says that another input begins. */
  readonly begin: (index: number) => void;
  readonly stop: () => Promise<number>;
}

export function watchdog(target: string, seed: number): Watchdog {
  const shared = new SharedArrayBuffer(4);
  const count = new Int32Array(shared);
  const worker = new Worker(CODE, { eval: true, workerData: { shared, target, seed, limit: HANGING_SECONDS } });
  worker.unref();
  return { begin: (index) => Atomics.store(count, 0, index), stop: () => worker.terminate() };
}
