import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPrintable, pathFromBytes, pathFromText, printable } from '../../../src/model/bytes.ts';

test('the printable form of any bytes can be read back', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const path = pathFromBytes(bytes);
        expect(fromPrintable(printable(path))).toBe(path);
      },
    ),
  );
});

test('what is the printable form of nothing is read as nothing', () => {
  expect(fromPrintable('/a/back\\slash')).toBeUndefined();
  expect(fromPrintable('/a\\x41')).toBeUndefined();
  expect(fromPrintable('/a\\u{999999}')).toBeUndefined();
  expect(fromPrintable('/a\nb')).toBeUndefined();
  expect(fromPrintable('/a\\\\b')).toBe(pathFromText('/a\\b'));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\\', 'x', 'u', 'n', '{', '}', '0', 'a', 'é') }), (text) => {
      const path = fromPrintable(text);
      if (path !== undefined) expect(printable(path)).toBe(text);
    }),
  );
});
