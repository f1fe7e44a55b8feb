/**
 * How AIDE up to 0.16 read a line: it put variables in wherever they stood, took what follows a # anywhere for a
 * comment, and kept escapes as they are written (conf_lex.l, and decode_string for the two digits after a %).
 */
import { mistake } from '../mistake.ts';
import type { Place } from '../notes.ts';
import { trimmed } from './tokens.ts';
import type { Variables } from './variables.ts';

const MAX_LENGTH = 1 << 16;

/** Group names as it had them; also the group of growing logs could be defined anew. */
export const OLD_NAMES = /^(?:[A-Za-z0-9_%]+|>)$/;

/** Where the first of some characters stands that no backslash is before; the length of the text where none does. */
function firstOf(characters: string, text: string): number {
  let at = 0;
  while (at < text.length && !characters.includes(text.charAt(at))) at += text.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

/** What stands before a comment. */
export function withoutComment(line: string): string {
  return line.slice(0, firstOf('#', line));
}

/** The text with the values of its variables. */
export function substituted(text: string, variables: Variables, place: Place): string {
  let { length } = text;
  return text.replaceAll(/@@\{([A-Za-z0-9_%]+)\}/g, (written, name: string) => {
    const value = variables.value(name);
    length += value.length - written.length;
    if (length > MAX_LENGTH) throw mistake(place, 'this line is too long');
    return value;
  });
}

/** The word at the start of a text, as it is written. */
export function takeOldWord(text: string, place: Place): { readonly word: string; readonly rest: string } {
  const end = firstOf(' \t', text);
  if (end > MAX_LENGTH) throw mistake(place, 'this word is too long');
  return { word: text.slice(0, end), rest: trimmed(text.slice(end)) };
}

/** An expression in which a % and two digits stand for a byte. */
export function decodedExpression(word: string): string {
  return word.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
