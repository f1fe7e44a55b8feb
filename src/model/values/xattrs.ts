/**
 * Extended attributes. The value of the attribute is, for each of them in byte order of the names, two length-prefixed
 * fields: name and value; nothing at all when there are none.
 */
import { comparePaths, isReadable, type Path, pathFromBytes, printable } from '../bytes.ts';
import { decodeFields, encodeFields, invalidValue, remainder } from './fields.ts';

export interface ExtendedAttribute {
  /** With its namespace, such as user.comment; bytes, one character a byte. */
  readonly name: Path;
  readonly value: Uint8Array;
}

/** Packs extended attributes, whatever order they come in. */
export function encodeXattrs(pairs: readonly ExtendedAttribute[]): Uint8Array {
  const sorted = [...pairs].sort((left, right) => comparePaths(left.name, right.name));
  return encodeFields(sorted.flatMap(({ name, value }) => [Buffer.from(name, 'latin1'), value]));
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

/**
 * NAME="text", or NAME=0sBASE64 (as getfattr(1) marks it) where the value is not plain text, separated by comma and
 * space; long values are cut and then identified by length and SHA-256. `none` without any; `invalid: HEX` otherwise.
 */
export function formatXattrs(value: Uint8Array): string {
  if (value.length === 0) return 'none';
  const pairs = decodeXattrs(value);
  if (pairs === undefined) return invalidValue(value);
  return pairs.map((pair) => `${formatName(pair.name)}=${formatContent(pair.value)}`).join(', ');
}
