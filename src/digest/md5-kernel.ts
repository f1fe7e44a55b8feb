/**
 * The compression function of MD5 (RFC 1321) as WebAssembly: kernels for 12, 4 and 1 independent streams, each
 * stream in its own lane. The kernels know blocks and states; padding and scheduling are the caller's.
 */
import { type Code, i32, local, repeatWhile, v128, type WasmFunction, wasmModule } from './wasm-emitter.ts';

/**
 * Three groups of four: where vector instructions take two cycles (AMD Zen 5), 8 lanes reach 2.6 GB/s, 12 reach 3.7 and
 * 16 no more, as the registers run out; where they take one (Zen 4), 8 reach 4.0 and 12 up to 4.2.
 */
export const LANES = 12;
export const BLOCK = 64;

const VECTOR_BYTES = 16;
const GROUPS = LANES / 4;
/** Distance of the state words of one lane. */
export const STATE_STRIDE = LANES * 4;
/** The 16 words of a block of four lanes. */
const GROUP_WORDS = 16 * VECTOR_BYTES;

/** Addresses in the memory; what the kernels keep there comes first, then the data. Words are 32-bit little-endian. */
export const LAYOUT = layout();

function layout() {
  const state = LANES * 4;
  const constants = state + 4 * STATE_STRIDE;
  const anchors = constants + 64 * VECTOR_BYTES;
  const words = anchors + GROUPS * VECTOR_BYTES;
  return {
    /** The address of the next block of every lane; a kernel leaves it behind the blocks it took. */
    pointers: 0,
    /** The state words A, B, C, D, each for all lanes. */
    state,
    /** The 64 constants of the steps, each four times. */
    constants,
    /** A cell for the anchor stores of each group. */
    anchors,
    /** The words of the current block of every group, transposed: word by word, four lanes each. */
    words,
    data: Math.ceil((words + GROUPS * GROUP_WORDS) / 1024) * 1024,
  };
}

const ADDRESS_0 = i32.const(0);

const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** What a step is made of, for one stream (i32) or four side by side (v128). */
interface Arithmetic {
  readonly add: (x: Code, y: Code) => Code;
  readonly sub: (x: Code, y: Code) => Code;
  readonly and: (x: Code, y: Code) => Code;
  readonly andNot: (x: Code, y: Code) => Code;
  readonly xor: (x: Code, y: Code) => Code;
  readonly rotateLeft: (x: number, bits: number) => Code;
  readonly constant: (step: number) => Code;
}

const SCALAR: Arithmetic = {
  ...i32,
  andNot: (x, y) => i32.and(x, i32.xor(y, i32.const(-1))),
  rotateLeft: (x, bits) => i32.rotateLeft(local.get(x), i32.const(bits)),
  constant: (step) => i32.const(stepConstant(step)),
};

const VECTOR: Arithmetic = {
  ...v128,
  rotateLeft: (x, bits) =>
    v128.or(v128.shiftLeft(local.get(x), i32.const(bits)), v128.shiftRight(local.get(x), i32.const(32 - bits))),
  // From memory, and four times: V8 takes several instructions for a vector immediate, and computes the addresses of
  // broadcast loads before the loop, 64 of them, which it then has no registers for.
  constant: (step) => v128.load(ADDRESS_0, LAYOUT.constants + step * VECTOR_BYTES),
};

/** Four words of state, the locals that hold them, where the words of the block are found, and a spare local. */
interface LaneGroup {
  readonly arithmetic: Arithmetic;
  readonly state: readonly [number, number, number, number];
  readonly saved: readonly [number, number, number, number];
  readonly word: (index: number) => Code;
  readonly spare: number;
  /** Address of the cell for anchor stores, if the group is not alone. */
  readonly anchor: number | undefined;
}

/** floor(2^32 |sin(i + 1)|); one less in the last round, which subtracts where the RFC adds a complement. */
export function stepConstant(step: number): number {
  const constant = Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1)));
  return (step < 48 ? constant : constant - 1) | 0;
}

