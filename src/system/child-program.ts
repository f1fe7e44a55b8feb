/**
 * Runs a program of the system beside everything else, for what may take long: it ends when it is done, when the time
 * is up, or with integ. By absolute path, without a shell and with an environment of its own, as in helper-program.ts.
 */
import { errorCode } from '../model/errors.ts';
import { HELPER_ENVIRONMENT, type HelperResult } from './helper-program.ts';
import { cannotRun, RunningProgram } from './running-program.ts';

/** Bytes of its output: the last of what it says tells why it gave up. */
const KEPT_OUTPUT = 65_536;

/**
 * Runs a program to its end and gives it bytes to read. What it leaves running in the background is not waited for, and
 * not ended. Throws a SystemError when it cannot be started, ETIMEDOUT when the signal comes first.
 */
export async function runChild(
  program: string,
  parameters: readonly string[],
  input: Uint8Array,
  signal: AbortSignal,
): Promise<HelperResult> {
  const running = new RunningProgram(program, parameters, {
    environment: HELPER_ENVIRONMENT,
    directory: '/',
    input,
    leavesOthers: true,
  });
  const stdout = running.keepOutput(KEPT_OUTPUT);
  const giveUp = (): void => {
    // One that has ended has done its work, and only the last of its output may be on the way.
    if (!running.hasExited) running.stop(cannotRun(program, 'ETIMEDOUT'));
  };
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    const { code, error } = await running.ended;
    if (error !== undefined) throw cannotRun(program, errorCode(error));
    return {
      status: code ?? undefined,
      stdout: stdout().toString('latin1'),
      stderr: running.complaint.toString('latin1'),
    };
  } finally {
    signal.removeEventListener('abort', giveUp);
    running.kill();
  }
}
