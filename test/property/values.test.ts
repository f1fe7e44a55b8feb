import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ATTRIBUTE_NAMES } from '../../src/model/attributes.ts';
import { pathFromBytes } from '../../src/model/bytes.ts';
import { FIXED_LENGTH, isWellFormed, VARIABLE_FIELDS } from '../../src/model/record.ts';
import { encodeAcl, formatAcl } from '../../src/model/values/acl.ts';
import { formatCapabilities } from '../../src/model/values/capabilities.ts';
import { decodeFields, encodeFields } from '../../src/model/values/fields.ts';
import { formatFlags } from '../../src/model/values/flags.ts';
import { formatTime } from '../../src/model/values/time.ts';
import { decodeXattrs, encodeXattrs, formatXattrs } from '../../src/model/values/xattrs.ts';
import { formatAttribute } from '../../src/model/values.ts';

const bytes = fc.uint8Array({ maxLength: 400 });
const xattr = fc.record({ name: fc.uint8Array({ minLength: 1, maxLength: 20 }).map(pathFromBytes), value: bytes });
const xattrs = fc.uniqueArray(xattr, { maxLength: 6, selector: (pair) => pair.name });
// Control and format characters, line separators and surrogates: what a terminal obeys or a reader cannot see.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** A well-formed record with random values in all variable attributes. */
const record = fc
  .tuple(
    fc.uint8Array({ minLength: FIXED_LENGTH, maxLength: FIXED_LENGTH }),
    fc.array(bytes, { minLength: 5, maxLength: 5 }),
  )
  .map(([fixed, values]) => {
    const start = Buffer.from(fixed);
    let fields = 1;
    const parts: Uint8Array[] = [start];
    for (const [index, field] of VARIABLE_FIELDS.entries()) {
      const value = values[index] ?? new Uint8Array(0);
      fields += 2 ** field.bit + (value.length > 0 ? 2 ** field.filledBit : 0);
      if (value.length > 0) parts.push(encodeFields([value]));
    }
    start.writeUInt32LE(fields, 0);
    start.writeUInt16LE(0o100000 | ((fixed[4] ?? 0) & 0o777), 4);
    return Buffer.concat(parts);
  });

describe('values of attributes', () => {
  test('in any well-formed record have a text without a character that a terminal obeys', () => {
    fc.assert(
      fc.property(record, (value) => {
        expect(isWellFormed(value)).toBe(true);
        for (const name of ATTRIBUTE_NAMES) {
          const text = formatAttribute(value, name);
          if (text !== undefined) expect(text).not.toMatch(UNPRINTABLE);
        }
      }),
    );
  });

  test('of random bytes are decoded without an exception and printably', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        for (const format of [formatAcl, formatXattrs, formatCapabilities]) {
          const text = format(value);
          expect(text).not.toMatch(UNPRINTABLE);
          expect(text).not.toBe('');
        }
      }),
    );
  });

  test('built from hostile ACL bytes inside a proper frame are decoded without an exception', () => {
    const entry = fc.tuple(fc.constantFrom(1, 2, 4, 8, 16, 32, 64), fc.nat(9), fc.nat(0xffff_ffff));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), fc.array(entry, { maxLength: 5 }), (access, defaults) => {
        const pack = (entries: readonly [number, number, number][]): Buffer => {
          const packed = Buffer.alloc(4 + entries.length * 8);
          packed.writeUInt32LE(2);
          for (const [index, [tag, rights, id]] of entries.entries()) {
            packed.writeUInt16LE(tag, 4 + index * 8);
            packed.writeUInt16LE(rights, 6 + index * 8);
            packed.writeUInt32LE(id, 8 + index * 8);
          }
          return packed;
        };
        const text = formatAcl(encodeAcl(pack(access), pack(defaults)));
        const isValid = [...access, ...defaults].every(([tag, rights]) => tag !== 64 && rights <= 7);
        const count = access.length + defaults.length;
        if (isValid && count > 0) expect(text.split(',')).toHaveLength(count);
        else expect(text).toMatch(/^invalid: /);
      }),
    );
  });
});

describe('encodings', () => {
  test('of fields and of extended attributes give back what went in', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (parts) => {
        const decoded = decodeFields(encodeFields(parts))?.map((part) => Buffer.from(part).toString('hex'));
        expect(decoded).toEqual(parts.map((part) => Buffer.from(part).toString('hex')));
      }),
    );
    fc.assert(
      fc.property(xattrs, (pairs) => {
        const decoded = decodeXattrs(encodeXattrs(pairs)) ?? [];
        expect(decoded).toHaveLength(pairs.length);
        for (const { name, value } of decoded) {
          const original = pairs.find((pair) => pair.name === name);
          expect(Buffer.compare(value, original?.value ?? Buffer.from('not there'))).toBe(0);
        }
        const names = decoded.map((pair) => Buffer.from(pair.name, 'latin1'));
        expect(names).toEqual([...names].sort(Buffer.compare));
      }),
    );
  });

  test('that differ have texts that differ, for extended attributes, times and flags', () => {
    fc.assert(
      fc.property(xattrs, xattrs, (left, right) => {
        const [one, other] = [encodeXattrs(left), encodeXattrs(right)];
        expect(formatXattrs(one) === formatXattrs(other)).toBe(Buffer.compare(one, other) === 0);
      }),
    );
    const time = fc.record({ seconds: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), nanoseconds: fc.nat(0xffff_ffff) });
    fc.assert(
      fc.property(time, time, (left, right) => {
        const isSame = left.seconds === right.seconds && left.nanoseconds === right.nanoseconds;
        expect(formatTime(left) === formatTime(right)).toBe(isSame);
      }),
    );
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (left, right) => {
        expect(formatFlags(left) === formatFlags(right)).toBe(left === right);
      }),
    );
  });

  test('of capabilities that differ have texts that differ', () => {
    // Effective bit, the two sets, in the revision of every file that setcap writes.
    const caps = fc
      .tuple(fc.nat(1), fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n))
      .map(([flag, p, i]) => {
        const value = Buffer.alloc(20);
        value.writeUInt32LE(0x02000000 | flag);
        value.writeUInt32LE(Number(p & 0xffff_ffffn), 4);
        value.writeUInt32LE(Number(i & 0xffff_ffffn), 8);
        value.writeUInt32LE(Number(p >> 32n), 12);
        value.writeUInt32LE(Number(i >> 32n), 16);
        return value;
      });
    fc.assert(
      fc.property(caps, caps, (left, right) => {
        const isEmpty = left.readBigUInt64LE(4) === 0n && left.readBigUInt64LE(12) === 0n;
        // The effective bit means nothing without a capability.
        fc.pre(!isEmpty);
        expect(formatCapabilities(left) === formatCapabilities(right)).toBe(left.equals(right));
      }),
    );
  });
});