/**
 * The module: functions `one`, `four` and `all` for so many lanes, whose one parameter is how many blocks to take, at
 * least 1. One for eight lanes would cost more to emit at every start than it gains over `all` for the last few
 * streams.
 */
export function md5Module(memoryPages: number): Uint8Array {
  return wasmModule([scalarKernel('one'), vectorKernel('four', 1), vectorKernel('all', GROUPS)], memoryPages);
}

function vectorKernel(name: string, groups: number): WasmFunction {
  const lanes = groups * 4;
  const pointer = (lane: number) => 1 + lane;
  const spares = 1 + lanes;
  const parts = Array.from({ length: groups }, (_, index): LaneGroup => {
    const first = spares + 8 + index * 9;
    return {
      arithmetic: VECTOR,
      state: [first, first + 1, first + 2, first + 3],
      saved: [first + 4, first + 5, first + 6, first + 7],
      word: (word) => v128.load(ADDRESS_0, LAYOUT.words + index * GROUP_WORDS + word * 16),
      spare: first + 8,
      anchor: groups > 1 ? LAYOUT.anchors + index * 16 : undefined,
    };
  });
  const stateAddress = (group: number, word: number) => LAYOUT.state + word * STATE_STRIDE + group * 16;
  return {
    name,
    parameters: ['i32'],
    locals: [
      ...Array.from({ length: lanes }, () => 'i32' as const),
      ...Array.from({ length: 8 + groups * 9 }, () => 'v128' as const),
    ],
    body: [
      times(lanes, (lane) => local.set(pointer(lane), i32.load(ADDRESS_0, LAYOUT.pointers + lane * 4))),
      parts.map(({ state }, group) =>
        state.map((x, word) => local.set(x, v128.load(ADDRESS_0, stateAddress(group, word)))),
      ),
      repeatWhile(
        [
          times(groups, (group) =>
            times(4, (quarter) =>
              transpose(
                times4((lane) => v128.load(local.get(pointer(group * 4 + lane)), quarter * 16)),
                LAYOUT.words + group * GROUP_WORDS + quarter * 64,
                spares,
              ),
            ),
          ),
          compress(parts),
          times(lanes, (lane) => local.set(pointer(lane), i32.add(local.get(pointer(lane)), i32.const(BLOCK)))),
        ],
        countDown(),
      ),
      times(lanes, (lane) => i32.store(ADDRESS_0, LAYOUT.pointers + lane * 4, local.get(pointer(lane)))),
      parts.map(({ state }, group) =>
        state.map((x, word) => v128.store(ADDRESS_0, stateAddress(group, word), local.get(x))),
      ),
    ],
  };
}

function scalarKernel(name: string): WasmFunction {
  const pointer = 1;
  const group: LaneGroup = {
    arithmetic: SCALAR,
    state: [2, 3, 4, 5],
    saved: [6, 7, 8, 9],
    word: (word) => i32.load(local.get(pointer), word * 4),
    spare: 10,
    anchor: undefined,
  };
  const stateAddress = (word: number) => LAYOUT.state + word * STATE_STRIDE;
  return {
    name,
    parameters: ['i32'],
    locals: Array.from({ length: 10 }, () => 'i32' as const),
    body: [
      local.set(pointer, i32.load(ADDRESS_0, LAYOUT.pointers)),
      group.state.map((x, word) => local.set(x, i32.load(ADDRESS_0, stateAddress(word)))),
      repeatWhile([compress([group]), local.set(pointer, i32.add(local.get(pointer), i32.const(BLOCK)))], countDown()),
      i32.store(ADDRESS_0, LAYOUT.pointers, local.get(pointer)),
      group.state.map((x, word) => i32.store(ADDRESS_0, stateAddress(word), local.get(x))),
    ],
  };
}

/** One block into every group. The groups' steps alternate, so that one computes while the other waits for itself. */
function compress(groups: readonly LaneGroup[]): Code {
  return [
    groups.map(({ state, saved }) => times(4, (word) => local.set(at(saved, word), local.get(at(state, word))))),
    times(64, (index) => groups.map((group) => step(group, index))),
    groups.map(({ arithmetic, state, saved }) =>
      times(4, (word) =>
        local.set(at(state, word), arithmetic.add(local.get(at(state, word)), local.get(at(saved, word)))),
      ),
    ),
  ];
}

