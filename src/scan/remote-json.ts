/**
 * Reads values out of JSON that came from another host, where anything may stand. Every function throws Malformed with
 * what is wrong, for the one who reads the stream to say where.
 */
import { DIGEST_NAMES, type DigestName } from '../model/attributes.ts';
import { isReadable, type Path, pathFromBytes, pathFromText, printable, ROOT } from '../model/bytes.ts';

/** What was read is not in the form that was agreed on. The message is for the user. */
export class Malformed extends Error {}

export type JsonObject = Readonly<Record<string, unknown>>;

const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const LARGEST = 2n ** 64n - 1n;

export function objectOf(value: unknown, what: string): JsonObject {
  // What JSON.parse gives for an object has string keys.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Malformed(`${what} is not an object`);
}

export function listOf<Item>(value: unknown, what: string, read: (item: unknown) => Item): Item[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list`);
  return value.map(read);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is not text`);
  return value;
}

/** Text that may be printed as it is. */
export function printableOf(value: unknown, what: string): string {
  const text = textOf(value, what);
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
  const [before, ...names] = path.split('/');
  const isPath =
    before === '' && names.length > 0 && names.every((name) => name !== '' && name !== '.' && name !== '..');
  if (!isPath || path.includes('\0')) throw new Malformed(`${what} is not an absolute path`);
  return path;
}

/** The path in the members `name` and `nameBase64`, as pathMembers of remote-format.ts writes it. */
export function pathOf(object: JsonObject, name: string): Path {
  const text = textOf(object[name], name);
  const exact = object[`${name}Base64`];
  if (exact === undefined) return requirePath(pathFromText(text), name);
  const path = pathFromBytes(bytesOf(exact, `${name}Base64`));
  if (printable(path) !== text) throw new Malformed(`${name} and ${name}Base64 are not the same path`);
  return requirePath(path, name);
}

export function digestNamesOf(value: unknown, what: string): DigestName[] {
  return listOf(value, what, (item) => {
    const name = DIGEST_NAMES.find((known) => known === item);
    if (name === undefined) throw new Malformed(`${what} names an unknown digest`);
    return name;
  });
}
