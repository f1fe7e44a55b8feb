/** How values of a file appear in a sentence: printable, short, and in quotes where they could be read as part of it. */
import { pathFromLatin1, printable } from '../../../model/bytes.ts';

const LONGEST = 160;
const LONGEST_LIST = 12;
const ONE_WORD = /^(?!["'])[\x21-\x7e\xa1-\xff]+$/;
const MILLISECONDS_A_DAY = 86_400_000;

/** The value as it stands in the file, one character a byte. */
export function shown(value: string): string {
  if (value === '') return '(empty)';
  const isCut = value.length > LONGEST;
  const text = printable(pathFromLatin1(isCut ? value.slice(0, LONGEST) : value)) + (isCut ? '…' : '');
  return ONE_WORD.test(value) ? text : `"${text}"`;
}

export function shownList(values: readonly string[]): string {
  const names = values.slice(0, LONGEST_LIST).map(shown).join(', ');
  return values.length > LONGEST_LIST ? `${names} and ${values.length - LONGEST_LIST} more` : names;
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
