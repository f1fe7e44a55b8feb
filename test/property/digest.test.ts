import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDigest, digestInto, loadDigests } from '../../src/digest/algorithms.ts';
import { Md5Lanes, Md5Stream } from '../../src/digest/md5-lanes.ts';
import { DIGEST_NAMES, digestLength } from '../../src/model/attributes.ts';

beforeAll(() => loadDigests());

/** Data of some length and the places where it is cut, which may coincide. */
const cutData = fc.uint8Array({ maxLength: 700, size: 'max' }).chain((data) =>
  fc.tuple(
    fc.constant(data),
    fc.array(fc.nat(data.length), { maxLength: 8 }).map((cuts) => cuts.toSorted((x, y) => x - y)),
  ),
);

describe('digests', () => {
  test.each(DIGEST_NAMES)('%s is the same however the data is split into updates', (name) => {
    fc.assert(
      fc.property(cutData, ([data, cuts]) => {
        const whole = Buffer.alloc(digestLength(name));
        digestInto(name, data, whole, 0);
        const digest = createDigest(name);
        for (const [index, start] of [0, ...cuts].entries()) digest.update(data.subarray(start, cuts[index]));
        expect(Buffer.from(digest.digest())).toEqual(whole);
      }),
    );
  });

  test('MD5 in lanes agrees with node:crypto for any messages taken together', () => {
    const lanes = Md5Lanes.create(1 << 20);
    if (lanes === undefined) throw new Error('this Node has no WebAssembly SIMD');
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 2000, size: 'max' }), { maxLength: 60 }), (messages) => {
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
        for (const [index, stream] of streams.entries()) {
          const digest = Buffer.alloc(16);
          stream.writeDigest(digest, 0);
          expect(digest).toEqual(
            createHash('md5')
              .update(messages[index] ?? '')
              .digest(),
          );
        }
      }),
    );
  });
});
