/**
 * Which runs are old enough to be removed. The clock may be wrong: what a run is old is counted from run to run, and a
 * pause longer than a month counts as one, so that a clock that jumps ahead makes nothing old.
 */
import type { ChainedRun } from './chain.ts';

const MILLISECONDS_PER_DAY = 86_400_000;
const LONGEST_PAUSE_DAYS = 31;
/** At most this part of the runs goes at once, so that what a wrong clock takes is seen before it is all. */
const LARGEST_PART = 10;

type Timed = Pick<ChainedRun, 'startedAt'>;

/** Days from one run to the next as far as they can be believed; a clock that was set back gives none. */
function daysBetween(earlier: Timed, later: Timed): number {
  const days = (Date.parse(later.startedAt) - Date.parse(earlier.startedAt)) / MILLISECONDS_PER_DAY;
  return Number.isNaN(days) ? 0 : Math.min(Math.max(days, 0), LONGEST_PAUSE_DAYS);
}

/** How many of the runs, oldest first, are older than `retainDays` before the newest one, which always stays. */
export function expiredRuns(runs: readonly Timed[], retainDays: number): number {
  let age = 0;
  let expired = 0;
  for (let index = runs.length - 2; index >= 0 && expired === 0; index -= 1) {
    const [run, next] = [runs[index], runs[index + 1]];
    if (run === undefined || next === undefined) break;
    age += daysBetween(run, next);
    if (age > retainDays) expired = index + 1;
  }
  return Math.min(expired, Math.ceil(runs.length / LARGEST_PART));
}
