/**
 * MD5 of many streams at once in the lanes of WebAssembly SIMD, four to five times as fast as one after the other.
 * It takes whole blocks that lie in its memory: reading files, and what to do where there is no SIMD, is for others.
 */
import { BLOCK, LANES, LAYOUT, md5Module, STATE_STRIDE, stepConstant } from './md5-kernel.ts';

const PAGE = 65_536;
/** 0x80 and the length field: the least that the padding adds to the data. */
const LEAST_PADDING = 9;
/** Bytes that must be free behind the data of a stream for `pad`. */
export const PADDING_ROOM = LEAST_PADDING + BLOCK - 1;

type Kernels = Readonly<Record<'one' | 'four' | 'all', (blocks: number) => void>>;

/** The part of the WebAssembly interface that is used here; the type libraries of Node do not declare it. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Kernels };
}

/** One MD5 in the making: the state, and the blocks that wait to be taken in the next run. */
export class Md5Stream {
  /** Address of the first block in the memory. */
  pointer = 0;
  blocks = 0;
  a = 0;
  b = 0;
  c = 0;
  d = 0;

  constructor() {
    this.reset();
  }

  /** The initial state of RFC 1321, section 3.3. */
  reset(): void {
    this.a = 0x67452301;
    this.b = 0xefcdab89 | 0;
    this.c = 0x98badcfe | 0;
    this.d = 0x10325476;
  }

  /** Writes the 16 bytes of the digest, once the padding has been taken. */
  writeDigest(target: Buffer, offset: number): void {
    target.writeInt32LE(this.a, offset);
    target.writeInt32LE(this.b, offset + 4);
    target.writeInt32LE(this.c, offset + 8);
    target.writeInt32LE(this.d, offset + 12);
  }
}

export class Md5Lanes {
  /**
   * All of the memory; the streams' data may lie anywhere from `dataStart` on. It never grows: growing would detach
   * this view, and node:crypto digests a detached view as if it were empty.
   */
  readonly memory: Buffer;
  readonly dataStart = LAYOUT.data;
  readonly #view: DataView;
  readonly #kernels: Kernels;
  readonly #running: Md5Stream[] = [];

  /** Undefined where there is no WebAssembly, no SIMD in it or no address space for the memory. */
  static create(dataBytes: number): Md5Lanes | undefined {
    // Absent under --jitless, and not declared by the type libraries; see WebAssemblyApi.
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };
    if (WebAssembly === undefined) return undefined;
    const pages = Math.ceil((LAYOUT.data + dataBytes) / PAGE);
    const bytes = md5Module(pages);
    if (!WebAssembly.validate(bytes)) return undefined;
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
      return new Md5Lanes(memory.buffer, instance.exports);
    } catch {
      return undefined;
    }
  }

  private constructor(buffer: ArrayBuffer, kernels: Kernels) {
    this.memory = Buffer.from(buffer);
    this.#view = new DataView(buffer);
    this.#kernels = kernels;
    for (let word = 0; word < 64 * 4; word++) {
      this.#view.setInt32(LAYOUT.constants + word * 4, stepConstant(word >> 2), true);
    }
  }

  /**
   * Writes the padding of RFC 1321 behind `bytes` bytes of data at `pointer`, the last ones of a stream of `total`
   * bytes of which all before were whole blocks. Returns the number of blocks from `pointer` on.
   */
  pad(pointer: number, bytes: number, total: number): number {
    const blocks = Math.ceil((bytes + LEAST_PADDING) / BLOCK);
    const end = pointer + blocks * BLOCK;
    this.memory.fill(0, pointer + bytes, end - 8);
    this.memory[pointer + bytes] = 0x80;
    this.#view.setUint32(end - 8, (total << 3) >>> 0, true);
    this.#view.setUint32(end - 4, Math.floor(total / 2 ** 29) >>> 0, true);
    return blocks;
  }

  /**
   * Takes all waiting blocks of all streams. The kernels advance their lanes in step, so each call goes as far as the
   * shortest stream; its lane then takes the next stream, and when none waits, the last lane's.
   */
  run(streams: Iterable<Md5Stream>): void {
    const running = this.#running;
    const waiting = streams[Symbol.iterator]();
    while (running.length < LANES && this.#startNext(waiting, running.length));
    while (running.length > 0) {
      const blocks = this.#shortest();
      this.#runKernel(blocks);
      for (let lane = running.length - 1; lane >= 0; lane--) this.#retire(lane, blocks, waiting);
    }
  }

  #shortest(): number {
    let blocks = Number.MAX_SAFE_INTEGER;
    for (const stream of this.#running) if (stream.blocks < blocks) blocks = stream.blocks;
    return blocks;
  }

  /** Lanes of the kernel without a stream read the first one's blocks, and nobody reads their state. */
  #runKernel(blocks: number): void {
    const active = this.#running.length;
    if (active === 1) {
      this.#kernels.one(blocks);
      return;
    }
    const lanes = active <= 4 ? 4 : LANES;
    const pointer = this.#view.getInt32(LAYOUT.pointers, true);
    for (let lane = active; lane < lanes; lane++) this.#view.setInt32(LAYOUT.pointers + lane * 4, pointer, true);
    if (lanes === 4) this.#kernels.four(blocks);
    else this.#kernels.all(blocks);
  }

  #retire(lane: number, blocks: number, waiting: Iterator<Md5Stream>): void {
    const stream = this.#running[lane];
    if (stream === undefined) return;
    stream.blocks -= blocks;
    if (stream.blocks > 0) return;
    this.#store(stream, lane);
    if (this.#startNext(waiting, lane)) return;
    const last = this.#running.pop();
    if (last === undefined || last === stream) return;
    this.#store(last, this.#running.length);
    this.#load(last, lane);
  }

  /** Whether there was a stream with blocks to take. */
  #startNext(waiting: Iterator<Md5Stream>, lane: number): boolean {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      if (next.value.blocks === 0) continue;
      this.#load(next.value, lane);
      return true;
    }
    return false;
  }

  #load(stream: Md5Stream, lane: number): void {
    const view = this.#view;
    const state = LAYOUT.state + lane * 4;
    this.#running[lane] = stream;
    view.setInt32(LAYOUT.pointers + lane * 4, stream.pointer, true);
    view.setInt32(state, stream.a, true);
    view.setInt32(state + STATE_STRIDE, stream.b, true);
    view.setInt32(state + 2 * STATE_STRIDE, stream.c, true);
    view.setInt32(state + 3 * STATE_STRIDE, stream.d, true);
  }

  #store(stream: Md5Stream, lane: number): void {
    const view = this.#view;
    const state = LAYOUT.state + lane * 4;
    stream.pointer = view.getInt32(LAYOUT.pointers + lane * 4, true);
    stream.a = view.getInt32(state, true);
    stream.b = view.getInt32(state + STATE_STRIDE, true);
    stream.c = view.getInt32(state + 2 * STATE_STRIDE, true);
    stream.d = view.getInt32(state + 3 * STATE_STRIDE, true);
  }
}