function step(group: LaneGroup, index: number): Code {
  const { arithmetic, state, spare, anchor } = group;
  const { add, rotateLeft, constant } = arithmetic;
  const round = index >> 4;
  const [a, b, c, d] = times4((word) => at(state, (word + 64 - index) % 4));
  const sum = add(local.get(a), add(group.word(wordOf(round, index)), constant(index)));
  return [
    local.set(spare, mix(arithmetic, round, sum, local.get(b), local.get(c), local.get(d))),
    local.set(a, add(rotateLeft(spare, at(ROTATIONS[round] ?? [], index % 4)), local.get(b))),
    // V8 orders instructions without effects as it likes, and emits long runs of steps of one group before another's:
    // less overlap, more spills, a tenth slower on one processor and two fifths on another. Stores keep their order, so
    // each step leaves its word in a cell that nobody reads.
    anchor === undefined ? [] : v128.store(ADDRESS_0, anchor, local.get(a)),
  ];
}

function wordOf(round: number, index: number): number {
  return [index, 5 * index + 1, 3 * index + 5, 7 * index].map((word) => word % 16)[round] ?? 0;
}

/** The sum plus the round's Boolean function F, G, H or I. */
function mix({ add, sub, and, andNot, xor }: Arithmetic, round: number, sum: Code, b: Code, c: Code, d: Code): Code {
  switch (round) {
    case 0:
      return add(sum, xor(d, and(b, xor(c, d))));
    case 1:
      // The two halves have no common bit; added one by one, only the second waits for b.
      return add(add(sum, andNot(c, d)), and(b, d));
    case 2:
      return add(sum, xor(xor(c, d), b));
    default:
      // c ^ (b | ~d) is the complement of the term subtracted; the 1 that is missing is in the constant.
      return sub(sum, xor(c, andNot(d, b)));
  }
}

/**
 * Four vectors of four words each, one a lane, become four with one word of all lanes each, stored one after the other.
 */
function transpose(rows: readonly [Code, Code, Code, Code], address: number, spares: number): Code {
  const row = times4((index) => spares + index);
  const pair = times4((index) => spares + 4 + index);
  const pick = (x: number, y: number, words: readonly [number, number, number, number]) =>
    v128.pickWords(local.get(x), local.get(y), words);
  return [
    times(4, (index) => local.set(at(row, index), at(rows, index))),
    local.set(pair[0], pick(row[0], row[1], [0, 4, 1, 5])),
    local.set(pair[1], pick(row[2], row[3], [0, 4, 1, 5])),
    local.set(pair[2], pick(row[0], row[1], [2, 6, 3, 7])),
    local.set(pair[3], pick(row[2], row[3], [2, 6, 3, 7])),
    v128.store(ADDRESS_0, address, pick(pair[0], pair[1], [0, 1, 4, 5])),
    v128.store(ADDRESS_0, address + 16, pick(pair[0], pair[1], [2, 3, 6, 7])),
    v128.store(ADDRESS_0, address + 32, pick(pair[2], pair[3], [0, 1, 4, 5])),
    v128.store(ADDRESS_0, address + 48, pick(pair[2], pair[3], [2, 3, 6, 7])),
  ];
}

/** Parameter 0 less one; leaves what is left as the condition. */
function countDown(): Code {
  return [local.set(0, i32.sub(local.get(0), i32.const(1))), local.get(0)];
}

function times(count: number, code: (index: number) => Code): Code {
  return Array.from({ length: count }, (_, index) => code(index));
}

function times4<T>(item: (index: number) => T): [T, T, T, T] {
  return [item(0), item(1), item(2), item(3)];
}

/** An element that is there by construction, which `noUncheckedIndexedAccess` cannot know. */
function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no element ${index} of ${items.length}`);
  return item;
}
