/** Options that several commands take, each with how its value is written. */
import { InvalidArgumentError } from 'commander';
import { durationParser, WEEK } from './durations.ts';
import { Option } from './typed-commander.ts';

export const formatOption = <const Formats extends readonly [string, ...string[]]>(formats: Formats) =>
  new Option('--format <format>', 'how to print the result')
    .choices<readonly Formats[number][]>(formats)
    .default<Formats[number]>(formats[0]);

/** What is written: "the report". */
export const outputOption = (what: string) =>
  new Option('--output <file>', `write ${what} to a file, whole or not at all`);

export const expectSealOption = (description = 'the seal the baseline must have') =>
  new Option('--expect-seal <hex>', description);

/** What must be signed: "the baseline". */
export const signersOption = (what = 'it') =>
  new Option('--signers <file>', `who must have signed ${what}, as an allowed_signers file`);

export const reasonOption = (description: string) => new Option('--reason <text>', description);
export const ticketOption = () => new Option('--ticket <text>', 'number of a ticket or change, kept with the reason');

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
/** A read asks for up to 128 KiB, and a thread is not to sleep for long between two of them. */
const SLOWEST = 64 * 1024;

/** '50M' in bytes: powers of 1024, as in a policy. */
function byteRate(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]{1,12})([KMGT]?)$/.exec(text) ?? [];
  const bytes = number === '' ? 0 : Number(number) * (UNITS[unit] ?? 1);
  if (bytes < SLOWEST || !Number.isSafeInteger(bytes)) {
    throw new InvalidArgumentError('It must be bytes a second such as 512K, 50M or 1G, and 64K at least.');
  }
  return bytes;
}

/** Who wants more than a week wants no deadline. */
const duration = durationParser({ units: ['s', 'm', 'h'], longest: WEEK, examples: '90s, 30m or 4h' });

export const niceOption = () =>
  new Option('--nice', 'let every other process go first, at the processor and at the disk');
export const maxRateOption = () =>
  new Option('--max-rate <bytes>', 'read no more file content a second than this: 512K, 50M, 1G').argParser(byteRate);
export const stallOption = () =>
  new Option(
    '--stall <time>',
    'go on without a file system that does nothing for this time (90s, 10m): what lies there makes the run incomplete (default 10m)',
  ).argParser(duration);
export const deadlineOption = () =>
  new Option(
    '--deadline <time>',
    'end after this time (90s, 30m, 4h); what was not examined then makes the check incomplete and comes first next time',
  ).argParser(duration);
