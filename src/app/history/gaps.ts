/** Which nights have no check: between two nightly ones lie 24 hours. */

/** With this much more than that between two checks, one is missing. */
const LONGEST_GAP_SECONDS = 36 * 3600;

interface TimedRun {
  readonly lineage: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** Seconds between two times, ISO 8601, when a night without a check lies between them. */
export function gapBetween(before: string, after: string): number | undefined {
  const seconds = (Date.parse(after) - Date.parse(before)) / 1000;
  return seconds > LONGEST_GAP_SECONDS ? seconds : undefined;
}

/** For each run, oldest first, the gap between it and the run before of the same baseline. */
export function gapsBefore(runs: readonly TimedRun[]): readonly (number | undefined)[] {
  const last = new Map<string, TimedRun>();
  return runs.map((run) => {
    const before = last.get(run.lineage);
    last.set(run.lineage, run);
    return before === undefined ? undefined : gapBetween(before.finishedAt, run.startedAt);
  });
}
