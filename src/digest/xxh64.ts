/**
 * XXH64 (seed 0) from xxhash-wasm. Loading this module waits for its WebAssembly to start, so it is only imported when
 * XXH64 is asked for. XXH64 shows corruption; it is no protection against somebody who chooses the content.
 */
import xxhash from 'xxhash-wasm';

const hasher = await xxhash();

/** Incremental XXH64; the digest is 8 bytes, big-endian (the canonical form of xxhsum). */
export class Xxh64 {
  readonly #state = hasher.create64();

  update(data: Uint8Array): void {
    this.#state.update(data);
  }

  digest(): Uint8Array {
    const digest = new Uint8Array(8);
    new DataView(digest.buffer).setBigUint64(0, this.#state.digest());
    return digest;
  }
}
