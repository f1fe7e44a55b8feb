/**
 * Secrets that a name gives away: `password = …`, `DB_PASSWD: …`, `"api_key": "…"`, `--token …`, in ini, YAML, JSON, shell and
 * command lines. It would rather hide a harmless value than show a secret, and must never hide the line after it for a
 * reason that an intruder could write into a comment.
 */
import type { Path } from '../../../model/bytes.ts';
import { isPlaceholder, REDACTED, taggedPlaceholder } from './placeholder.ts';

const SEPARATOR = '[_.-]?';
const WORDS = new RegExp(
  [
    'passw(?:or)?d',
    'passwort',
    `pass${SEPARATOR}(?:phrase|code)`,
    '(?<![a-z])pass(?![a-z])',
    '(?:auth|user|smtp|imap|db|admin|root|proxy)pass(?![a-z])',
    'pwd',
    'secret',
    'token',
    `(?:api|access|private|preshared|pre${SEPARATOR}shared|shared|encryption|signing|auth|account|master)${SEPARATOR}key`,
    `wep${SEPARATOR}key`,
    '(?<![a-z])psk(?![a-z])',
    `(?:bind|root|ldap|admin)${SEPARATOR}pw(?![a-z])`,
    'requirepass',
    'masterauth',
    'setcredential',
    'authtok',
    'identified[ \\t]{1,8}by',
    '(?<![a-z])credentials?(?![a-z])',
    'r[ow]community',
  ].join('|'),
  'gi',
);
const REST_OF_NAME = /[A-Za-z0-9_.-]{0,40}\]?/y;
/** Names of settings about passwords, whose values an administrator should see. */
const HARMLESS =
  /^s?[_.-]?(?:file|path|dir|auth|time|tries|prompt|polic|min|max|len|age\b|expir|warn|chang|type|format|field|scheme|mode|required|algorithm|lookup|url|uri|endpoint|command|cmd|quality|history|reuse|retr)/i;
