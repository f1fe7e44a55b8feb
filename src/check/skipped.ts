/** What a check left out at its deadline: as errors that a person can read, and as what the next check begins with. */
import { isWithin, type Path, parentPath } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { DEADLINE, isSkipped, MOST_TIMES, Precedence, type SkippedPath } from '../model/skipped.ts';
import { compareCanonical } from './missing-entries.ts';

/** Objects of one directory that are told one by one; more are told together. */
const TOLD_EACH = 8;

export interface SkippedResult {
  /** All failures, those of the deadline told together where they are many. */
  readonly failures: readonly Failure[];
  /** Each object, none of them below another. */
  readonly skipped: readonly SkippedPath[];
}

/** `before`: what the check before left out. */
export function judgeSkipped(failures: readonly Failure[], before: readonly SkippedPath[]): SkippedResult {
  const late = failures.filter(isSkipped);
  if (late.length === 0) return { failures, skipped: [] };
  const precedence = new Precedence(before);
  const outermost = withoutCovered(late);
  return {
    failures: [...failures.filter((failure) => !isSkipped(failure)), ...together(outermost)],
    skipped: outermost.map(({ path }) => ({ path, times: (precedence.of(path) % MOST_TIMES) + 1 })),
  };
}

/**
 * Each path once, and none below another: what was found in a directory before the time was over is left out with it.
 */
function withoutCovered(late: readonly Failure[]): readonly Failure[] {
  const kept: Failure[] = [];
  for (const failure of [...late].sort((left, right) => compareCanonical(left.path, right.path))) {
    const last = kept.at(-1);
    if (last === undefined || !isWithin(failure.path, last.path)) kept.push(failure);
  }
  return kept;
}

function together(late: readonly Failure[]): readonly Failure[] {
  const byDirectory = new Map<Path, Failure[]>();
  for (const failure of late) {
    const directory = parentPath(failure.path);
    const siblings = byDirectory.get(directory);
    if (siblings === undefined) byDirectory.set(directory, [failure]);
    else siblings.push(failure);
  }
  return [...byDirectory].flatMap(([path, siblings]) =>
    siblings.length <= TOLD_EACH
      ? siblings
      : [
          {
            path,
            ...DEADLINE,
            message: `the deadline of the check passed before ${siblings.length} files and directories in it were examined`,
          },
        ],
  );
}
