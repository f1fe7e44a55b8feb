/**
 * Runs a program of the system beside everything else, for what may take long: it ends when it is done, when the time is up, or
 * with integ. By absolute path, without a shell and with an environment of its own, as in helper-program.ts.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { errorCode, SystemError } from '../model/errors.ts';
import { HELPER_ENVIRONMENT, type HelperResult } from './helper-program.ts';

/** The last of what it says tells why it gave up. */
const KEPT_OUTPUT = 65_536;
/** Milliseconds for the rest of the output of a program that has ended, while a child of it may hold the pipe open. */
const GRACE = 500;

function start(program: string, parameters: readonly string[]): ChildProcessWithoutNullStreams {
  if (!program.startsWith('/')) throw new Error(`integ: internal error: ${program} is not an absolute path`);
  try {
    // A process group of its own, so that all of it can be ended.
    return spawn(program, parameters, { env: HELPER_ENVIRONMENT, cwd: '/', shell: false, detached: true });
  } catch (error) {
    throw cannotRun(program, errorCode(error));
  }
}

function cannotRun(program: string, code: string): SystemError {
  return new SystemError('spawn', code, `${program} cannot be run: ${code}`);
}

/** Ends the program with all that it has started, and lets its pipes go. */
function end({ pid, stdin, stdout, stderr }: ChildProcessWithoutNullStreams): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
  for (const stream of [stdin, stdout, stderr]) stream.destroy();
}

/**
 * Runs a program to its end and gives it bytes to read. What it leaves running in the background is not waited for, and not
 * ended. Throws a SystemError when it cannot be started, ETIMEDOUT when the signal comes first.
 */
export function runChild(
  program: string,
  parameters: readonly string[],
  input: Uint8Array,
  signal: AbortSignal,
): Promise<HelperResult> {
  const child = start(program, parameters);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('latin1').on('data', (piece: string) => {
    stdout = (stdout + piece).slice(-KEPT_OUTPUT);
  });
  child.stderr.setEncoding('latin1').on('data', (piece: string) => {
    stderr = (stderr + piece).slice(-KEPT_OUTPUT);
  });
  // One that does not read all of it is no error of ours (EPIPE): its status tells.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const endWithUs = (): void => end(child);
    const settle = (action: () => void): void => {
      process.off('exit', endWithUs);
      signal.removeEventListener('abort', giveUp);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
      action();
    };
    const giveUp = (): void => {
      end(child);
      settle(() => reject(cannotRun(program, 'ETIMEDOUT')));
    };
    process.on('exit', endWithUs);
    child.once('error', (error) => settle(() => reject(cannotRun(program, errorCode(error)))));
    child.once('exit', (status) => {
      process.off('exit', endWithUs);
      signal.removeEventListener('abort', giveUp);
      const done = (): void => {
        clearTimeout(late);
        settle(() => resolve({ status: status ?? undefined, stdout, stderr }));
      };
      const late = setTimeout(done, GRACE);
      child.once('close', done);
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    child.stdin.end(input);
  });
}
