/**
 * The value of a name that gives a secret away, from its first character to its last: a quoted string, a list, a word,
 * the rest of the line. What of it is replaced, and what it leaves open for the lines below.
 */
import { isComment } from './line-shapes.ts';
import { isPlaceholder, REDACTED } from './placeholder.ts';
import type { SecretName } from './secret-names.ts';
import { replaceValue } from './values.ts';

/** What stands before the quote of a literal: `b'…'`, `N'…'`, `<<"…">>`, `!!str "…"`, `&anchor "…"`. */
const LITERAL_PREFIX = /(?:[bruBRUN@]{1,2}(?=["'])|<<(?=")|!{1,2}\w{1,12}[^\S\r\n]+|&\w{1,20}[^\S\r\n]+){1,2}/y;
/** A weak name is only judged by the first literal. */
const WEAK_OPENERS = /[[({]{0,3}(?:base64_decode|unhexlify|from_hex|decode)?\(?/y;
export const RUN = /[^\s"']+/y;
/** A weak name is not looked at beyond the next operator, so that a line of nothing but such names stays linear. */
const WEAK_RUN = /[^\s"'`,;&=:()<>{}[\]]+={0,2}/y;
const AFTER_VALUE = /[\s,;)\]}>]/;
const CONTAINER =
  /(?:secrets|passwords|passwds|tokens|credentials|keys|(?:github|gitlab|bitbucket)-(?:oauth|token))["'`]?$/i;
const BLOCK_SCALAR = /^[|>][+-]?\d?[+-]?[^\S\r\n]{0,80}(?:#.*)?$/;

/** `'a' . 'b'`, `"a" + "b"`: parts of one value. */
const CONCATENATION = /[^\S\r\n]{0,8}[.+][^\S\r\n]{0,8}(?=["'])/y;

/** What a line leaves open for the lines below: nothing yet, a bracket, a quote, a block of YAML, perhaps more. */
export interface Open {
  readonly kind: 'value' | 'bracket' | 'quote' | 'scalar' | 'more';
  /** The character that ends it. */
  readonly end: string;
  readonly isStrong: boolean;
}

export interface Start {
  readonly index: number;
  readonly isSpaced: boolean;
  /** The bracket that the value stands in: `password(…)`. */
  readonly within: string;
}

export interface Place {
  readonly line: string;
  readonly name: SecretName;
  readonly isFirst: boolean;
  readonly openQuote: string;
}

export interface Value {
  readonly text: string;
  readonly end: number;
  readonly open?: Open['kind'];
  readonly closer?: string;
}

export function endOf(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : index;
}

/** Index of the closing quote, or of the end of the line when there is none. */
function closingQuote(line: string, start: number, quote: string): number {
  for (let index = start; index < line.length; index++) {
    if (line[index] === '\\') index += 1;
    else if (line[index] === quote) return index;
  }
  return line.length;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const LONGEST_LIST = 2000;

/** Index of the bracket that closes the one at `start`, or of the end of the line where none does soon. */
function closingBracket(line: string, start: number): number {
  const stack: string[] = [];
  for (let index = start; index < Math.min(line.length, start + LONGEST_LIST); index++) {
    const character = line[index] ?? '';
    const closing = CLOSING[character];
    if (character === '"' || character === "'") index = closingQuote(line, index + 1, character);
    else if (closing !== undefined) stack.push(closing);
    else if (character === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return index;
    }
  }
  return line.length;
}

/**
 * End of the word that begins at `start` as a shell sees it: quoted parts belong to it, the quote around it does not.
 */
function wordEnd(line: string, start: number, openQuote: string): number {
  let end = endOf(RUN, line, start);
  for (let quote = line[end]; quote === '"' || quote === "'"; quote = line[end]) {
    if (quote === openQuote) return end;
    end = endOf(RUN, line, Math.min(closingQuote(line, end + 1, quote) + 1, line.length));
  }
  return end;
}

function quoted(place: Place, start: number): Value {
  const { line, name, openQuote } = place;
  let text = '';
  for (let index = start; ; ) {
    const quote = line[index] ?? '';
    const close = closingQuote(line, index + 1, quote);
    const afterQuote = Math.min(close + 1, line.length);
    text +=
      quote + replaceValue(line.slice(index + 1, close), name.text, name.isStrong) + line.slice(close, afterQuote);
    if (close >= line.length) return { text, end: line.length, open: 'quote', closer: quote };
    const next = endOf(CONCATENATION, line, afterQuote);
    if (next > afterQuote && name.isStrong) {
      text += line.slice(afterQuote, next);
      index = next;
      continue;
    }
    if (!name.isStrong || AFTER_VALUE.test(line[afterQuote] ?? ' ')) return { text, end: afterQuote };
    const end = wordEnd(line, afterQuote, openQuote);
    const rest = line.slice(afterQuote, end);
    const isKept = rest === '' || isPlaceholder(rest) || /^[\\"'`\])},;:>]+$/.test(rest);
    return { text: text + (isKept ? rest : REDACTED), end };
  }
}

/** `\"…\"` of a string within a string. */
function escapedQuoted({ line, name }: Place, start: number): Value {
  const quote = line.slice(start, start + 2);
  const found = line.indexOf(quote, start + 2);
  const close = found < 0 ? line.length : found;
  return { text: quote + replaceValue(line.slice(start + 2, close), name.text, name.isStrong), end: close };
}

/**
 * A list, or what brackets hold together. Names within braces are judged for themselves, but for those of a container.
 */
function bracketed({ line, name }: Place, start: number): Value | undefined {
  const bracket = line[start] ?? '';
  const closer = CLOSING[bracket] ?? '';
  const isContainer = CONTAINER.test(name.text);
  const isMap = /^.["']?[\w.-]{1,60}["']?\s{0,8}(?:=>|[:=])/.test(
    line.slice(start, start + 90).replace(/^(.)\s+/, '$1'),
  );
  if (!isContainer && (isMap || (bracket === '{' && line.slice(start + 1).trim() === ''))) return undefined;
  const close = closingBracket(line, start);
  const inner = line.slice(start + 1, close);
  const isOpen = close >= line.length;
  const bare = inner.trim().replace(/^(["'])([^"']*)\1$/, '$2');
  const replaced = replaceValue(bare, name.text, true);
  const text = bracket + (replaced === bare ? inner : replaced);
  return isOpen ? { text, end: line.length, open: 'bracket', closer } : { text, end: close };
}

function bare(place: Place, start: number, isPhrase: boolean): Value {
  const { line, name, openQuote } = place;
  const isQuotedWhole = openQuote !== '' && name.text.startsWith(openQuote);
  let end = name.isStrong ? wordEnd(line, start, openQuote) : endOf(WEAK_RUN, line, start);
  // `"NAME=several words"` is quoted as a whole; `name: several words` of YAML goes on to the end of the line.
  if (name.isStrong && isQuotedWhole) end = closingQuote(line, start, openQuote);
  else if (name.isStrong && isPhrase) end = line.length;
  const value = line.slice(start, end);
  const trimmed = value.trimEnd();
  const text = replaceValue(trimmed, name.text, name.isStrong) + value.slice(trimmed.length);
  return { text, end, ...(isPhrase && text !== value ? { open: 'more' as const } : {}) };
}

/** Fewer characters are rather an expression: `pw(d|i)`. */
const LEAST_WITHIN = 4;

function redactWithin({ line, name }: Place, start: number, closer: string): Value {
  const quote = line[start] ?? '';
  const isQuoted = quote === '"' || quote === "'";
  const close = isQuoted ? closingQuote(line, start + 1, quote) : line.indexOf(closer, start);
  const from = isQuoted ? start + 1 : start;
  if (close < 0 || close >= line.length) {
    return {
      text: line.slice(start, from) + (from < line.length ? REDACTED : ''),
      end: line.length,
      open: 'bracket',
      closer,
    };
  }
  const value = line.slice(from, close);
  // `password (see the manual)`, `get_token(request, name)`: words of prose and code.
  const isWords = !isQuoted && (/[\s,]|^[/^(]/.test(value) || value.length < LEAST_WITHIN);
  return { text: line.slice(start, from) + (isWords ? value : replaceValue(value, name.text, true)), end: close };
}

export function redactValue(place: Place, { index, isSpaced, within }: Start): Value {
  const { line, name, isFirst, openQuote } = place;
  const literal = endOf(LITERAL_PREFIX, line, index);
  const start = name.isStrong ? literal : endOf(WEAK_OPENERS, line, literal);
  const prefix = line.slice(index, start);
  const first = line[start] ?? '';
  const kept = (value: Value): Value => ({ ...value, text: prefix + value.text });
  if (within !== '') return kept(redactWithin(place, start, within));
  if (start >= line.length) return { text: prefix, end: start, open: 'value' };
  if (first === openQuote) return { text: prefix, end: start };
  if (name.isStrong && isFirst && !isComment(line) && BLOCK_SCALAR.test(line.slice(start, start + 200))) {
    return { text: REDACTED, end: line.length, open: 'scalar' };
  }
  if (first === '\\' && /["']/.test(line[start + 1] ?? '')) return kept(escapedQuoted(place, start));
  if (first === '"' || first === "'" || first === '`') return kept(quoted(place, start));
  if (!isSpaced && CLOSING[first] !== undefined && name.isStrong) {
    const value = bracketed(place, start);
    return value === undefined ? { text: prefix, end: start } : kept(value);
  }
  const isAfterColon = !isSpaced && /:[^\S\r\n]+$/.test(line.slice(Math.max(name.end, index - 8), index));
  return kept(bare(place, start, (isFirst && openQuote === '') || isAfterColon));
}
