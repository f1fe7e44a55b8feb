/** Writes a record (model/record.ts) from what the kernel told of an object. */
import { FIXED_LENGTH, FLAGS_KNOWN, fieldBit, fixedOffset, S_IFMT, VARIABLE_FIELDS } from '../model/record.ts';
import { FLAG_MASK } from '../model/values/flags.ts';
import type { Stat } from '../system/kernel.ts';
import type { Extended } from './extended.ts';
import type { Shape } from './shape.ts';

const OFFSET = {
  mode: fixedOffset('mode'),
  uid: fixedOffset('uid'),
  gid: fixedOffset('gid'),
  nlink: fixedOffset('nlink'),
  size: fixedOffset('size'),
  blocks: fixedOffset('blocks'),
  inode: fixedOffset('inode'),
  dev: fixedOffset('dev'),
  mtime: fixedOffset('mtime'),
  ctime: fixedOffset('ctime'),
  flags: fixedOffset('flags'),
};
const BIT = { rdev: fieldBit('rdev'), btime: fieldBit('btime'), atime: fieldBit('atime') };
const S_IFBLK = 0o060000;
const S_IFCHR = 0o020000;
// STATX_ATTR_IMMUTABLE and STATX_ATTR_APPEND: where these two are supported, the file system tells its flags.
const FLAGS_SUPPORTED = 0x30;

const VARIABLE = VARIABLE_FIELDS.map((field) => ({
  name: field.name,
  known: 2 ** field.bit,
  filled: 2 ** field.filledBit,
}));

/** Whether the file system of the object tells file flags. */
export function tellsFlags(stat: Stat): boolean {
  return (stat.attributesMask & FLAGS_SUPPORTED) === FLAGS_SUPPORTED;
}

/** `digests`: concatenated in the order of the shape, or undefined when there are none. */
export function encodeRecord(stat: Stat, shape: Shape, extended: Extended, digests: Uint8Array | undefined): Buffer {
  const mode = stat.mode;
  const isNode = (mode & S_IFMT) === S_IFBLK || (mode & S_IFMT) === S_IFCHR;
  const hasBirthTime = shape.btime && stat.hasBirthTime;
  let fields = tellsFlags(stat) ? FLAGS_KNOWN : 0;
  let length = FIXED_LENGTH;
  if (isNode) {
    fields += BIT.rdev;
    length += 8;
  }
  if (hasBirthTime) {
    fields += BIT.btime;
    length += 12;
  }
  if (shape.atime) {
    fields += BIT.atime;
    length += 12;
  }
  if (digests !== undefined) {
    fields += shape.digestBits;
    length += digests.length;
  }
  for (const { name, known, filled } of VARIABLE) {
    const value = extended[name as keyof Extended];
    if (value === undefined) continue;
    fields += known;
    if (value.length === 0) continue;
    fields += filled;
    length += 4 + value.length;
  }

  const record = Buffer.allocUnsafe(length);
  const view = new DataView(record.buffer, record.byteOffset, length);
  view.setUint32(0, fields, true);
  view.setUint16(OFFSET.mode, mode, true);
  view.setUint32(OFFSET.uid, stat.uid, true);
  view.setUint32(OFFSET.gid, stat.gid, true);
  view.setUint32(OFFSET.nlink, stat.nlink, true);
  view.setBigUint64(OFFSET.size, stat.size, true);
  view.setBigUint64(OFFSET.blocks, stat.blocks, true);
  view.setBigUint64(OFFSET.inode, stat.inode, true);
  view.setUint32(OFFSET.dev, stat.deviceMajor, true);
  view.setUint32(OFFSET.dev + 4, stat.deviceMinor, true);
  stat.writeTime('mtime', view, OFFSET.mtime);
  stat.writeTime('ctime', view, OFFSET.ctime);
  view.setUint32(OFFSET.flags, (fields & FLAGS_KNOWN) === 0 ? 0 : stat.attributes & FLAG_MASK, true);

  let offset = FIXED_LENGTH;
  if (isNode) {
    view.setUint32(offset, stat.nodeMajor, true);
    view.setUint32(offset + 4, stat.nodeMinor, true);
    offset += 8;
  }
  if (hasBirthTime) {
    stat.writeTime('btime', view, offset);
    offset += 12;
  }
  if (shape.atime) {
    stat.writeTime('atime', view, offset);
    offset += 12;
  }
  if (digests !== undefined) {
    record.set(digests, offset);
    offset += digests.length;
  }
  for (const { name } of VARIABLE) {
    const value = extended[name as keyof Extended];
    if (value === undefined || value.length === 0) continue;
    view.setUint32(offset, value.length, true);
    record.set(value, offset + 4);
    offset += 4 + value.length;
  }
  return record;
}
