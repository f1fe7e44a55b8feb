/**
 * Names and paths as bytes. A Path is a string with one character (U+0000 to U+00FF) for each byte: cheap, lossless and
 * usable as a key. It becomes bytes at the system call and text only in `printable`, the one escaping layer of integ.
 */

declare const pathBrand: unique symbol;
/** Bytes of an absolute path or of a name in it, one character a byte. Not text: print it through `printable`. */
export type Path = string & { readonly [pathBrand]: true };

/** Takes a string that is known to hold one character a byte, such as what Node gives for `latin1`. */
export function pathFromLatin1(latin1: string): Path {
  // The brand has no runtime form; this is one of the two places where it is given.
  return latin1 as Path;
}

/** Takes text as a user typed it: its UTF-8 bytes are the path. */
export function pathFromText(text: string): Path {
  return pathFromLatin1(Buffer.from(text, 'utf8').toString('latin1'));
}

export function pathFromBytes(bytes: Uint8Array): Path {
  return pathFromLatin1(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
}

export function pathBytes(path: Path): Buffer {
  return Buffer.from(path, 'latin1');
}

export const ROOT = pathFromLatin1('/');

export function joinPath(directory: Path, name: Path): Path {
  return pathFromLatin1(directory === ROOT ? `/${name}` : `${directory}/${name}`);
}

/** The directory that holds the object; of the root, the root. */
export function parentPath(path: Path): Path {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? ROOT : pathFromLatin1(path.slice(0, slash));
}

export function baseName(path: Path): Path {
  return pathFromLatin1(path.slice(path.lastIndexOf('/') + 1));
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: Path, ancestor: Path): boolean {
  if (ancestor === ROOT) return true;
  return path.startsWith(ancestor) && (path.length === ancestor.length || path.charCodeAt(ancestor.length) === 0x2f);
}

/** Byte order, as memcmp(3). Strings with one character a byte compare by code unit, which is the same. */
export function comparePaths(left: Path, right: Path): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

// Control and format characters (bidi overrides, zero width, tags), surrogates, private use and unassigned code points,
// line and paragraph separators, and every space but the ordinary one: what a reader cannot see or a terminal obeys.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const PLAIN = /^[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]*[\x21-\x5b\x5d-\x7e])?$/;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  if (!INVISIBLE.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return `\\x${hex(point, 2)}`;
  return point > 0xffff ? `\\u{${hex(point, 5)}}` : `\\u${hex(point, 4)}`;
}

/** Length of the well-formed UTF-8 sequence at `index`, or 0 (RFC 3629: no overlong forms, no surrogates). */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || index + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(index, index + length)) ? length : 0;
}

/**
 * Makes bytes printable: well-formed UTF-8 stays as it is; control characters, invisible ones, bytes that are not UTF-8
 * and the backslash become \n, \t, \x1b, \u202e, \u{e0001}, \\. A space at an end becomes \x20. Distinct input gives
 * distinct output, and no output holds a character that a terminal would obey.
 */
export function printable(path: Path): string {
  if (PLAIN.test(path)) return path;
  const bytes = pathBytes(path);
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      text += `\\x${hex(bytes[index] ?? 0, 2)}`;
      index += 1;
      continue;
    }
    const isEdge = index === 0 || index === bytes.length - 1;
    text += isEdge && bytes[index] === 0x20 ? '\\x20' : escapeCharacter(bytes.toString('utf8', index, index + length));
    index += length;
  }
  return text;
}

const ESCAPE = /\\(?:([nrt\\])|x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{5,6})\})/g;
const LONG: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** The bytes of which a text is the printable form; undefined where it is that of none. */
export function fromPrintable(text: string): Path | undefined {
  const path = pathFromLatin1(
    pathFromText(text).replace(ESCAPE, (_, short: string, byte: string, point: string, longPoint: string) => {
      if (short !== undefined) return LONG[short] ?? '';
      const value = Number.parseInt(byte ?? point ?? longPoint, 16);
      return byte === undefined
        ? pathFromText(String.fromCodePoint(Math.min(value, 0x10ffff)))
        : String.fromCharCode(value);
    }),
  );
  return printable(path) === text ? path : undefined;
}

/** The same escaping for text that is already a string: messages, user names, link targets shown to a person. */
export function printableText(text: string): string {
  return printable(pathFromText(text));
}

/** Text of which a reader sees every character, as it was written, its backslashes too; any other is escaped. */
export function readableText(text: string): string {
  return isReadable(pathFromText(text)) ? text : printableText(text);
}

/** Whether the bytes are UTF-8 text in which a reader sees every character and a terminal obeys none. */
export function isReadable(path: Path): boolean {
  if (PLAIN.test(path)) return true;
  const bytes = pathBytes(path);
  return isUtf8(bytes) && ![...bytes.toString('utf8')].some((character) => INVISIBLE.test(character));
}

/**
 * Whether the printable form is not the name itself, so that machine-readable output must carry the exact bytes too.
 */
export function needsExactBytes(path: Path): boolean {
  if (PLAIN.test(path)) return false;
  const bytes = pathBytes(path);
  return !isUtf8(bytes) || printable(path) !== bytes.toString('utf8');
}

/** The bytes of a path in base64 (RFC 4648), for `pathBase64`. */
export function pathBase64(path: Path): string {
  return pathBytes(path).toString('base64');
}
