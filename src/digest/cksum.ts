/**
 * The CRC of cksum(1): POSIX 1003.1, utility `cksum` (earlier 1003.2), which is also Tripwire's "CRC32" up to 4 GiB. It
 * is not the CRC-32 of gzip: bits go most significant first, the register starts at 0 and the length follows the data.
 * This module only computes; names and output forms of digests are chosen elsewhere.
 */

const POLYNOMIAL = 0x04c11db7;
const SLICE = 16;

/** TABLES[k * 256 + byte]: the remainder of `byte` followed by k zero bytes. */
const TABLES = sliceTables();

function sliceTables(): Int32Array {
  const tables = new Int32Array(SLICE * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte << 24;
    for (let bit = 0; bit < 8; bit++) remainder = remainder < 0 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
    tables[byte] = remainder;
  }
  for (let index = 256; index < tables.length; index++) {
    tables[index] = appendByte(tables, at(tables, index - 256), 0);
  }
  return tables;
}

/** An element that is there by construction, which `noUncheckedIndexedAccess` cannot know. */
function at(array: Int32Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}

function appendByte(tables: Int32Array, register: number, byte: number): number {
  return (register << 8) ^ at(tables, (register >>> 24) ^ byte);
}

/** Incremental `cksum`; the digest is the 32-bit CRC, big-endian. Exact for lengths below 2^53 bytes. */
export class Cksum {
  #register = 0;
  #length = 0;

  update(data: Uint8Array): void {
    this.#length += data.length;
    this.#register = append(this.#register, data);
  }

  /** 4 bytes, big-endian: as a number it is what cksum(1) prints. */
  digest(): Uint8Array {
    let register = this.#register;
    // A division, not a shift: Tripwire counted in 32 bits and is wrong from 4 GiB on.
    for (let rest = this.#length; rest > 0; rest = Math.floor(rest / 256)) {
      register = appendByte(TABLES, register, rest % 256);
    }
    const digest = new Uint8Array(4);
    new DataView(digest.buffer).setInt32(0, ~register);
    return digest;
  }
}

/**
 * Slicing by 16 (Kounavis and Berry 2005): 16 bytes a step from 16 tables, whose look-ups do not wait for each other.
 */
function append(start: number, data: Uint8Array): number {
  const t = TABLES;
  const sliced = data.length - (data.length % SLICE);
  let register = start;
  let i = 0;
  for (; i < sliced; i += SLICE) {
    register =
      at(t, 3840 + (at(data, i) ^ (register >>> 24))) ^
      at(t, 3584 + (at(data, i + 1) ^ ((register >>> 16) & 255))) ^
      at(t, 3328 + (at(data, i + 2) ^ ((register >>> 8) & 255))) ^
      at(t, 3072 + (at(data, i + 3) ^ (register & 255))) ^
      at(t, 2816 + at(data, i + 4)) ^
      at(t, 2560 + at(data, i + 5)) ^
      at(t, 2304 + at(data, i + 6)) ^
      at(t, 2048 + at(data, i + 7)) ^
      at(t, 1792 + at(data, i + 8)) ^
      at(t, 1536 + at(data, i + 9)) ^
      at(t, 1280 + at(data, i + 10)) ^
      at(t, 1024 + at(data, i + 11)) ^
      at(t, 768 + at(data, i + 12)) ^
      at(t, 512 + at(data, i + 13)) ^
      at(t, 256 + at(data, i + 14)) ^
      at(t, at(data, i + 15));
  }
  for (; i < data.length; i++) register = appendByte(t, register, at(data, i));
  return register;
}
