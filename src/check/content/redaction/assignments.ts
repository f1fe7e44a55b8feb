/**
 * Secrets that a name gives away within a line: `password = …`, `DB_PASSWD: …`, `"api_key": "…"`, `--token …`,
 * `define('PASS', '…')`, `$x['pass'] = …`, in ini, YAML, JSON, shell, PHP and command lines. It would rather hide a
 * harmless value than show a secret. Which names, is in secret-names.ts; what a value is, in assigned-values.ts and
 * values.ts; values below the line, in following-lines.ts.
 */
import { endOf, type Open, type Place, RUN, redactValue, type Start, type Value } from './assigned-values.ts';
import { isComment } from './line-shapes.ts';
import type { Reading } from './reading.ts';
import { LONGEST_NAME, nextSecretName, type SecretName } from './secret-names.ts';

export interface RedactedLine {
  readonly text: string;
  readonly open: Open | undefined;
}

/** `'] = `, `"] = `, `\": `, and an index: `password['db']`. */
const CLOSERS = /(?:[\\"'`\])}>]{1,6})?(?:\[["']?[\w.*-]{0,40}["']?\])?/y;
const ASSIGNMENT = /[^\S\r\n]{0,80}(?:=>|:=|\?=|\+=|\|\|=|={1,3}|<-|::(?=[^\S\r\n])|:(?!:\w|\/\/))[^\S\r\n]*/y;
const EQUALS = /=/y;
/** Only before a quote, or a binary of Erlang. */
const COMMA = /[^\S\r\n]{0,40}(?:,|;s:\d{1,5}:)[^\S\r\n]{0,40}(?=["'`]|<<")/y;
const CALL = /\((?!\d[a-z]{0,3}\)|\))[^\S\r\n]{0,8}/y;
const INDEX = /\[(?=[^\]\r\n]{1,200}\])/y;
const ONLY_SPACE = /["'`]?[^\S\r\n]+/y;
/** What may stand before a name that begins its line. */
const LINE_START =
  /^(?:\xef\xbb\xbf)?\s*(?:(?:export|set|local|readonly|declare|var|let|const|my|our|define|ENV|ARG|setenv|SetEnv|(?:public|private|protected|static)(?:[ \t]+static)?|(?:fastcgi|uwsgi|scgi)_param)\s+|[-#;*/]+\s*)?$/;
/** A name that is the whole word, whose value may follow after white space in the middle of a line. */
const PLAIN =
  /^["'(]?(?:[\w-]{1,40}[_-])?(?:[a-z]{0,12}(?:password|passwd|passphrase|secret|token)|pass|pwd|psk|rootpw|bindpw|(?:r[ow]|trap)?community|api[_-]?key|auth[_-]?key|key-string|identified.*)\d?$/i;
/** In directives a verb, in prose the rest of a sentence. */
const VERB =
  /^["'`]?(?:[Uu]se|[Tt]ry|[Nn]o|[Nn]ot|[Ii]s|[Hh]as|[Aa]llow|[Rr]equire|[Ee]nable|[Dd]isable|[Pp]ermit|[Cc]heck|[Vv]alidate|[Vv]erify|[Cc]hange|[Rr]eset|[Aa]sk|[Gg]et|[Ss]end|[Ss]how|[Ff]orce)(?:[_-]|(?=[A-Z]))/;
const PROSE =
  /^(?:is|are|was|were|be|must|should|shall|may|can|will|would|has|have|had|for|the|an?|and|or|of|to|in|into|on|at|from|with|without|by|as|if|when|then|that|this|these|those|not?|never|only|also|via|us(?:e|es|ed|ing)|your?|our|its|their|which|who|whose|before|after|again|once|here|there|please|prompts?|polic(?:y|ies)|files?|based|hash(?:es|ing)?|authentication|authenticated|authorization|requisite|sufficient|include|substack|manag(?:er|ement)|chang(?:e|es|ed|ing)|resets?|strength|expir(?:y|es?|ed|ation)|aging|ag(?:e|ing)|length|history|databases?|db|stor(?:e|es|age)|entry|entries|fields?|requests?|agents?|support|cache|servers?|strings?|values?|options?|settings?|type|method|lists?|maps?|programs?|check(?:s|er|ing)?|sync|quality|generator|rules?|updates?|mismatch|fail(?:s|ed|ures?)|attempts?|found|missing|set|unset|protected|protection|required|optional|login|logins|every|each|all|any|more|less|than|it|so|but|does|do|did|now|yet|dialog|backends?|helper|utility|tools?|daemon|service|support)[,.:;)\\$]{0,3}$/i;
function spacedStart({ line, name, isFirst }: Place): Start | undefined {
  const index = endOf(ONLY_SPACE, line, name.end);
  if (index === name.end) return undefined;
  const start = { index, isSpaced: true, within: '' };
  if (/["']/.test(line[index] ?? '') && line[name.end] !== line[index]) return start;
  if (name.needsOperator) return undefined;
  const word = line.slice(index, endOf(RUN, line, index));
  // Another option, not a value, is what begins with a dash.
  if (/^["'`]?--?\w/.test(name.text)) return word.startsWith('-') ? undefined : start;
  if (/^passwd$/.test(name.text) && word.startsWith('-')) return undefined;
  if (PROSE.test(word) || VERB.test(name.text) || /^[[{(=|&<>]|^\d+\/(?:tcp|udp|sctp)/.test(word)) return undefined;
  if (isComment(line)) {
    const isAlone =
      index + word.length >= line.trimEnd().length || /^(?:requirepass|masterauth|.*community6?)$/i.test(name.text);
    return isFirst && isAlone ? start : undefined;
  }
  if (!name.isStrong || (isFirst && /^\s*$/.test(line.slice(0, name.start)))) return start;
  const isWord = name.start === 0 || /[\s(]/.test(line[name.start - 1] ?? '');
  return isWord && PLAIN.test(name.text) ? start : undefined;
}

/** Where the value of a name begins, or undefined when what follows is none. */
function valueStart(place: Place, operators: Reading['operators']): Start | undefined {
  const { line, name } = place;
  if (operators === 'equals') {
    const index = endOf(EQUALS, line, name.end);
    return index === name.end ? undefined : { index, isSpaced: false, within: '' };
  }
  const closed = endOf(CLOSERS, line, name.end);
  for (const pattern of isComment(line) ? [ASSIGNMENT] : [ASSIGNMENT, COMMA]) {
    const index = endOf(pattern, line, closed);
    if (index > closed) return { index, isSpaced: false, within: '' };
  }
  if (!name.isStrong) return spacedStart(place);
  const call = endOf(CALL, line, name.end);
  if (call > name.end) return { index: call, isSpaced: false, within: ')' };
  const index = endOf(INDEX, line, name.end);
  if (index > name.end) {
    return { index, isSpaced: false, within: ']' };
  }
  return spacedStart(place);
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

export function redactLine(line: string, operators: Reading['operators']): RedactedLine {
  let output = '';
  let done = 0;
  let quote = '';
  let quoteKnownTo = 0;
  let open: Open | undefined;
  let from = 0;
  for (let name = nextSecretName(line, from); name !== undefined; name = nextSecretName(line, from)) {
    from = name.end;
    if (name.end <= done) continue;
    const isFirst = name.start <= LONGEST_NAME && LINE_START.test(line.slice(0, name.start));
    quote = quoteOpenAt(line, quoteKnownTo, name.end, quote);
    quoteKnownTo = Math.max(quoteKnownTo, name.end);
    // In `"name": …` the quote that is open here closes right after the name.
    const openQuote = line[name.end] === quote ? '' : quote;
    const place = { line, name, isFirst, openQuote };
    const start = valueStart(place, operators);
    if (start === undefined || start.index < done) continue;
    const value = redactValue(place, start);
    open = openOf(line, value, name);
    // Other names may stand in what is no secret: `LOGIN PASSWORD '…'`, `credentials=/etc/x,password=…`.
    if (value.text === line.slice(start.index, value.end)) continue;
    output += line.slice(done, start.index) + value.text;
    done = value.end;
    from = Math.max(done, name.end);
  }
  return { text: output + line.slice(done), open: isComment(line) ? undefined : open };
}

function openOf(line: string, { open, end, closer = '' }: Value, { isStrong }: SecretName): Open | undefined {
  return open === undefined || end < line.trimEnd().length ? undefined : { kind: open, end: closer, isStrong };
}
