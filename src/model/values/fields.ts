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

/** What stands for the part of a value that is too long to show: its length and what identifies all of it. */
export function remainder(value: Uint8Array): string {
  return `… (${value.length} bytes, sha256 ${createHash('sha256').update(value).digest('hex')})`;
}

/** Stands for bytes that are not what the attribute should hold. */
export function invalidValue(value: Uint8Array): string {
  if (value.length <= SHOWN_BYTES) return `invalid: ${hex(value)}`;
  return `invalid: ${hex(value.subarray(0, SHOWN_BYTES))}${remainder(value)}`;
}
