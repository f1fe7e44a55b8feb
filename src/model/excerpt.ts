/** What people are shown of texts and lists of any length: the beginning, and a sign for what is left out. */
import { pathFromLatin1, printable } from './bytes.ts';

const CUT = '…';

/** At most so many characters of a text, and the sign when there are more. */
export function textStart(text: string, most: number): string {
  return text.length > most ? text.slice(0, most) + CUT : text;
}

/** The same of bytes, one character each, made printable. */
export function bytesStart(bytes: string, most: number): string {
  return bytes.length > most ? printable(pathFromLatin1(bytes.slice(0, most))) + CUT : printable(pathFromLatin1(bytes));
}

/** At most so many of the items, and how many there are besides as the last one. */
export function andMore(items: readonly string[], most: number): readonly string[] {
  const left = items.length - most;
  return left > 0 ? [...items.slice(0, most), `and ${left} more`] : items;
}
