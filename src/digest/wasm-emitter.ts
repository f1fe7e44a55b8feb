/**
 * Writes small WebAssembly modules as bytes: as much of the binary format as the digest kernels use, and no more.
 * Source: WebAssembly Core Specification 2.0, chapter 5 "Binary Format" (opcodes in 5.4, SIMD in 5.4.8). It does not
 * check types: WebAssembly.validate does, and the tests hold the kernels to published vectors.
 */

/**
 * Instructions, nested as they were put together and written out once at the end: copying at every level would take ten
 * times as long. An expression is the code that leaves its one value on the stack.
 */
export type Code = number | readonly Code[];
type ValueType = 'i32' | 'v128';

export interface WasmFunction {
  readonly name: string;
  /** Types of the parameters, which are the first locals. Functions return nothing. */
  readonly parameters: readonly ValueType[];
  /** Types of the further locals. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

const VALUE_TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b };
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** Unsigned LEB128 of a number below 2^32. */
function unsigned(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) digits.push((rest & 0x7f) | 0x80);
  digits.push(rest);
  return digits;
}

/** Signed LEB128 of a 32-bit number. */
function signed(value: number): number[] {
  const digits: number[] = [];
  let rest = value | 0;
  for (; rest < -64 || rest > 63; rest >>= 7) digits.push((rest & 0x7f) | 0x80);
  digits.push(rest & 0x7f);
  return digits;
}

const operation =
  (...opcode: number[]) =>
  (...operands: readonly Code[]): Code => [operands, opcode];

const simd = (opcode: number) => operation(0xfd, ...unsigned(opcode));

/** Alignment (as the exponent of 2) is a hint to the machine only; the offset is added to the address. */
const load =
  (opcode: Code, alignment: number) =>
  (address: Code, offset: number): Code => [address, opcode, alignment, unsigned(offset)];

const store =
  (opcode: Code, alignment: number) =>
  (address: Code, offset: number, value: Code): Code => [address, value, opcode, alignment, unsigned(offset)];

export const local = {
  get: (index: number): Code => [0x20, unsigned(index)],
  set: (index: number, value: Code): Code => [value, 0x21, unsigned(index)],
};

export const i32 = {
  const: (value: number): Code => [0x41, signed(value)],
  load: load([0x28], 2),
  store: store([0x36], 2),
  add: operation(0x6a),
  sub: operation(0x6b),
  and: operation(0x71),
  xor: operation(0x73),
  rotateLeft: operation(0x77),
};

export const v128 = {
  load: load([0xfd, 0x00], 4),
  store: store([0xfd, 0x0b], 4),
  /** Four words picked from the eight of both operands: 0 to 3 of the first, 4 to 7 of the second. */
  pickWords: (first: Code, second: Code, picked: readonly [number, number, number, number]): Code => [
    first,
    second,
    0xfd,
    0x0d,
    picked.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte)),
  ],
  and: simd(0x4e),
  /** First and not second. */
  andNot: simd(0x4f),
  or: simd(0x50),
  xor: simd(0x51),
  shiftLeft: simd(0xab),
  shiftRight: simd(0xad),
  add: simd(0xae),
  sub: simd(0xb1),
};

/** Repeats `body` as long as `condition` is not 0 after it. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, body, condition, 0x0d, 0x00, 0x0b];
}

/** A module that works on an imported memory `env.memory` of fixed size and exports all functions by name. */
export function wasmModule(functions: readonly WasmFunction[], memoryPages: number): Uint8Array {
  const types = functions.map(({ parameters }) => bytes([0x60, vector(parameters.map(typeOf)), 0]));
  const limits = [0x01, unsigned(memoryPages), unsigned(memoryPages)];
  const exported = functions.map(({ name }, index) => bytes([text(name), 0x00, unsigned(index)]));
  return Buffer.concat([
    bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]),
    section(SECTION.type, types),
    section(SECTION.import, [bytes([text('env'), text('memory'), 0x02, limits])]),
    section(
      SECTION.function,
      functions.map((_, index) => bytes(unsigned(index))),
    ),
    section(SECTION.export, exported),
    section(SECTION.code, functions.map(functionBody)),
  ]);
}

function functionBody({ locals, body }: WasmFunction): Uint8Array {
  const code = bytes([vector(locals.map((type) => [1, typeOf(type)])), body, 0x0b]);
  return Buffer.concat([bytes(unsigned(code.length)), code]);
}

function section(id: number, items: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat([bytes(unsigned(items.length)), ...items]);
  return Buffer.concat([bytes([id, unsigned(content.length)]), content]);
}

function typeOf(type: ValueType): Code {
  return VALUE_TYPES[type];
}

function text(name: string): Code {
  return vector([...Buffer.from(name)]);
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function bytes(code: Code): Uint8Array {
  const written: number[] = [];
  write(code, written);
  return Uint8Array.from(written);
}

function write(code: Code, written: number[]): void {
  if (typeof code === 'number') written.push(code);
  else for (let index = 0; index < code.length; index++) write(code[index] ?? 0, written);
}
