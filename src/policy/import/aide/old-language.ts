/**
 * How AIDE up to 0.16 read a line: it put variables in wherever they stood, took what follows a # anywhere for a
 * comment, and kept escapes as they are written (conf_lex.l, and decode_string for the two digits after a %).
 */
import { mistake } from '../mistake.ts';
import type { Place } from '../notes.ts';
import { trimmed } from './tokens.ts';
import type { Variables } from './variables.ts';

const MAX_LINE = 1 << 16;

/** Group names as it had them; also the group of growing logs could be defined anew. */
export const OLD_NAMES = /^(?:[A-Za-z0-9_%]+|>)$/;

/** What stands before a comment. */
export function withoutComment(line: string): string {
  return /^(?:\\[\s\S]|[^\\#])*/.exec(line)?.[0] ?? '';
}

/** The text with the values of its variables. */
export function substituted(text: string, variables: Variables, place: Place): string {
  let { length } = text;
  return text.replaceAll(/@@\{([A-Za-z0-9_%]+)\}/g, (written, name: string) => {
    const value = variables.value(name);
    length += value.length - written.length;
    if (length > MAX_LINE) throw mistake(place, 'this line is too long');
    return value;
  });
}

/** The word at the start of a text, as it is written. */
export function takeOldWord(text: string): { readonly word: string; readonly rest: string } {
  const [word = ''] = /^(?:\\[\s\S]|[^\\ \t])*/.exec(text) ?? [];
  return { word, rest: trimmed(text.slice(word.length)) };
}

/** An expression in which a % and two digits stand for a byte. */
export function decodedExpression(word: string): string {
  return word.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
