/**
 * Private keys as blocks of lines: PEM (RFC 7468, RFC 1421), OpenSSH, SSH2 (RFC 4716), OpenPGP armor (RFC 9580) and
 * PuTTY, and blocks of any other label that does not say that they are public. The lines that say what it is stay, the
 * body goes.
 *
 * Only lines that look like the body of a key are taken for one. Otherwise a BEGIN line in a comment would hide
 * whatever somebody wrote below it.
 */
import { isPlaceholder, REDACTED, taggedPlaceholder } from './placeholder.ts';

const LABEL = '[A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)? ?-{4,5}';
const BEGIN = new RegExp(`-{4,5} ?BEGIN ${LABEL}|^Private-Lines: \\d+`, 'g');
const END = new RegExp(`-{4,5} ?END ${LABEL}`, 'g');
const HEADER = /^(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID|Subject|x-[a-z-]{1,40}): /i;
// Keys also stand in comments, quoted strings and lists of other languages.
const BODY_START = /[\s"'`#;*>|/]*/y;
const BODY = /[A-Za-z0-9+/=_\\"'`,;.\u2000\u2001\ue002\ue003-]*/y;
const BODY_END = /[\s"'`,;.+&\\]*/y;
const PUBLIC_LABEL =
  '(?:[A-Z0-9.]+ ){0,4}(?:PUBLIC KEY(?: BLOCK)?|CERTIFICATE(?: REQUEST)?|CRL|PARAMETERS|SIGNATURE|SIGNED MESSAGE)-';
const OTHER_LABEL = `(?!${PUBLIC_LABEL})[A-Za-z0-9 ._#/-]{1,64}?`;
const START = '[ \\t"\'#>;*]*';
const STOP = '[\\\\"\',]*[ \\t\\r]*\\n';
const HEADERS = `(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID|Subject|[Xx]-[A-Za-z-]{1,40}): [^\\n]{0,200}\\n){0,8}`;
/**
 * Blocks of other labels. Only one that ends, and begins with a line as long as those of keys, is taken: a line BEGIN
 * and a few words may be anybody's banner.
 */
const OTHER_BLOCK = new RegExp(
  `(-{4,5} ?BEGIN (${OTHER_LABEL})-{4,5}[^\\n]{0,100}\\n${HEADERS}(?:[ \\t#]*\\r?\\n)?)(${START}[A-Za-z0-9+/=_-]{24,}${STOP}(?:${START}[A-Za-z0-9+/=_-]+${STOP}|[ \\t#]*\\r?\\n){0,4000})(?=[^\\n]{0,40}-{4,5} ?END \\2)`,
  'g',
);
const OTHER_INLINE = new RegExp(
  `(-{4,5} ?BEGIN ${OTHER_LABEL}-{4,5})([A-Za-z0-9+/=_\\\\ ]{20,20000})(?=-{4,5} ?END )`,
  'g',
);
// A key has hundreds of characters; fewer could be anything.
const SHORTEST_KEY = 64;

function skip(pattern: RegExp, line: string, index: number): number {
  pattern.lastIndex = index;
  pattern.test(line);
  return Math.max(index, pattern.lastIndex);
}

function looksLikeBody(line: string, index: number): boolean {
  if (HEADER.test(line.slice(index, index + 60))) return true;
  return skip(BODY_END, line, skip(BODY, line, skip(BODY_START, line, index))) === line.length;
}

function nextMatch(pattern: RegExp, line: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(line);
}

/** Index of the last match, or -1: beyond it nobody need look again, which keeps a long line linear. */
function lastMatch(pattern: RegExp, line: string): number {
  pattern.lastIndex = 0;
  return [...line.matchAll(pattern)].at(-1)?.index ?? -1;
}

function redactBody(body: string): string {
  const trimmed = body.trim();
  if (isPlaceholder(trimmed) || !/[A-Za-z0-9]/.test(trimmed)) return body;
  const placeholder = trimmed.length < SHORTEST_KEY ? REDACTED : taggedPlaceholder(trimmed);
  return `${/^\r?\n/.exec(body)?.[0] ?? ''}${placeholder}${/\r?\n$/.exec(body)?.[0] ?? ''}`;
}

/** Replaces the body of every block that is a private key, or may be one. */
export function redactKeyBlocks(text: string): string {
  if (!text.includes('BEGIN') && !text.includes('Private-Lines')) return text;
  const others = text
    .replace(OTHER_BLOCK, (_, head: string, __: string, body: string) => head + redactBody(body))
    .replace(OTHER_INLINE, (_, head: string, body: string) => head + redactBody(body));
  return redactPrivateKeys(others);
}

function redactPrivateKeys(text: string): string {
  let output = '';
  let body: string | undefined;
  for (const line of text.split(/(?<=\n)/)) {
    const lastEnd = lastMatch(END, line);
    for (let index = 0; index < line.length; ) {
      if (body === undefined) {
        const begin = nextMatch(BEGIN, line, index);
        const stop = begin === null ? line.length : begin.index + begin[0].length;
        output += line.slice(index, stop);
        index = stop;
        if (begin !== null) body = '';
        continue;
      }
      const end = index <= lastEnd ? nextMatch(END, line, index) : null;
      if (end !== null) {
        output += redactBody(body + line.slice(index, end.index)) + end[0];
        body = undefined;
        index = end.index + end[0].length;
      } else if (looksLikeBody(line, index)) {
        body += line.slice(index);
        index = line.length;
      } else {
        output += redactBody(body);
        body = undefined;
      }
    }
  }
  return output + redactBody(body ?? '');
}
