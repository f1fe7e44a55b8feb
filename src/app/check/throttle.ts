/** How an examination treats the host it runs on, as the options --nice, --max-rate and --deadline say. */
import { type Pace, paceOf } from '../../system/pace.ts';
import { lowerPriority } from '../../system/priority.ts';
import type { Context } from '../context.ts';

export interface ThrottleOptions {
  readonly nice?: boolean | undefined;
  /** Bytes a second. */
  readonly maxRate?: number | undefined;
  /** Seconds. */
  readonly deadline?: number | undefined;
  /** Seconds without progress after which a file system is not waited for any more. */
  readonly stall?: number | undefined;
}

/**
 * Lowers the priority of this process where that was asked for, and says how fast and how long it may read from now.
 */
export function throttle(context: Context, { nice, maxRate, deadline }: ThrottleOptions): Pace | undefined {
  const refusal = nice === true ? lowerPriority() : undefined;
  if (refusal !== undefined) context.log.note(refusal);
  return paceOf(maxRate, deadline);
}

/** What both sides want who have a say. */
export function slowest(one: ThrottleOptions, other: ThrottleOptions): ThrottleOptions {
  const rates = [one.maxRate, other.maxRate].filter((rate) => rate !== undefined);
  return {
    nice: one.nice === true || other.nice === true,
    maxRate: rates.length === 0 ? undefined : Math.min(...rates),
  };
}
