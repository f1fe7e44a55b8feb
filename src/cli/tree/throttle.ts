/** The options of commands that examine a system beside its work, and how their values are written. */
import { InvalidArgumentError, Option } from 'commander';

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
/** A read asks for up to 128 KiB, and a thread is not to sleep for long between two of them. */
const SLOWEST = 64 * 1024;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
/** A week: who wants more wants no deadline. */
const LONGEST = 7 * 24 * 3600;

/** '50M' in bytes: powers of 1024, as in a policy. */
function byteRate(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]{1,12})([KMGT]?)$/.exec(text) ?? [];
  const bytes = number === '' ? 0 : Number(number) * (UNITS[unit] ?? 1);
  if (bytes < SLOWEST || !Number.isSafeInteger(bytes)) {
    throw new InvalidArgumentError('It must be bytes a second such as 512K, 50M or 1G, and 64K at least.');
  }
  return bytes;
}

/** '4h' in seconds. */
function duration(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? 0);
  if (seconds < 1 || seconds > LONGEST) throw new InvalidArgumentError('It must be a time such as 90s, 30m or 4h.');
  return seconds;
}

const LONGER: Readonly<Record<string, number>> = { ...SECONDS, d: 24 * 3600, w: 7 * 24 * 3600 };
/** A year. */
const LONGEST_PERIOD = 366 * 24 * 3600;

/** '7d' in seconds. */
export function period(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]{1,7})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(number) * (LONGER[unit] ?? 0);
  if (seconds < 1 || seconds > LONGEST_PERIOD)
    throw new InvalidArgumentError('It must be a time such as 90m, 24h or 7d.');
  return seconds;
}

export const niceOption = (): Option =>
  new Option('--nice', 'let every other process go first, at the processor and at the disk');
export const maxRateOption = (): Option =>
  new Option('--max-rate <bytes>', 'read no more file content a second than this: 512K, 50M, 1G').argParser(byteRate);
export const deadlineOption = (): Option =>
  new Option(
    '--deadline <time>',
    'end after this time (90s, 30m, 4h); what was not examined then makes the check incomplete and comes first next time',
  ).argParser(duration);
