/** Why what was given to a worker came to nothing, as failures say it. */
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { DEADLINE } from '../model/skipped.ts';

/** A failure without its path. */
export type Loss = Omit<Failure, 'path'>;

/** A worker died with it. */
export function crashed(reason: Error): Loss {
  return {
    operation: 'examine',
    code: 'CRASHED',
    message: `a worker thread died while it examined this: ${reason.message}`,
  };
}

/** The time of the scan was over, and what was under way did not come to its end. */
export const LATE: Loss = {
  ...DEADLINE,
  message: 'the deadline of the check passed while its file system was waited for',
};

/** Nothing came of it for so many seconds. */
export function stalled(seconds: number): Loss {
  return {
    operation: 'wait',
    code: 'ETIME',
    message: `its file system did not answer for ${seconds} s: nobody knows what lies there`,
  };
}

export function lossOf(path: Path, loss: Loss): Failure {
  return { path, ...loss };
}
