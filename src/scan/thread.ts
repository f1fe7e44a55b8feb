/** The threads that scans run in, as such: one can be started before it is known what it will examine. */
import { Worker } from 'node:worker_threads';

// Seen from src/scan and from the bundle alike; run from source (tests), the worker is the built one.
const WORKER = new URL('../../dist/scan/worker.js', import.meta.url);

let spare: Worker | undefined;

function start(): Worker {
  return new Worker(WORKER, { stdout: false, stderr: false });
}

/**
 * Starts a thread for the scan that is to come, which loads its code while the caller loads its own. It does not keep
 * the process, and has no native code until it gets its settings, so that the process may end at any time.
 */
export function startThreadAhead(): void {
  let thread: Worker;
  try {
    thread = start();
  } catch {
    // As where this user may have no more threads: the scan tries again, and fails as a scan does.
    return;
  }
  const forget = (): void => {
    if (spare === thread) spare = undefined;
  };
  // Whatever is wrong with it shows when a scan starts another.
  thread.once('error', forget).once('exit', forget);
  thread.unref();
  spare = thread;
}

/** The thread that was started ahead, or a new one. */
export function takeThread(): Worker {
  const thread = spare ?? start();
  spare = undefined;
  thread.ref();
  return thread;
}
