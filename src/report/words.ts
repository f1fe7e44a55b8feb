/** Plain words for what a report holds in codes: flags, errors, counts, durations. */
import type { FindingFlag } from '../model/report.ts';

export const FLAG_WORDS: Readonly<Record<FindingFlag, string>> = {
  'setuid-added': 'setuid bit added',
  'setgid-added': 'setgid bit added',
  'world-writable-now': 'writable for everybody now',
  'capability-added': 'file capabilities added',
  'executable-appeared': 'executable appeared',
  'type-changed': 'is another type of object now',
  'content-changed-times-kept': 'content changed but times were kept',
  'immutable-no-longer': 'no longer immutable',
  'append-only-no-longer': 'no longer append-only',
  truncated: 'log was truncated',
  rewritten: 'recorded bytes of the log were rewritten',
  'nul-blocks': 'whole blocks of NUL bytes where text should be, as a crash or a full disk leaves them',
  'mount-appeared': 'a file system is mounted here now',
  'mount-vanished': 'no file system is mounted here any more',
  'mount-changed': 'another mount, or other mount options',
  'package-mismatch': 'content is not what its package ships',
  'unowned-now-claimed': 'belonged to no package, and one claims it now',
  'rolled-back': 'its package was changed, and the content of before is back',
  'database-contradiction': 'the package database contradicts itself or the baseline',
};

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A whole number with commas between thousands. */
export function grouped(value: number | string): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

const SECOND = 1000;
const UNITS = [
  { length: 86_400 * SECOND, name: 'day' },
  { length: 3600 * SECOND, name: 'hour' },
  { length: 60 * SECOND, name: 'minute' },
  { length: SECOND, name: 'second' },
] as const;

/** Time between two ISO 8601 texts in its largest unit, or undefined when they do not tell. */
export function elapsed(from: string, to: string): string | undefined {
  const milliseconds = Date.parse(to) - Date.parse(from);
  if (!(milliseconds >= 0)) return undefined;
  const unit = UNITS.find(({ length }) => milliseconds >= length);
  if (unit === undefined) return 'less than a second';
  return plural(Math.floor(milliseconds / unit.length), unit.name);
}

/** An ISO 8601 time without its fraction of a second: of a run, nobody reads the nanoseconds. */
export function toTheSecond(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

export function byteCount(bytes: number | string): string {
  let value = Number(bytes);
  let step = 0;
  while (value >= 1000 && step < SIZES.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${step === 0 ? value : value.toFixed(1)} ${SIZES[step] ?? ''}`;
}
