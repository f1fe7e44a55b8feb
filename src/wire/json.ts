/**
 * Reads values out of JSON that came from another host, where anything may stand. Every function throws Malformed with
 * what is wrong, for the one who reads the stream to say where.
 */
import { isUtf8 } from 'node:buffer';
import { DIGEST_NAMES, type DigestName } from '../model/attributes.ts';
import { isReadable, type Path, pathFromBytes, pathFromText, printable, ROOT } from '../model/bytes.ts';
import { LONGEST_TEXT, tellable } from './bounds.ts';

/** What was read is not in the form that was agreed on. The message is for the user. */
export class Malformed extends Error {}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Bytes of JSON that are harmless whatever stands in them. */
const SMALL = 1 << 16;
/** Values within values. */
const DEEPEST = 16;
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const LARGEST = 2n ** 64n - 1n;

/** Many small values take a hundred times the memory of their text. */
function requireFewValues(json: Buffer, most: number): void {
  let values = 0;
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    if (byte === QUOTE) {
      index = endOfText(json, index + 1);
    } else if (OPENING.includes(byte)) {
      depth += 1;
      values += 1;
      if (depth > DEEPEST) throw new Malformed('its values are nested too deep');
    } else if (CLOSING.includes(byte)) {
      depth -= 1;
    } else if (byte === COMMA) {
      values += 1;
    }
    if (values > most) throw new Malformed(`it has more than ${most} values`);
  }
}

/** Where the quote is that ends a text, or the end of all. */
function endOfText(json: Buffer, start: number): number {
  for (let index = start; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === QUOTE) return index;
    if (byte === BACKSLASH) index += 1;
  }
  return json.length;
}

/** What UTF-8 text says in JSON, with so many values at most. */
export function parseJson(json: Buffer, mostValues: number): unknown {
  if (!isUtf8(json)) throw new Malformed('it is not UTF-8');
  if (json.length > SMALL) requireFewValues(json, mostValues);
  try {
    return JSON.parse(json.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Malformed('it is not JSON');
    throw error;
  }
}

export function objectOf(value: unknown, what: string): JsonObject {
  // What JSON.parse gives for an object has string keys.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Malformed(`${what} is not an object`);
}

/** A list of so many items at most. */
export function listOf<Item>(
  value: unknown,
  what: string,
  read: (item: unknown) => Item,
  most = Number.POSITIVE_INFINITY,
): Item[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list`);
  if (value.length > most) throw new Malformed(`${what} has more than ${most} items`);
  return value.map(read);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is not text`);
  return value;
}

/** Text for people, whatever stands in it. */
export function shortTextOf(value: unknown, what: string, longest = LONGEST_TEXT): string {
  const text = textOf(value, what);
  if (text.length > longest) throw new Malformed(`${what} is longer than ${longest} characters`);
  return text;
}

/** Text that may be printed as it is. */
export function printableOf(value: unknown, what: string, longest = LONGEST_TEXT): string {
  const text = shortTextOf(value, what, longest);
  if (!isReadable(pathFromText(text))) throw new Malformed(`${what} holds characters that cannot be printed`);
  return text;
}

export function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is neither true nor false`);
  return value;
}

export function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Malformed(`${what} is not a whole number`);
  }
  return value;
}

/** A 64-bit number, as text. */
export function bigOf(value: unknown, what: string): bigint {
  const text = textOf(value, what);
  const number = DECIMAL.test(text) ? BigInt(text) : -1n;
  if (number < 0n || number > LARGEST) throw new Malformed(`${what} is not a whole number of 64 bits`);
  return number;
}

/** Base64 of RFC 4648 in its one canonical form. */
export function bytesOf(value: unknown, what: string): Buffer {
  const text = textOf(value, what);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Malformed(`${what} is not base64`);
  return bytes;
}

/** An absolute path without empty components, dots and NUL. */
function requirePath(path: Path, what: string): Path {
  if (path === ROOT) return path;
  if (tellable(path) !== path) throw new Malformed(`${what} is too long`);
  const [before, ...names] = path.split('/');
  const isPath =
    before === '' && names.length > 0 && names.every((name) => name !== '' && name !== '.' && name !== '..');
  if (!isPath || path.includes('\0')) throw new Malformed(`${what} is not an absolute path`);
  return path;
}

/** The path in the members `name` and `nameBase64`, as pathMembers of format.ts writes it. */
export function pathOf(object: JsonObject, name: string): Path {
  const text = textOf(object[name], name);
  const exact = object[`${name}Base64`];
  if (exact === undefined) return requirePath(pathFromText(text), name);
  const path = pathFromBytes(bytesOf(exact, `${name}Base64`));
  if (printable(path) !== text) throw new Malformed(`${name} and ${name}Base64 are not the same path`);
  return requirePath(path, name);
}

export function digestNamesOf(value: unknown, what: string): DigestName[] {
  const read = (item: unknown): DigestName => {
    const name = DIGEST_NAMES.find((known) => known === item);
    if (name === undefined) throw new Malformed(`${what} names an unknown digest`);
    return name;
  };
  return listOf(value, what, read, DIGEST_NAMES.length);
}
