import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LANES } from '../../../src/digest/md5-kernel.ts';
import { Md5Lanes, Md5Stream, PADDING_ROOM } from '../../../src/digest/md5-lanes.ts';

function startLanes(dataBytes = 1 << 20): Md5Lanes {
  const lanes = Md5Lanes.create(dataBytes);
  if (lanes === undefined) throw new Error('this Node has no WebAssembly SIMD');
  return lanes;
}

/** The MD5s of all messages, computed in one run. */
function digestTogether(lanes: Md5Lanes, messages: readonly Uint8Array[]): string[] {
  let pointer = lanes.dataStart;
  const streams = messages.map((message) => {
    const stream = new Md5Stream();
    stream.pointer = pointer;
    lanes.memory.set(message, pointer);
    stream.blocks = lanes.pad(pointer, message.length, message.length);
    pointer += stream.blocks * 64;
    return stream;
  });
  lanes.run(streams);
  return streams.map(hex);
}

function hex(stream: Md5Stream): string {
  const digest = Buffer.alloc(16);
  stream.writeDigest(digest, 0);
  return digest.toString('hex');
}

function md5(data: Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((index + seed) * 167 + (index >> 8) * 13 + seed) & 255);
}

describe('MD5 in lanes', () => {
  const rfc1321 = {
    '': 'd41d8cd98f00b204e9800998ecf8427e',
    a: '0cc175b9c0f1b6a831c399e269772661',
    abc: '900150983cd24fb0d6963f7d28e17f72',
    'message digest': 'f96b697d7cb7938d525a2f31aaf161d0',
    abcdefghijklmnopqrstuvwxyz: 'c3fcd3d76192e4007dfb496cca67e13b',
    ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789: 'd174ab98d277d9f5a5611c2c9f419d9f',
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890':
      '57edf4a22be3c955ac49da2e2107b67a',
  };

  test('the test suite of RFC 1321 comes out right, each message alone', () => {
    const lanes = startLanes();
    for (const [text, digest] of Object.entries(rfc1321)) {
      expect(digestTogether(lanes, [Buffer.from(text)])).toEqual([digest]);
    }
  });

  test('the test suite of RFC 1321 comes out right, all messages together', () => {
    const messages = Object.keys(rfc1321).map((text) => Buffer.from(text));
    expect(digestTogether(startLanes(), messages)).toEqual(Object.values(rfc1321));
  });

  test('every length from 0 to 300 is right in every lane, among neighbours of other lengths', () => {
    const lanes = startLanes();
    for (let length = 0; length <= 300; length++) {
      for (let lane = 0; lane < LANES; lane++) {
        const messages = Array.from({ length: LANES }, (_, index) =>
          pattern(index === lane ? length : (length * (index + 3)) % 301, index),
        );
        expect(digestTogether(lanes, messages)).toEqual(messages.map(md5));
      }
    }
  });

  test('any number of messages from 1 to 40 is right, whichever kernel the last ones are left to', () => {
    const lanes = startLanes();
    for (let count = 1; count <= 40; count++) {
      const messages = Array.from({ length: count }, (_, index) => pattern((index * 7919) % 5000, index));
      expect(digestTogether(lanes, messages)).toEqual(messages.map(md5));
    }
  });

  test('a message that comes in pieces around the block size has the digest of the whole', () => {
    const lanes = startLanes();
    const whole = pattern(2000);
    for (const size of [1, 54, 55, 56, 57, 62, 63, 64, 65, 127, 128, 129]) {
      const stream = new Md5Stream();
      let held = 0;
      for (let start = 0; ; start += size) {
        const piece = whole.subarray(start, start + size);
        lanes.memory.set(piece, lanes.dataStart + held);
        const bytes = held + piece.length;
        const last = start + size >= whole.length;
        stream.pointer = lanes.dataStart;
        stream.blocks = last ? lanes.pad(lanes.dataStart, bytes, whole.length) : Math.floor(bytes / 64);
        lanes.run([stream]);
        if (last) break;
        held = bytes % 64;
        lanes.memory.copyWithin(lanes.dataStart, stream.pointer, stream.pointer + held);
      }
      expect(hex(stream)).toBe(md5(whole));
    }
  });

  test('the length of a stream beyond 512 MiB and 4 GiB is written in full to its padding', () => {
    const lanes = startLanes();
    for (const total of [2 ** 29 - 1, 2 ** 29, 2 ** 32 + 3, 2 ** 45 + 63]) {
      const blocks = lanes.pad(lanes.dataStart, total % 64, total);
      const end = lanes.dataStart + blocks * 64;
      expect(lanes.memory.readBigUInt64LE(end - 8)).toBe(BigInt(total) * 8n);
    }
  });

  test('the padding fits into the room that is promised for it', () => {
    const lanes = startLanes();
    for (let bytes = 0; bytes < 200; bytes++) {
      expect(lanes.pad(lanes.dataStart, bytes, bytes) * 64 - bytes).toBeLessThanOrEqual(PADDING_ROOM);
    }
  });
});
