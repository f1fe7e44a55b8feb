/**
 * Sets of bytes, which classes and escapes of regular expressions stand for. ASCII: no locale says what a letter is.
 */

/** The bytes in order. Equal sets are one object, so that they can be told apart by identity. */
export type ByteSet = readonly number[];

const known = new Map<string, ByteSet>();

export function byteSet(bytes: Iterable<number>): ByteSet {
  const ordered = [...new Set(bytes)].sort((left, right) => left - right);
  const key = ordered.join();
  const same = known.get(key);
  if (same !== undefined) return same;
  known.set(key, ordered);
  return ordered;
}

const ALL = Array.from({ length: 256 }, (_, byte) => byte);

/** Every byte; NUL too, which no path holds but a line of a file may. */
export const ANY_BYTE = byteSet(ALL);

export function complement(set: ByteSet): ByteSet {
  return byteSet(ALL.filter((byte) => !set.includes(byte)));
}

/** The set with the other case of each of its ASCII letters. */
export function foldCase(set: ByteSet): ByteSet {
  const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  return byteSet([...set, ...set.filter(isLetter).map((byte) => byte ^ 0x20)]);
}

/** The bytes below 0x80 that a pattern of one character matches. */
function ascii(pattern: RegExp): ByteSet {
  return byteSet(ALL.filter((byte) => byte < 0x80 && pattern.test(String.fromCharCode(byte))));
}

/** As PCRE2 has them in the C locale. */
export const POSIX_CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ['alnum', ascii(/[0-9A-Za-z]/)],
  ['alpha', ascii(/[A-Za-z]/)],
  ['ascii', ascii(/[\x00-\x7f]/)],
  ['blank', ascii(/[ \t]/)],
  ['cntrl', ascii(/[\x00-\x1f\x7f]/)],
  ['digit', ascii(/[0-9]/)],
  ['graph', ascii(/[!-~]/)],
  ['lower', ascii(/[a-z]/)],
  ['print', ascii(/[ -~]/)],
  ['punct', ascii(/[!-/:-@[-`{-~]/)],
  ['space', ascii(/[\t-\r ]/)],
  ['upper', ascii(/[A-Z]/)],
  ['word', ascii(/\w/)],
  ['xdigit', ascii(/[0-9A-Fa-f]/)],
]);

const ESCAPES: Readonly<Record<string, string>> = { d: 'digit', s: 'space', w: 'word', h: 'blank' };

/** What `\d`, `\s`, `\w`, `\h` stand for, and their capitals for everything else. */
export function escapeClass(letter: string): ByteSet | undefined {
  const name = ESCAPES[letter.toLowerCase()];
  const set = name === undefined ? undefined : POSIX_CLASSES.get(name);
  return set === undefined || letter === letter.toLowerCase() ? set : complement(set);
}
