/** Whether checks came as often as is demanded. Pure: the runs and the clock come from outside. */

export interface ScheduledRun {
  readonly number: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Whether everything was to be examined and was. Only such a run counts. */
  readonly isWhole: boolean;
}

export interface Gap {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** Run before it and run after it; missing at the ends of the records. */
  readonly after?: number;
  readonly before?: number;
}

export interface Schedule {
  /** Longest time without a complete check that is allowed; missing when nobody said one. */
  readonly maxGapSeconds?: number;
  readonly maxGapFrom: 'framework' | 'option' | 'nobody';
  /** Missing when there is nothing to judge by. */
  readonly kept?: boolean;
  /** Complete checks of everything in the period. */
  readonly completeRuns: number;
  readonly longestGap?: Gap;
  /** Those that are too long. */
  readonly gaps: readonly Gap[];
}

export interface ScheduleQuestion {
  readonly since: string;
  readonly until: string;
  /** Since when there are records; nothing can be said of the time before. Undefined: there are none. */
  readonly recordedSince: string | undefined;
  readonly maxGap: { readonly seconds: number; readonly from: 'framework' | 'option' } | undefined;
}

function gapOf(before: ScheduledRun | undefined, after: ScheduledRun | undefined, from: string, to: string): Gap {
  return {
    from,
    to,
    seconds: Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000)),
    ...(before === undefined ? {} : { after: before.number }),
    ...(after === undefined ? {} : { before: after.number }),
  };
}

/**
 * The gaps between complete checks, oldest first, that reach into the period: from the end of one to the start of the
 * next, from the start of the records to the first, and from the last to the end of the period. A clock that was wrong
 * for a time must not hide one: what lies in the future proves nothing, and the others count by their times, not their
 * numbers.
 */
function gapsOf(runs: readonly ScheduledRun[], { since, until, recordedSince }: ScheduleQuestion): readonly Gap[] {
  if (recordedSince === undefined) return [];
  const gaps: Gap[] = [];
  let last: ScheduledRun | undefined;
  let from = recordedSince;
  const counted = runs.filter(({ isWhole, finishedAt }) => isWhole && Date.parse(finishedAt) <= Date.parse(until));
  for (const run of counted.sort((left, right) => Date.parse(left.startedAt) - Date.parse(right.startedAt))) {
    gaps.push(gapOf(last, run, from, run.startedAt));
    if (Date.parse(run.finishedAt) < Date.parse(from)) continue;
    last = run;
    from = run.finishedAt;
  }
  gaps.push(gapOf(last, undefined, from, until));
  return gaps.filter(({ to }) => Date.parse(to) >= Date.parse(since));
}

/** `runs`: all that are known, oldest first, those before the period too. */
export function judgeSchedule(runs: readonly ScheduledRun[], question: ScheduleQuestion): Schedule {
  const { since, until, maxGap } = question;
  const gaps = gapsOf(runs, question);
  const completeRuns = runs.filter(
    ({ isWhole, startedAt }) =>
      isWhole && Date.parse(startedAt) >= Date.parse(since) && Date.parse(startedAt) <= Date.parse(until),
  ).length;
  const longestGap = gaps.reduce<Gap | undefined>(
    (longest, gap) => (longest === undefined || gap.seconds > longest.seconds ? gap : longest),
    undefined,
  );
  const known = { completeRuns, ...(longestGap === undefined ? {} : { longestGap }) };
  if (maxGap === undefined) return { ...known, maxGapFrom: 'nobody', gaps: [] };
  const tooLong = gaps.filter(({ seconds }) => seconds > maxGap.seconds);
  return {
    ...known,
    maxGapSeconds: maxGap.seconds,
    maxGapFrom: maxGap.from,
    // Without a single complete check nothing was kept, however short the time was.
    kept: tooLong.length === 0 && completeRuns > 0,
    gaps: tooLong,
  };
}
