/**
 * The record: everything known of one object, as the bytes that are stored, sealed and compared. This file owns the
 * layout (docs/baseline-format.md describes it for other programs); what the values mean is in values.ts.
 *
 * All integers are little-endian. A record starts with 32 field bits, then the fixed attributes in table order, then
 * the optional ones whose bit is set, in the order of bits, then likewise for every variable one whose "known" and
 * "filled" bits are set a 32-bit length and the bytes. A known attribute without the filled bit has an empty value; one
 * that is not known was not recorded: not watched, not applicable, or not to be had on that file system.
 */
import { ATTRIBUTE_NAMES, ATTRIBUTES, type AttributeName, type ObjectType } from './attributes.ts';
import { currentAcl } from './values/acl.ts';
import { currentXattrs } from './values/xattrs.ts';

type Optional = { readonly name: AttributeName; readonly bit: number; readonly length: number };
type Variable = { readonly name: AttributeName; readonly bit: number; readonly filledBit: number };

const FIELD_BITS_LENGTH = 4;
/** Field bit 0: the file system told the file flags. (They are a fixed attribute that a kernel may lack.) */
export const FLAGS_KNOWN = 1;

const fixedOffsets = new Map<AttributeName, { readonly offset: number; readonly length: number }>();
const optionals: Optional[] = [];
const variables: Variable[] = [];
let fixedEnd = FIELD_BITS_LENGTH;
let knownBits = FLAGS_KNOWN;
for (const name of ATTRIBUTE_NAMES) {
  const { storage, length = 0, bit = 0 } = ATTRIBUTES[name];
  if (storage === 'fixed') {
    // The type is the upper part of st_mode, which is stored once, as `mode`.
    if (name === 'type') continue;
    fixedOffsets.set(name, { offset: fixedEnd, length });
    fixedEnd += length;
  } else if (storage === 'optional') {
    optionals.push({ name, bit, length });
    knownBits += 2 ** bit;
  } else {
    variables.push({ name, bit, filledBit: bit + 1 });
    knownBits += 3 * 2 ** bit;
  }
}
// In a record they lie by their bits, so that a later row of the table comes after all that was there before.
optionals.sort((left, right) => left.bit - right.bit);
variables.sort((left, right) => left.bit - right.bit);

export const FIXED_LENGTH = fixedEnd;
export const OPTIONAL_FIELDS: readonly Optional[] = optionals;
export const VARIABLE_FIELDS: readonly Variable[] = variables;

/** Offset of a fixed attribute; `type` shares the two bytes of `mode`. */
export function fixedOffset(name: AttributeName): number {
  const place = fixedOffsets.get(name === 'type' ? 'mode' : name);
  if (place === undefined) throw new Error(`integ: internal error: ${name} is not a fixed attribute`);
  return place.offset;
}

/** Field bit of an optional or variable attribute, as a number with that one bit set. */
export function fieldBit(name: AttributeName): number {
  const field = optionals.find((entry) => entry.name === name) ?? variables.find((entry) => entry.name === name);
  if (field === undefined) throw new Error(`integ: internal error: ${name} has no field bit`);
  return 2 ** field.bit;
}

function hasBit(fields: number, bit: number): boolean {
  return ((fields >>> bit) & 1) === 1;
}

/** A stored or scanned record. The bytes are trusted only after `isWellFormed`. */
export type RecordBytes = Uint8Array;

function view(record: RecordBytes): DataView {
  return new DataView(record.buffer, record.byteOffset, record.byteLength);
}