const OPERATOR = /["'`]?[ \t]{0,80}(?:=>|:=|\?=|\+=|==|=|:(?!:\w|\/\/))[ \t]*/y;
const ONLY_SPACE = /["'`]?[ \t]+/y;
const NAME_CHARACTERS = /[A-Za-z0-9_.$\]["'`-]/;
/** What may stand before a name that begins its line. */
const LINE_START =
  /^\s*(?:(?:export|set|local|readonly|declare|var|let|const|my|our|define|ENV|ARG|setenv)\s+|[-#;*/]+\s*)?$/;
const LONGEST_NAME = 80;
const NO_VALUE =
  /^(?:|(?:yes|no|true|false|on|off|null|nil|none|empty|required|optional)[,;]?|\$\{?[A-Za-z_]\w*\}?|%[a-z]|[{[(,;)\]}]+)$/i;
/** A file that holds a key is no secret, and another one is news. */
const KEY_FILE = /^[\w$.{}-]*(?:\/[\w$.{}-]+)+\.(?:pem|key|der|crt|p12|pfx|jks)$/;
/** Names whose value may follow after white space alone. */
const DIRECTIVE =
  /^(?:pass|passphrase|secret|token|psk|bindpw|rootpw|requirepass|masterauth|r[ow]community6?|(?:[\w-]+[_-])?password|[\w-]+[_-](?:secret|token|key|pass))$/i;
// WireGuard and AWS draw these at random: 256 and 240 bits.
const DRAWN = /^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{40})$/;
const RUN = /[^\s"']+/y;
const AFTER_VALUE = /[\s,;)\]}]/;

function endOf(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : index;
}

function placeholderOf(value: string, name: string): string {
  if (NO_VALUE.test(value) || KEY_FILE.test(value) || isPlaceholder(value)) return value;
  const isDrawn = DRAWN.test(value) && /key$/i.test(name);
  return isDrawn ? taggedPlaceholder(value) : REDACTED;
}

/** Index of the closing quote, or of the end of the line when there is none. */
function closingQuote(line: string, start: number, quote: string): number {
  for (let index = start; index < line.length; index++) {
    if (line[index] === '\\') index += 1;
    else if (line[index] === quote) return index;
  }
  return line.length;
}

interface Name {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The whole name around a word, with quotes and brackets: `"db.password"`, `$cfg['pass']`. */
function nameAround(line: string, wordStart: number, afterWord: number): Name | undefined {
  let start = wordStart;
  while (start > 0 && wordStart - start < LONGEST_NAME && NAME_CHARACTERS.test(line[start - 1] ?? '')) start -= 1;
  if (HARMLESS.test(line.slice(afterWord, afterWord + 40))) return undefined;
  const end = endOf(REST_OF_NAME, line, afterWord);
  const text = line.slice(start, end);
  return /^(?:OLD)?PWD$/.test(text) || /^NOPASSWD$/.test(text) ? undefined : { text, start, end };
}

/** Where the value of a name begins, or undefined when what follows is none. */
function valueStart(line: string, name: Name, isFirst: boolean): number | undefined {
  const assigned = endOf(OPERATOR, line, name.end);
  if (assigned > name.end) return assigned;
  const spaced = endOf(ONLY_SPACE, line, name.end);
  if (spaced === name.end) return undefined;
  const isQuoted = /["']/.test(line[spaced] ?? '');
  // Another option, not a value, is what begins with a dash.
  const isOption = /^["'`]?-/.test(name.text) && line[spaced] !== '-';
  // `password secret` of ini-like files; in a comment it would be prose.
  const isDirective = isFirst && DIRECTIVE.test(name.text) && /^\s*$/.test(line.slice(0, name.start));
  return isQuoted || isOption || isDirective ? spaced : undefined;
}

/** End of the word that begins at `start` as a shell sees it: quoted parts belong to it, the quote around it does not. */
function wordEnd(line: string, start: number, openQuote: string): number {
  let end = endOf(RUN, line, start);
  for (let quote = line[end]; quote === '"' || quote === "'"; quote = line[end]) {
    if (quote === openQuote) return end;
    end = endOf(RUN, line, Math.min(closingQuote(line, end + 1, quote) + 1, line.length));
  }
  return end;
}

interface Value {
  readonly text: string;
  readonly end: number;
}

function redactQuoted(line: string, start: number, name: Name, openQuote: string): Value {
  const quote = line[start] ?? '';
  const close = closingQuote(line, start + 1, quote);
  const afterQuote = Math.min(close + 1, line.length);
  const end = AFTER_VALUE.test(line[afterQuote] ?? ' ') ? afterQuote : wordEnd(line, afterQuote, openQuote);
  const rest = line.slice(afterQuote, end);
  const inside = placeholderOf(line.slice(start + 1, close), name.text);
  const adjacent = rest === '' || isPlaceholder(rest) ? rest : REDACTED;
  return { text: quote + inside + line.slice(close, afterQuote) + adjacent, end };
}

function redactValue(line: string, start: number, name: Name, isFirst: boolean, openQuote: string): Value {
  const first = line[start] ?? '';
  if (first === openQuote) return { text: '', end: start };
  if (first === '"' || first === "'" || first === '`') return redactQuoted(line, start, name, openQuote);
  // `"NAME=several words"` is quoted as a whole; `name: several words` of YAML goes on to the end of the line.
  const isPhrase = (isFirst && openQuote === '') || /:[ \t]+$/.test(line.slice(Math.max(name.end, start - 8), start));
  const isQuotedWhole = openQuote !== '' && name.text.startsWith(openQuote);
  let end = wordEnd(line, start, openQuote);
  if (isQuotedWhole) end = closingQuote(line, start, openQuote);
  else if (isPhrase) end = line.length;
  const value = line.slice(start, end);
  const trimmed = value.trimEnd();
  return { text: placeholderOf(trimmed, name.text) + value.slice(trimmed.length), end };
}

/** The quote that is open at `index`, going on from what was known at `from`. */
function quoteOpenAt(line: string, from: number, index: number, open: string): string {
  let quote = open;
  for (let position = from; position < index; position++) {
    const character = line[position] ?? '';
    if (character === '\\') position += 1;
    else if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  return quote;
}

function redactLine(line: string): string {
  let output = '';
  let done = 0;
  let quote = '';
  let quoteKnownTo = 0;
  WORDS.lastIndex = 0;
  for (let match = WORDS.exec(line); match !== null; match = WORDS.exec(line)) {
    const name = nameAround(line, match.index, match.index + match[0].length);
    if (name === undefined) continue;
    const isFirst = name.start <= LONGEST_NAME && LINE_START.test(line.slice(0, name.start));
    const start = valueStart(line, name, isFirst);
    if (start === undefined) continue;
    quote = quoteOpenAt(line, quoteKnownTo, name.end, quote);
    quoteKnownTo = name.end;
    // In `"name": …` the quote that is open here closes right after the name.
    const openQuote = line[name.end] === quote ? '' : quote;
    const value = redactValue(line, start, name, isFirst, openQuote);
    output += line.slice(done, start) + value.text;
    done = value.end;
    WORDS.lastIndex = Math.max(done, name.end);
  }
  return output + line.slice(done);
}

const BLOCK_SCALAR = /:[ \t]{0,80}[|>][+-]?\d?[+-]?[ \t]{0,80}$/;

function indentation(line: string): number {
  return /^[ -]*/.exec(line)?.[0].length ?? 0;
}

/** The lines of a YAML block scalar (YAML 1.2, 8.1) go with its name. */
function redactYaml(text: string): string {
  const kept: string[] = [];
  let scalarWithin = -1;
  for (const line of text.split('\n')) {
    if (scalarWithin >= 0 && (line.trim() === '' || indentation(line) > scalarWithin)) continue;
    const redacted = redactLine(line);
    scalarWithin = redacted !== line && BLOCK_SCALAR.test(line.slice(-200)) ? indentation(line) : -1;
    kept.push(redacted);
  }
  return kept.join('\n');
}

/** Replaces the values of all names that sound secret. A value that goes on in the next line is known in YAML only. */
export function redactAssignments(path: Path, text: string): string {
  return /\.ya?ml$/i.test(path) ? redactYaml(text) : text.replace(/[^\r\n]+/g, redactLine);
}
