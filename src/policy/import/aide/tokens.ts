/**
 * The words of a configuration file of AIDE: which kind of line it is, and how escapes and `@@{VARIABLE}` in it are
 * read. It evaluates nothing but variables.
 */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import type { Variables } from './variables.ts';

// Variables may double with each line; AIDE would fall over them too.
const MAX_WORD = 1 << 16;

// Of ASCII only: String.trim and \s take the byte A0, the end of "à" in UTF-8, for blank space too.
const BLANK = ' \t\r\v\f';

/** Without blank space at its begin and end. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && BLANK.includes(text.charAt(from))) from += 1;
  while (to > from && BLANK.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** With one space for each run of blank space. */
export function singleSpaced(text: string): string {
  return text.replaceAll(/[ \t\r\v\f]+/g, ' ');
}

/**
 * Takes the word at the start of a text: up to blank space that is not escaped. A backslash before a backslash, `@` or
 * space stands for that character; before any other it stands for itself. Throws a UserError for one that is too long.
 */
export function takeWord(
  text: string,
  variables: Variables,
  place: Place,
): { readonly word: string; readonly rest: string } {
  let word = '';
  let at = 0;
  while (at < text.length) {
    if (word.length > MAX_WORD) throw mistake(place, 'this word is too long');
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === ' ' || character === '\t') break;
    if (character === '\\' && (next === '\\' || next === '@' || next === ' ')) {
      word += next;
      at += 2;
      continue;
    }
    const variable = /^@@\{([A-Za-z0-9_]+)\}/.exec(text.slice(at));
    if (variable !== null) {
      word += variables.value(variable[1] ?? '');
      at += variable[0].length;
      continue;
    }
    word += character;
    at += 1;
  }
  return { word, rest: trimmed(text.slice(at)) };
}

export type Line =
  | { readonly kind: 'empty' }
  /** `@@name`, with what follows it. */
  | { readonly kind: 'directive'; readonly name: string; readonly rest: string }
  /** `name = value`: a setting or a group. */
  | { readonly kind: 'definition'; readonly name: string; readonly value: string }
  /** `sign` is '', '=', '!' or '-'; the text begins with the slash. */
  | { readonly kind: 'rule'; readonly sign: string; readonly text: string };

/** Tells the kinds of lines apart, where `names` are those of groups. Throws a UserError for what is none of them. */
export function readLine(written: string, names: RegExp, place: Place): Line {
  const text = trimmed(written);
  if (text === '' || text.startsWith('#')) return { kind: 'empty' };
  const directive = /^@@([a-z_]+)(?:[ \t]+(.*))?$/.exec(text);
  if (directive !== null) return { kind: 'directive', name: directive[1] ?? '', rest: directive[2] ?? '' };
  const rule = /^([=!-]?)(\/.*)$/.exec(text);
  if (rule !== null) return { kind: 'rule', sign: rule[1] ?? '', text: rule[2] ?? '' };
  const definition = /^([^ \t=]+)[ \t]*=[ \t]*(.*)$/.exec(text);
  if (definition !== null && names.test(definition[1] ?? '')) {
    return { kind: 'definition', name: definition[1] ?? '', value: definition[2] ?? '' };
  }
  if (/^[=!-]?@@\{/.test(text)) {
    throw mistake(place, `a rule begins with a '/' since AIDE 0.17, and not with a variable: ${shown(text)}`);
  }
  if (/^[=!-]?[(^]/.test(text)) throw mistake(place, `a rule begins with a '/': ${shown(text)}`);
  throw mistake(place, `this is no setting, group, rule or macro: ${shown(text)}`);
}
