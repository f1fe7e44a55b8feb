/** Lengths of time as options take them: '90s', '4h', '30d'. */
import { InvalidArgumentError } from 'commander';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
export const YEAR = 365 * DAY;

const SECONDS = { s: 1, m: MINUTE, h: HOUR, d: DAY, w: WEEK, y: YEAR };

interface Bounds {
  readonly units: readonly (keyof typeof SECONDS)[];
  /** Seconds. */
  readonly longest: number;
  /** "24h, 90d or 1y". */
  readonly examples: string;
}

/** A parser that gives seconds, and throws an InvalidArgumentError for what is no time or beyond the bounds. */
export function durationParser({ units, longest, examples }: Bounds): (text: string) => number {
  return (text) => {
    const [, number = '', letter = ''] = /^([0-9]{1,9})([a-z])$/.exec(text) ?? [];
    const unit = units.find((candidate) => candidate === letter);
    const seconds = unit === undefined ? 0 : Number(number) * SECONDS[unit];
    if (seconds < 1 || seconds > longest) throw new InvalidArgumentError(`It must be a time such as ${examples}.`);
    return seconds;
  };
}
