/**
 * Extended attributes. The value of the attribute is, for each of them in byte order of the names, two length-prefixed
 * fields: name and value; nothing at all when there are none. Whoever owns a file can hang megabytes of them on it, so
 * a long value is kept as its digest, and of very many attributes the rest as one (docs/baseline-format.md,
 * "Extended").
 */
import { createHash } from 'node:crypto';
import { comparePaths, isReadable, type Path, pathFromBytes, pathFromLatin1, printable } from '../bytes.ts';
import { decodeFields, digestValue, encodeFields, invalidValue, joinShown, readDigested, remainder } from './fields.ts';

export interface ExtendedAttribute {
  /** With its namespace, such as user.comment; bytes, one character a byte. */
  readonly name: Path;
  readonly value: Uint8Array;
}

/** Longer values are kept as length and SHA-256: signatures and labels are shorter. */
const LONGEST_VALUE = 1024;
/** Attributes beyond this many bytes of names and values are kept as their number and one SHA-256. */
const LONGEST_TOTAL = 8192;

/** At the end of a name whose value is a digest, and the whole name of the rest: no name of the kernel holds a NUL. */
const DIGEST_MARK = '\0sha256';

/** The two fields as they are kept. */
function encodePair({ name, value }: ExtendedAttribute): Buffer {
  const bytes = Buffer.from(name, 'latin1');
  if (value.length <= LONGEST_VALUE) return encodeFields([bytes, value]);
  const sha256 = createHash('sha256').update(value).digest();
  return encodeFields([Buffer.concat([bytes, Buffer.from(DIGEST_MARK, 'latin1')]), digestValue(value.length, sha256)]);
}

/**
 * Packs extended attributes that come in byte order of names. Each is asked for when the one before is done with, so
 * that its value need not be kept.
 */
export function packXattrs(pairs: Iterable<ExtendedAttribute>): Uint8Array {
  const kept: Buffer[] = [];
  let length = 0;
  const rest = createHash('sha256');
  let inRest = 0;
  for (const pair of pairs) {
    const encoded = encodePair(pair);
    if (inRest === 0 && length + encoded.length <= LONGEST_TOTAL) {
      kept.push(encoded);
      length += encoded.length;
    } else {
      rest.update(encoded);
      inRest += 1;
    }
  }
  if (inRest > 0) kept.push(encodeFields([Buffer.from(DIGEST_MARK, 'latin1'), digestValue(inRest, rest.digest())]));
  return Buffer.concat(kept);
}

/** Packs extended attributes, whatever order they come in. */
export function encodeXattrs(pairs: readonly ExtendedAttribute[]): Uint8Array {
  return packXattrs([...pairs].sort((left, right) => comparePaths(left.name, right.name)));
}

/** The extended attributes in stored order, or undefined when the bytes are not of that form. */
export function decodeXattrs(value: Uint8Array): ExtendedAttribute[] | undefined {
  const parts = decodeFields(value);
  if (parts === undefined || parts.length % 2 !== 0) return undefined;
  const pairs: ExtendedAttribute[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const [name, content] = parts.slice(index, index + 2);
    if (name === undefined || content === undefined) return undefined;
    pairs.push({ name: pathFromBytes(name), value: content });
  }
  return pairs;
}

/**
 * The value as it is recorded today: earlier versions kept everything whole, and what they recorded must equal what is
 * found now when nothing changed.
 */
export function currentXattrs(value: Uint8Array): Uint8Array {
  const pairs = decodeXattrs(value);
  if (pairs === undefined || pairs.some(({ name }) => name === DIGEST_MARK)) return value;
  return packXattrs(pairs);
}

const LONG = 256;
const SHOWN = 64;

/** A name may hold the very characters that set names and values apart below. */
function formatName(name: Path): string {
  return printable(name).replace(/[ ",=]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

function formatContent(value: Uint8Array): string {
  const path = pathFromBytes(value);
  const rest = value.length > LONG ? remainder(value) : '';
  if (!isReadable(path)) {
    const shown = rest === '' ? value : value.subarray(0, SHOWN);
    return `0s${Buffer.from(shown).toString('base64')}${rest}`;
  }
  const text = printable(path).replaceAll('"', '\\"');
  return rest === '' ? `"${text}"` : `"${[...text].slice(0, SHOWN).join('')}"${rest}`;
}

function formatPair({ name, value }: ExtendedAttribute): string {
  const digested = name.endsWith(DIGEST_MARK) ? readDigested(value) : undefined;
  if (digested === undefined) return `${formatName(name)}=${formatContent(value)}`;
  const { count, sha256 } = digested;
  if (name === DIGEST_MARK) return `and ${count} more (sha256 ${sha256})`;
  return `${formatName(pathFromLatin1(name.slice(0, -DIGEST_MARK.length)))}=… (${count} bytes, sha256 ${sha256})`;
}

/**
 * NAME="text", or NAME=0sBASE64 (as getfattr(1) marks it) where the value is not plain text, separated by comma and
 * space; long values are cut and then identified by length and SHA-256, as is the whole when it is too long. `none`
 * without any; `invalid: HEX` otherwise.
 */
export function formatXattrs(value: Uint8Array): string {
  if (value.length === 0) return 'none';
  const current = currentXattrs(value);
  const pairs = decodeXattrs(current);
  if (pairs === undefined) return invalidValue(value);
  return joinShown(pairs.map(formatPair), ', ', current);
}
