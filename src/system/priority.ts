/**
 * Makes this process the last to be served by processor and disk. On Linux both belong to a thread, and a new thread
 * has what the one that starts it has (sched(7), ioprio_set(2)); so all that run are lowered, those of Node.js too, and
 * all that come later are low from the start.
 */
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { printableText } from '../model/bytes.ts';
import { errorCode, errorMessage, SystemError } from '../model/errors.ts';
import { runHelper } from './helper-program.ts';

const IONICE = '/usr/bin/ionice';
const IDLE_CLASS = '3';

/** Gives back what could not be done, printable, or undefined. */
export function lowerPriority(): string | undefined {
  try {
    const threads = readdirSync('/proc/self/task');
    for (const thread of threads) lowerThread(Number(thread));
    const { status, stderr } = runHelper(IONICE, ['-c', IDLE_CLASS, '-p', ...threads]);
    return status === 0 ? undefined : `the disk is used with ordinary priority: ${printableText(stderr.trim())}`;
  } catch (error) {
    const isMissing = error instanceof SystemError && error.code === 'ENOENT';
    const why = isMissing ? `${IONICE} of util-linux is missing` : errorMessage(error);
    return `the disk is used with ordinary priority: ${why}`;
  }
}

function lowerThread(thread: number): void {
  try {
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch (error) {
    // One that has ended meanwhile.
    if (errorCode(error) !== 'ERR_SYSTEM_ERROR') throw error;
  }
}
