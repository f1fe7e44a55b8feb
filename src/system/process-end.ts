/**
 * Ends the process also when a thread of it sits in a system call that does not return: Node.js waits for its threads
 * at the end (node(1), worker threads are joined), and exit_group(2) does not.
 */
import { loadLibc } from './libc.ts';

let held = 0;

/** A thread may never end; the result says that it has. */
export function expectNoEnd(): () => void {
  held += 1;
  return () => {
    held -= 1;
  };
}

/** As process.exit, and without waiting for threads that may never end. */
export function endProcess(code?: number): never {
  if (code !== undefined) process.exitCode = code;
  if (held > 0) leave();
  return process.exit();
}

/** What process.exit does before it waits, and then no waiting. */
function leave(): void {
  const code = Number(process.exitCode ?? 0);
  process.emit('exit', code);
  loadLibc()?._exit(code);
  // Without libc the program is replaced by one that ends with the code, which ends all threads.
  const replace: typeof process.execve | undefined = process.execve;
  replace?.call(process, '/bin/sh', ['sh', '-c', `exit ${code}`], {});
}
