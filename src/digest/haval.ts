/**
 * HAVAL (Zheng, Pieprzyk, Seberry, AUSCRYPT '92) with 3 passes and a 128-bit digest, as Tripwire computes it.
 * Tripwire carries the code of 1993, whose first padding byte is 0x80; HAVAL 1.1 as published later pads with 0x01 and
 * therefore gives other digests. HAVAL is broken as a hash: it serves comparison with old records, not protection.
 */

const BLOCK = 128;
/** The last ten bytes of the last block: two bytes of parameters, then the length in bits, 64 bits little-endian. */
const TAIL = 10;
/** Version 1, 3 passes, 128 bits, packed as the paper says. */
const PARAMETERS = [0x19, 0x20] as const;

/** First padding byte. */
export type HavalPadding = 0x01 | 0x80;

/**
 * A pass mixes seven of the eight state words by a Boolean function; the order of its arguments depends on the pass.
 */
type BooleanFunction = (x6: number, x5: number, x4: number, x3: number, x2: number, x1: number, x0: number) => number;

interface Pass {
  readonly mix: BooleanFunction;
  /** Which word of the block each of the 32 steps takes. */
  readonly order: readonly number[];
  readonly constants: Int32Array;
}

const PI = piFraction(8 + 32 + 32);
const INITIAL_STATE = PI.subarray(0, 8);

const PASSES: readonly Pass[] = [
  {
    mix: (x6, x5, x4, x3, x2, x1, x0) => (x2 & (x4 ^ x3)) ^ (x6 & x0) ^ (x5 & x1) ^ x4,
    order: Array.from({ length: 32 }, (_, step) => step),
    constants: new Int32Array(32),
  },
  {
    mix: (x6, x5, x4, x3, x2, x1, x0) => (x5 & ((x3 & ~x0) ^ (x1 & x2) ^ x4 ^ x6)) ^ (x1 & (x3 ^ x2)) ^ (x0 & x2) ^ x6,
    order: [
      5, 14, 26, 18, 11, 28, 7, 16, 0, 23, 20, 22, 1, 10, 4, 8, 30, 3, 21, 9, 17, 24, 29, 6, 19, 12, 15, 13, 2, 25, 31,
      27,
    ],
    constants: PI.subarray(8, 40),
  },
  {
    mix: (x6, x5, x4, x3, x2, x1, x0) => (x3 & ((x5 & x4) ^ x6 ^ x0)) ^ (x5 & x2) ^ (x4 & x1) ^ x0,
    order: [
      19, 9, 4, 20, 28, 17, 8, 22, 29, 14, 25, 12, 24, 30, 16, 26, 31, 15, 7, 3, 1, 0, 18, 27, 13, 6, 21, 10, 23, 11, 5,
      2,
    ],
    constants: PI.subarray(40, 72),
  },
];

/**
 * Incremental HAVAL-128 with 3 passes; exact for lengths below 2^53 bytes. Ends with `digest`, which is called once.
 */
export class Haval {
  readonly #padding: HavalPadding;
  readonly #state = Int32Array.from(INITIAL_STATE);
  readonly #words = new Int32Array(32);
  readonly #pending = new Uint8Array(BLOCK);
  #length = 0;

  constructor(padding: HavalPadding = 0x80) {
    this.#padding = padding;
  }

  update(data: Uint8Array): void {
    const held = this.#length % BLOCK;
    this.#length += data.length;
    const missing = BLOCK - held;
    if (data.length < missing) {
      this.#pending.set(data, held);
      return;
    }
    let start = 0;
    if (held > 0) {
      this.#pending.set(data.subarray(0, missing), held);
      this.#absorb(this.#pending);
      start = missing;
    }
    const rest = (data.length - start) % BLOCK;
    this.#absorb(data.subarray(start, data.length - rest));
    this.#pending.set(data.subarray(data.length - rest));
  }

  /** 16 bytes. */
  digest(): Uint8Array {
    const length = this.#length;
    const zeros = (2 * BLOCK - TAIL - 1 - (length % BLOCK)) % BLOCK;
    const ending = new Uint8Array(1 + zeros + TAIL);
    ending[0] = this.#padding;
    ending.set(PARAMETERS, 1 + zeros);
    new DataView(ending.buffer).setBigUint64(ending.length - 8, BigInt(length) * 8n, true);
    this.update(ending);
    return fold(this.#state);
  }

  /** Whole blocks only. */
  #absorb(blocks: Uint8Array): void {
    const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
    for (let block = 0; block < blocks.length; block += BLOCK) {
      for (let word = 0; word < 32; word++) this.#words[word] = view.getInt32(block + word * 4, true);
      compress(this.#state, this.#words);
    }
  }
}

function compress(state: Int32Array, words: Int32Array): void {
  let x0 = at(state, 0);
  let x1 = at(state, 1);
  let x2 = at(state, 2);
  let x3 = at(state, 3);
  let x4 = at(state, 4);
  let x5 = at(state, 5);
  let x6 = at(state, 6);
  let x7 = at(state, 7);
  for (const { mix, order, constants } of PASSES) {
    for (let step = 0; step < 32; step++) {
      const mixed = rotateRight(mix(x6, x5, x4, x3, x2, x1, x0), 7);
      const next = (mixed + rotateRight(x7, 11) + at(words, at(order, step)) + at(constants, step)) | 0;
      x7 = x6;
      x6 = x5;
      x5 = x4;
      x4 = x3;
      x3 = x2;
      x2 = x1;
      x1 = x0;
      x0 = next;
    }
  }
  [x0, x1, x2, x3, x4, x5, x6, x7].forEach((word, index) => {
    state[index] = at(state, index) + word;
  });
}

/** 256 bits of state to 128: each byte of the upper four words is added into one byte position of the lower four. */
function fold(state: Int32Array): Uint8Array {
  const digest = new DataView(new ArrayBuffer(16));
  for (let word = 0; word < 4; word++) {
    let gathered = 0;
    for (let part = 0; part < 4; part++) {
      const mask = 0xff << (8 * ((word - part + 4) % 4));
      gathered |= at(state, 7 - part) & mask;
    }
    const turned = word === 3 ? gathered : rotateRight(gathered, 8 * (word + 1));
    digest.setInt32(word * 4, at(state, word) + turned, true);
  }
  return new Uint8Array(digest.buffer);
}

/** The first 32-bit words of the fraction of pi, by Machin's formula: the source of HAVAL's state and constants. */
function piFraction(words: number): Int32Array {
  const guard = 64;
  const scale = BigInt(words * 32 + guard);
  const pi = 4n * (4n * inverseTangent(5n, scale) - inverseTangent(239n, scale));
  return Int32Array.from({ length: words }, (_, index) =>
    Number(BigInt.asIntN(32, pi >> (scale - BigInt(32 * (index + 1))))),
  );
}

/** arctan(1/x) as a fixed-point number with `scale` binary places. */
function inverseTangent(x: bigint, scale: bigint): bigint {
  let power = (1n << scale) / x;
  let sum = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power /= -x * x;
    sum += power / odd;
  }
  return sum;
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** An element that is there by construction, which `noUncheckedIndexedAccess` cannot know. */
function at(array: ArrayLike<number>, index: number): number {
  return array[index] ?? 0;
}