export function fieldBits(record: RecordBytes): number {
  return view(record).getUint32(0, true);
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the value of an attribute lies, or undefined when it was not recorded. */
function locate(record: RecordBytes, name: AttributeName): Place | undefined {
  const fixed = fixedOffsets.get(name === 'type' ? 'mode' : name);
  const fields = fieldBits(record);
  if (fixed !== undefined) {
    if (name === 'flags' && (fields & FLAGS_KNOWN) === 0) return undefined;
    return { start: fixed.offset, end: fixed.offset + fixed.length };
  }
  let offset = FIXED_LENGTH;
  for (const field of optionals) {
    const present = hasBit(fields, field.bit);
    if (field.name === name) return present ? { start: offset, end: offset + field.length } : undefined;
    if (present) offset += field.length;
  }
  for (const field of variables) {
    const length = hasBit(fields, field.filledBit) ? view(record).getUint32(offset, true) : 0;
    const start = hasBit(fields, field.filledBit) ? offset + 4 : offset;
    if (field.name === name) return hasBit(fields, field.bit) ? { start, end: start + length } : undefined;
    offset = start + length;
  }
  return undefined;
}

/** The bytes of one attribute; empty when it is known to be empty, undefined when it was not recorded. */
export function attributeBytes(record: RecordBytes, name: AttributeName): Uint8Array | undefined {
  const place = locate(record, name);
  return place === undefined ? undefined : record.subarray(place.start, place.end);
}

/**
 * Whether two records hold the same value of an attribute. Both missing counts as the same: the comparison decides what
 * a missing value means.
 */
export function sameAttribute(left: RecordBytes, right: RecordBytes, name: AttributeName): boolean {
  if (name === 'type') return (modeWord(left) & S_IFMT) === (modeWord(right) & S_IFMT);
  if (name === 'mode') return (modeWord(left) & ~S_IFMT) === (modeWord(right) & ~S_IFMT);
  const before = attributeBytes(left, name);
  const after = attributeBytes(right, name);
  if (before === undefined || after === undefined) return before === after;
  if (Buffer.compare(before, after) === 0) return true;
  const current = CURRENT_FORM[name];
  return current !== undefined && Buffer.compare(current(before), current(after)) === 0;
}

/** Attributes that earlier versions recorded in a longer form. */
const CURRENT_FORM: { readonly [Name in AttributeName]?: (value: Uint8Array) => Uint8Array } = {
  acl: currentAcl,
  xattrs: currentXattrs,
};

/** Whether bytes that come from a file have the shape of a record, so that no reader can run past their end. */
export function isWellFormed(record: RecordBytes): boolean {
  if (record.length < FIXED_LENGTH) return false;
  const fields = fieldBits(record);
  if ((fields & ~knownBits) !== 0 || objectTypeOf(modeWord(record)) === undefined) return false;
  let offset = FIXED_LENGTH;
  for (const field of optionals) if (hasBit(fields, field.bit)) offset += field.length;
  for (const field of variables) {
    if (!hasBit(fields, field.filledBit)) continue;
    if (!hasBit(fields, field.bit) || offset + 4 > record.length) return false;
    const length = view(record).getUint32(offset, true);
    if (length === 0) return false;
    offset += 4 + length;
  }
  return offset === record.length;
}

// st_mode of inode(7).
export const S_IFMT = 0o170000;
const TYPE_OF_MODE: ReadonlyMap<number, ObjectType> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'symlink'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
  [0o060000, 'block'],
  [0o020000, 'char'],
]);

/** The object type in st_mode, or undefined for a type this program does not know. */
export function objectTypeOf(mode: number): ObjectType | undefined {
  return TYPE_OF_MODE.get(mode & S_IFMT);
}

/** st_mode whole: type and permission bits. */
function modeWord(record: RecordBytes): number {
  return view(record).getUint16(fixedOffset('mode'), true);
}

export function recordType(record: RecordBytes): ObjectType {
  const type = objectTypeOf(modeWord(record));
  if (type === undefined) throw new Error('integ: internal error: record of an unknown object type');
  return type;
}

/** Permission bits with setuid, setgid and sticky. */
export function permissions(record: RecordBytes): number {
  return modeWord(record) & ~S_IFMT;
}

export function ownerId(record: RecordBytes): number {
  return view(record).getUint32(fixedOffset('uid'), true);
}

export function groupId(record: RecordBytes): number {
  return view(record).getUint32(fixedOffset('gid'), true);
}

export function linkCount(record: RecordBytes): number {
  return view(record).getUint32(fixedOffset('nlink'), true);
}

/** Size in bytes. */
export function sizeOf(record: RecordBytes): bigint {
  return view(record).getBigUint64(fixedOffset('size'), true);
}

/** Identity of the inode on this host while it runs: device and inode number as one string key. */
export function inodeKey(record: RecordBytes): string {
  const bytes = view(record);
  const dev = fixedOffset('dev');
  return `${bytes.getUint32(dev, true)}:${bytes.getUint32(dev + 4, true)}:${bytes.getBigUint64(fixedOffset('inode'), true)}`;
}

/** Inode number alone, which unlike the device number survives a reboot. */
export function inodeOf(record: RecordBytes): bigint {
  return view(record).getBigUint64(fixedOffset('inode'), true);
}

/** A point of time as the kernel has it: seconds since 1970 (may be negative) and nanoseconds. */
export interface Timestamp {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

export function decodeTime(bytes: Uint8Array): Timestamp {
  const time = view(bytes);
  return { seconds: time.getBigInt64(0, true), nanoseconds: time.getUint32(8, true) };
}
