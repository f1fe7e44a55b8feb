/**
 * Length-prefixed fields inside the value of an attribute: a 32-bit little-endian length, then the bytes. And the one
 * form in which bytes are shown that do not decode. Stored values are hostile input; nothing here reads past an end.
 */
import { createHash } from 'node:crypto';

const LENGTH_BYTES = 4;
const SHOWN_BYTES = 64;

/** Puts each part behind its length. */
export function encodeFields(parts: readonly Uint8Array[]): Buffer {
  const chunks: Uint8Array[] = [];
  for (const part of parts) {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(part.length);
    chunks.push(length, part);
  }
  return Buffer.concat(chunks);
}

/** The parts of a value that consists of fields alone, or undefined when the lengths do not add up. */
export function decodeFields(value: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < value.length; ) {
    const start = offset + LENGTH_BYTES;
    if (start > value.length) return undefined;
    const end = start + view.getUint32(offset, true);
    if (end > value.length) return undefined;
    parts.push(value.subarray(start, end));
    offset = end;
  }
  return parts;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Length of what `digestValue` gives. */
export const DIGESTED_LENGTH = 8 + 32;

/** What is kept of a value that is too long to be kept: a number (its length, or what a caller counts) and SHA-256. */
export function digestValue(count: number, sha256: Uint8Array): Buffer {
  const value = Buffer.alloc(DIGESTED_LENGTH);
  value.writeBigUInt64LE(BigInt(count));
  value.set(sha256, 8);
  return value;
}

/** The number and the SHA-256, in hex, that `digestValue` put together; undefined for bytes of another length. */
export function readDigested(value: Uint8Array): { readonly count: string; readonly sha256: string } | undefined {
  if (value.length !== DIGESTED_LENGTH) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return { count: String(view.getBigUint64(0, true)), sha256: hex(value.subarray(8)) };
}

/** What stands for the part of a value that is too long to show: its length and what identifies all of it. */
export function remainder(value: Uint8Array): string {
  return `… (${value.length} bytes, sha256 ${createHash('sha256').update(value).digest('hex')})`;
}

const MOST_TEXT = 1024;

/**
 * Parts of a value as one text for people: those at its start that are not too long together, and what identifies all.
 */
export function joinShown(texts: readonly string[], separator: string, value: Uint8Array): string {
  const shown: string[] = [];
  let length = 0;
  for (const text of texts) {
    length += text.length + separator.length;
    if (length > MOST_TEXT) return `${shown.join(separator)}${remainder(value)}`;
    shown.push(text);
  }
  return shown.join(separator);
}

/** Stands for bytes that are not what the attribute should hold. */
export function invalidValue(value: Uint8Array): string {
  if (value.length <= SHOWN_BYTES) return `invalid: ${hex(value)}`;
  return `invalid: ${hex(value.subarray(0, SHOWN_BYTES))}${remainder(value)}`;
}
