/**
 * Compares two records of one object by what its rule watches. Pure bytes: it must not read files, and must not judge
 * how bad a difference is. Nearly all objects of a check are unchanged, so `isUnchanged` only compares byte ranges;
 * `compareRecords` goes attribute by attribute and is meant for the rest.
 */
import { ATTRIBUTES, type AttributeName, appliesTo, isDigestName } from '../model/attributes.ts';
import {
  attributeBytes,
  FIXED_LENGTH,
  fixedOffset,
  type RecordBytes,
  recordType,
  S_IFMT,
  sameAttribute,
  sizeOf,
} from '../model/record.ts';
import type { Watch } from '../model/rule.ts';

/** A watch with what `isUnchanged` needs worked out once. */
export interface CompiledWatch {
  readonly watch: Watch;
  /** Bits of st_mode that are watched: the type always, the permissions when `mode` is. */
  readonly modeMask: number;
  /** Starts and ends, in turn, of the watched bytes in the fixed part, st_mode apart. */
  readonly ranges: readonly number[];
}

/** How the content of a growing or append-only file went on. */
type Growth =
  /** Not such a rule or not a file, or nothing but growth that the rule allows. */
  | 'allowed'
  /** Smaller than recorded. */
  | 'truncated'
  /** As long as recorded, with other digests. */
  | 'rewritten'
  /** Grown: the first bytes have to be read again, up to the recorded size. */
  | 'unverified';

export interface RecordComparison {
  /** Watched attributes that differ, in table order. */
  readonly differences: readonly AttributeName[];
  /** Watched attributes that were recorded and cannot be had now. */
  readonly lost: readonly AttributeName[];
  /** Watched attributes that can be had now and could not when the baseline was made: not comparable. */
  readonly gained: readonly AttributeName[];
  readonly growth: Growth;
}

const FIELD_BITS_LENGTH = fixedOffset('mode');
const MODE_OFFSET = fixedOffset('mode');
const ALL_MODE_BITS = 0xffff;

export function compileWatch(watch: Watch): CompiledWatch {
  const watched = new Set<AttributeName>(watch.attributes);
  const modeMask = watched.has('mode') ? ALL_MODE_BITS : S_IFMT;
  watched.delete('type');
  watched.delete('mode');
  if (watch.growing || watch.appendOnly) watched.add('size');
  const places = [...watched]
    .filter((name) => ATTRIBUTES[name].storage === 'fixed')
    .map((name) => ({ start: fixedOffset(name), length: ATTRIBUTES[name].length ?? 0 }))
    .sort((left, right) => left.start - right.start);
  const ranges: number[] = [];
  for (const { start, length } of places) {
    if (ranges.at(-1) === start) ranges.pop();
    else ranges.push(start);
    ranges.push(start + length);
  }
  return { watch, modeMask, ranges };
}

/**
 * Whether nothing that is watched differs. It may say no where `compareRecords` then finds nothing (an attribute
 * outside the watch was recorded once and not the other time), never the other way round.
 */
export function isUnchanged(before: RecordBytes, after: RecordBytes, compiled: CompiledWatch): boolean {
  const length = before.length;
  if (length !== after.length) return false;
  for (let index = FIXED_LENGTH; index < length; index += 1) if (before[index] !== after[index]) return false;
  for (let index = 0; index < FIELD_BITS_LENGTH; index += 1) if (before[index] !== after[index]) return false;
  const low = (before[MODE_OFFSET] ?? 0) ^ (after[MODE_OFFSET] ?? 0);
  const high = (before[MODE_OFFSET + 1] ?? 0) ^ (after[MODE_OFFSET + 1] ?? 0);
  if (((low | (high << 8)) & compiled.modeMask) !== 0) return false;
  const ranges = compiled.ranges;
  for (let range = 0; range < ranges.length; range += 2) {
    const end = ranges[range + 1] ?? 0;
    for (let index = ranges[range] ?? 0; index < end; index += 1) if (before[index] !== after[index]) return false;
  }
  return true;
}

/** Attributes that every file system gives: when they appear where there were none, that is a change. */
function isAlwaysKnown(name: AttributeName): boolean {
  return isDigestName(name) || name === 'target' || name === 'rdev';
}

function growthOf(before: RecordBytes, after: RecordBytes, watch: Watch, lost: readonly AttributeName[]): Growth {
  if (!(watch.growing || watch.appendOnly) || recordType(before) !== 'file' || recordType(after) !== 'file') {
    return 'allowed';
  }
  const sizeBefore = sizeOf(before);
  const sizeAfter = sizeOf(after);
  if (sizeAfter < sizeBefore) return 'truncated';
  if (!watch.appendOnly || sizeBefore === 0n) return 'allowed';
  if (sizeAfter > sizeBefore) return 'unverified';
  const same = watch.digests.every((name) => lost.includes(name) || sameAttribute(before, after, name));
  return same ? 'allowed' : 'rewritten';
}

/**
 * Compares attribute by attribute. With `sameRule` false the second record was made for another watch, so that what it
 * lacks was not asked for and is not lost. What a change of type takes away with it is not listed; what it brings in
 * content (target, digests, device) is.
 */
export function compareRecords(
  before: RecordBytes,
  after: RecordBytes,
  watch: Watch,
  sameRule = true,
): RecordComparison {
  const typeBefore = recordType(before);
  const typeAfter = recordType(after);
  const differences: AttributeName[] = [];
  const lost: AttributeName[] = [];
  const gained: AttributeName[] = [];
  if (typeBefore !== typeAfter) differences.push('type');
  // Looking where a link leads moves its atime, and integ looks.
  const isLink = typeBefore === 'symlink' && typeAfter === 'symlink';
  for (const name of watch.attributes) {
    if (name === 'type' || (name === 'atime' && isLink) || sameAttribute(before, after, name)) continue;
    const was = attributeBytes(before, name) !== undefined;
    const is = attributeBytes(after, name) !== undefined;
    if (was && is) differences.push(name);
    else if (was) {
      if (sameRule && appliesTo(name, typeAfter)) lost.push(name);
    } else if (isAlwaysKnown(name)) differences.push(name);
    else if (appliesTo(name, typeBefore)) gained.push(name);
  }
  if (watch.appendOnly && sameRule && typeAfter === 'file') {
    for (const name of watch.digests) {
      if (watch.attributes.includes(name) || attributeBytes(after, name) !== undefined) continue;
      if (attributeBytes(before, name) !== undefined) lost.push(name);
    }
  }
  return { differences, lost, gained, growth: growthOf(before, after, watch, lost) };
}

/** Whether the inode numbers differ, which are recorded whether they are watched or not. */
export function hasOtherInode(before: RecordBytes, after: RecordBytes): boolean {
  return !sameAttribute(before, after, 'inode');
}
