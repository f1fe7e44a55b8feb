/** Changes bytes as damage and malice do: bits, numbers, pieces cut out, doubled, moved, taken from elsewhere. */
import type { Random } from './random.ts';

export interface Surroundings {
  /** Words that mean something to the reader of the bytes. */
  readonly words: readonly string[];
  /** Another input, of which pieces are taken. */
  readonly other: Buffer;
  /** Bytes that an input may have. */
  readonly longest: number;
}

const BYTES = [0, 1, 9, 10, 13, 0x1b, 0x20, 0x2f, 0x3a, 0x5c, 0x7f, 0x80, 0x9b, 0xc2, 0xe2, 0xfe, 0xff];
const DECIMALS = [
  ...['0', '-1', '1', '007', '255', '65535', '65536', '2147483647', '4294967295', '4294967296'],
  ...['9007199254740993', '9223372036854775807', '18446744073709551616', '1e308', '-0', '1e999', '0x10', '1.5', ''],
];
const WORDS_32 = [0, 1, 3, 4, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const MOST_REPEATS = 2000;

type Change = (input: Buffer, random: Random, around: Surroundings) => Buffer;

function spliced(input: Buffer, start: number, end: number, middle: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, start), middle, input.subarray(end)]);
}

/** A piece of the bytes, short ones more often. */
function piece(input: Buffer, random: Random): { readonly start: number; readonly end: number } {
  const start = random.below(input.length);
  return { start, end: Math.min(input.length, start + random.small(Math.max(1, input.length - start))) };
}

function withByte(input: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(input);
  if (at < copy.length) copy[at] = value;
  return copy;
}

const CHANGES: readonly Change[] = [
  function flipBit(input, random) {
    const at = random.below(input.length);
    return withByte(input, at, (input[at] ?? 0) ^ (1 << random.below(8)));
  },
  (input, random) => withByte(input, random.below(input.length), random.pick(BYTES)),
  (input, random) => withByte(input, random.below(input.length), random.below(256)),
  function insertByte(input, random) {
    const at = random.below(input.length + 1);
    return spliced(input, at, at, Buffer.from([random.pick(BYTES)]));
  },
  function insertWord(input, random, { words }) {
    const at = random.below(input.length + 1);
    return words.length === 0 ? input : spliced(input, at, at, Buffer.from(random.pick(words), 'utf8'));
  },
  function replaceByWord(input, random, { words }) {
    const { start, end } = piece(input, random);
    return words.length === 0 ? input : spliced(input, start, end, Buffer.from(random.pick(words), 'utf8'));
  },
  function remove(input, random) {
    const { start, end } = piece(input, random);
    return spliced(input, start, end, Buffer.alloc(0));
  },
  (input, random) => input.subarray(0, random.below(input.length + 1)),
  function repeat(input, random, { longest }) {
    const { start, end } = piece(input, random);
    const most = Math.floor((longest - input.length) / Math.max(1, end - start));
    const times = Math.min(random.small(MOST_REPEATS), Math.max(0, most));
    const middle = Buffer.concat(Array.from({ length: times }, () => input.subarray(start, end)));
    return spliced(input, start, start, middle);
  },
  function move(input, random) {
    const { start, end } = piece(input, random);
    const rest = spliced(input, start, end, Buffer.alloc(0));
    const at = random.below(rest.length + 1);
    return spliced(rest, at, at, input.subarray(start, end));
  },
  function takeFromOther(input, random, { other }) {
    const from = piece(other, random);
    const to = piece(input, random);
    return spliced(input, to.start, random.once(2) ? to.end : to.start, other.subarray(from.start, from.end));
  },
  function goOnAsOther(input, random, { other }) {
    return Buffer.concat([
      input.subarray(0, random.below(input.length + 1)),
      other.subarray(random.below(other.length)),
    ]);
  },
  function otherDecimal(input, random) {
    const found = [...input.toString('latin1').matchAll(/-?[0-9]+/g)];
    if (found.length === 0) return input;
    const { index, 0: digits } = random.pick(found);
    return spliced(input, index, index + digits.length, Buffer.from(random.pick(DECIMALS)));
  },
  function otherWord32(input, random) {
    if (input.length < 4) return input;
    const copy = Buffer.from(input);
    const value = random.pick([...WORDS_32, input.length, input.length - 1]);
    const at = random.below(input.length - 3);
    if (random.once(3)) copy.writeUInt32BE(value, at);
    else copy.writeUInt32LE(value, at);
    return copy;
  },
  function swapLines(input, random) {
    const lines = input.toString('latin1').split('\n');
    const [one, other] = [random.below(lines.length), random.below(lines.length)];
    [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
    return Buffer.from(lines.join('\n'), 'latin1');
  },
];

const MOST_CHANGES = 6;

/** The bytes with a few changes, cut where they would become too long. */
export function mutateBytes(input: Buffer, random: Random, around: Surroundings): Buffer {
  let changed = input;
  for (let left = random.small(MOST_CHANGES); left > 0; left -= 1) {
    changed = random.pick(CHANGES)(changed, random, around).subarray(0, around.longest);
  }
  return changed;
}
