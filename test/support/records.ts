/**
 * Records of chosen values, as docs/baseline-format.md gives them. The encoder of the scan takes what a system call
 * gave, and cannot make what no kernel says.
 */
import type { AttributeName } from '../../src/model/attributes.ts';
import { FIXED_LENGTH, fieldBit, fixedOffset, OPTIONAL_FIELDS, VARIABLE_FIELDS } from '../../src/model/record.ts';

interface RecordFields {
  readonly mode?: number;
  readonly numbers?: { readonly [Name in AttributeName]?: bigint };
  /** Bytes of optional and variable attributes; an empty variable one is known to be empty. */
  readonly bytes?: { readonly [Name in AttributeName]?: Uint8Array };
  readonly times?: { readonly [Name in AttributeName]?: readonly [seconds: bigint, nanoseconds: number] };
  readonly flagsKnown?: boolean;
}

function time(seconds: bigint, nanoseconds: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigInt64LE(seconds, 0);
  bytes.writeUInt32LE(nanoseconds, 8);
  return bytes;
}

export function encodeRecord(fields: RecordFields = {}): Buffer {
  const fixed = Buffer.alloc(FIXED_LENGTH);
  let bits = fields.flagsKnown === true ? 1 : 0;
  fixed.writeUInt16LE(fields.mode ?? 0o100644, fixedOffset('mode'));
  const lengths: { readonly [Name in AttributeName]?: number } = { uid: 4, gid: 4, nlink: 4, flags: 4 };
  for (const [name, value] of Object.entries(fields.numbers ?? {}) as [AttributeName, bigint][]) {
    const offset = fixedOffset(name);
    if (lengths[name] === 4) fixed.writeUInt32LE(Number(value), offset);
    else fixed.writeBigUInt64LE(value, offset);
  }
  const values = new Map(Object.entries(fields.bytes ?? {}) as [AttributeName, Uint8Array][]);
  for (const [name, [seconds, nanoseconds]] of Object.entries(fields.times ?? {}) as [
    AttributeName,
    readonly [bigint, number],
  ][]) {
    if (name === 'mtime' || name === 'ctime') time(seconds, nanoseconds).copy(fixed, fixedOffset(name));
    else values.set(name, time(seconds, nanoseconds));
  }
  const parts: Uint8Array[] = [fixed];
  for (const { name } of OPTIONAL_FIELDS) {
    const value = values.get(name);
    if (value === undefined) continue;
    bits += fieldBit(name);
    parts.push(value);
  }
  for (const { name, filledBit } of VARIABLE_FIELDS) {
    const value = values.get(name);
    if (value === undefined) continue;
    bits += fieldBit(name);
    if (value.length === 0) continue;
    bits += 2 ** filledBit;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    parts.push(length, value);
  }
  fixed.writeUInt32LE(bits, 0);
  return Buffer.concat(parts);
}
