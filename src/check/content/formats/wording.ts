/**
 * How values of a file appear in a sentence: printable, short, and in quotes where they could be read as part of it.
 */
import { andMore, bytesStart } from '../../../model/excerpt.ts';

const LONGEST = 160;
const LONGEST_LIST = 12;
const ONE_WORD = /^(?!["'])[\x21-\x7e\xa1-\xff]+$/;
const MILLISECONDS_A_DAY = 86_400_000;

/** The value as it stands in the file, one character a byte. */
export function shown(value: string): string {
  if (value === '') return '(empty)';
  const text = bytesStart(value, LONGEST);
  return ONE_WORD.test(value) ? text : `"${text}"`;
}

export function shownList(values: readonly string[]): string {
  return andMore(values.map(shown), LONGEST_LIST).join(', ');
}

/** `singular` with its number: 1 line, 2 lines. */
export function counted(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
}

/** Days since 1970-01-01, as shadow(5) counts, as a date; what is no such number, as it stands. */
export function shownDay(days: string): string {
  if (!/^\d{1,7}$/.test(days)) return shown(days);
  return new Date(Number(days) * MILLISECONDS_A_DAY).toISOString().slice(0, 10);
}
