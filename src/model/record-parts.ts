/** Makes records out of records: with fewer optional attributes, or with some of another record of the same object. */
import type { AttributeName } from './attributes.ts';
import {
  attributeBytes,
  FIXED_LENGTH,
  FLAGS_KNOWN,
  fieldBit,
  fieldBits,
  OPTIONAL_FIELDS,
  type RecordBytes,
  VARIABLE_FIELDS,
} from './record.ts';

/** The fixed attributes of a record with whatever others `attribute` gives: bytes, or undefined for none. */
function compose(fixed: RecordBytes, attribute: (name: AttributeName) => Uint8Array | undefined): Buffer {
  const head = Buffer.from(fixed.subarray(0, FIXED_LENGTH));
  const parts: Uint8Array[] = [head];
  let fields = fieldBits(fixed) % 2 === 1 ? FLAGS_KNOWN : 0;
  for (const { name } of OPTIONAL_FIELDS) {
    const value = attribute(name);
    if (value === undefined) continue;
    fields += fieldBit(name);
    parts.push(value);
  }
  for (const { name, filledBit } of VARIABLE_FIELDS) {
    const value = attribute(name);
    if (value === undefined) continue;
    fields += fieldBit(name);
    if (value.length === 0) continue;
    fields += 2 ** filledBit;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    parts.push(length, value);
  }
  head.writeUInt32LE(fields, 0);
  return Buffer.concat(parts);
}

/** The record without the optional and variable attributes that are not in `names`. */
export function restrictRecord(record: RecordBytes, names: ReadonlySet<AttributeName>): Buffer {
  return compose(record, (name) => (names.has(name) ? attributeBytes(record, name) : undefined));
}

/** The record with the optional and variable attributes in `names` that it lacks and the other one has. */
export function completeRecord(record: RecordBytes, other: RecordBytes, names: ReadonlySet<AttributeName>): Buffer {
  return compose(record, (name) => {
    const own = attributeBytes(record, name);
    return own === undefined && names.has(name) ? attributeBytes(other, name) : own;
  });
}
