/**
 * What a check left out because its time was over, and which the next one takes first. Paths and numbers only: who
 * remembers them between two checks is not said here.
 */
import { type Path, parentPath, ROOT } from './bytes.ts';
import type { Failure } from './errors.ts';

/** The failure of an object that nobody examined before the deadline. The errno alone could come from a device. */
export const DEADLINE = { operation: 'deadline', code: 'ETIME' } as const;

export function isSkipped({ operation, code }: Failure): boolean {
  return operation === DEADLINE.operation && code === DEADLINE.code;
}

/**
 * What was left out so often and came before everything else then, and is left out again, has had its turn: it is
 * counted from 1 again, so that what takes longer than any check does not keep everything else waiting for ever.
 */
export const MOST_TIMES = 3;

/** A file whose content, or a directory whose names and all below them were not examined. */
export interface SkippedPath {
  readonly path: Path;
  /** How many checks in a row have left it out: from 1 to MOST_TIMES. */
  readonly times: number;
}

/** Says what comes before what: the more often something was left out, the earlier it is taken. */
export class Precedence {
  readonly #skipped = new Map<Path, number>();
  /** Directories on the way to something that was left out. */
  readonly #above = new Map<Path, number>();

  constructor(skipped: readonly SkippedPath[]) {
    for (const { path, times } of skipped) {
      raise(this.#skipped, path, times);
      for (let above = path; above !== ROOT; ) {
        above = parentPath(above);
        if (!raise(this.#above, above, times)) break;
      }
    }
  }

  get isEmpty(): boolean {
    return this.#skipped.size === 0;
  }

  /** How often a path, what holds it or something in it was left out; 0: the last check examined it. */
  of(path: Path): number {
    if (this.isEmpty) return 0;
    const own = Math.max(this.#skipped.get(path) ?? 0, this.#above.get(path) ?? 0);
    if (own > 0) return own;
    for (let above = path; above !== ROOT; ) {
      above = parentPath(above);
      const times = this.#skipped.get(above);
      if (times !== undefined) return times;
    }
    return 0;
  }
}

/** False when there was a number as high already. */
function raise(numbers: Map<Path, number>, path: Path, number: number): boolean {
  if ((numbers.get(path) ?? 0) >= number) return false;
  numbers.set(path, number);
  return true;
}
