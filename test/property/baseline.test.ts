import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BaselineReader } from '../../src/baseline/reader.ts';
import { OPTIONAL_FIELDS, VARIABLE_FIELDS } from '../../src/model/record.ts';
import { HEADER, listing, writeBaseline } from '../support/baselines.ts';
import { encodeRecord } from '../support/records.ts';
import { scratchDirectory } from '../support/scratch.ts';

/** Names of any bytes a file system allows: not UTF-8, newlines, long ones, some that begin alike. */
const name = fc
  .oneof(
    fc.constantFrom('a', 'a\n', 'aa', 'b', '\xff', '\xc3\xa9', '-', '.x', '...', ' '),
    fc.uint8Array({ minLength: 1, maxLength: 255 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  )
  .map((text) => text.replaceAll(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..');

const path = fc.array(name, { minLength: 0, maxLength: 6 }).map((names) => `/${names.join('/')}`);

const anyRecord = fc
  .record({
    mode: fc.constantFrom(0o100644, 0o040755, 0o120777, 0o104755),
    size: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    optional: fc.subarray([...OPTIONAL_FIELDS]),
    variable: fc.subarray([...VARIABLE_FIELDS]),
    value: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ mode, size, optional, variable, value }) =>
    encodeRecord({
      mode,
      numbers: { size },
      bytes: Object.fromEntries([
        ...optional.map((field) => [field.name, Buffer.alloc(field.length, value[0] ?? 0)]),
        ...variable.map((field) => [field.name, value]),
      ]),
    }),
  );

const tree = fc.uniqueArray(fc.tuple(path, anyRecord), { selector: ([at]) => at, maxLength: 40 });

test('any tree comes back as it was, with one seal for every order of writing', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  fc.assert(
    fc.property(
      tree.chain((entries) =>
        fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
      ),
      ([entries, shuffled]) => {
        const first = writeBaseline(file, entries);
        expect(writeBaseline(file, shuffled)).toEqual(first);
        const read = listing(file);
        expect(new Map(read)).toEqual(new Map(entries.map(([at, bytes]) => [at, bytes.toString('hex')])));
        expect(read).toHaveLength(entries.length);
        const components = read.map(([at]) => at.split('/'));
        expect(components).toEqual([...components].sort(inCanonicalOrder));
      },
    ),
    { numRuns: 60 },
  );
});

function inCanonicalOrder(left: readonly string[], right: readonly string[]): number {
  for (let at = 0; ; at++) {
    const [before, after] = [left[at], right[at]];
    if (before === undefined || after === undefined) return left.length - right.length;
    if (before !== after) return before < after ? -1 : 1;
  }
}

test('a change of any record or the loss of any object changes the seal', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  fc.assert(
    fc.property(
      tree
        .filter((entries) => entries.length > 0)
        .chain((entries) => fc.tuple(fc.constant(entries), fc.nat(entries.length - 1))),
      ([entries, at]) => {
        const { seal } = writeBaseline(file, entries);
        const changed = entries.map(([where, bytes], index): [string, Buffer] => {
          const copy = Buffer.from(bytes);
          if (index === at) copy[6] = (copy[6] ?? 0) ^ 1;
          return [where, copy];
        });
        expect(writeBaseline(file, changed).seal).not.toBe(seal);
        expect(writeBaseline(file, entries.toSpliced(at, 1)).seal).not.toBe(seal);
      },
    ),
    { numRuns: 30 },
  );
});

test('any text in the header comes back as it was', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, (host, why, policy) => {
      const header = { ...HEADER, host, origin: { ...HEADER.origin, why }, policy: [{ name: 'p', text: policy }] };
      writeBaseline(file, [], header);
      const reader = BaselineReader.open(file);
      reader.close();
      expect(reader.header).toEqual(header);
    }),
    { numRuns: 40 },
  );
});
