import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columns, cut, cutInside, inLines, sideBySide } from '../../../src/cli/fit.ts';

const text = fc.string({
  unit: fc.constantFrom('a', '/', ' ', 'é', 'e\u0301', '漢', '한', '🙂', 'ｆ', '…'),
  maxLength: 60,
});
const room = fc.integer({ min: 4, max: 50 });

describe('text in the columns of a terminal', () => {
  test('is measured in columns, not in characters', () => {
    expect(columns('/etc')).toBe(4);
    expect(columns('漢字')).toBe(4);
    expect(columns('e\u0301')).toBe(1);
    expect(columns('🙂')).toBe(2);
  });

  test('shows where something was cut off, and of a name its beginning and end', () => {
    expect(cut('/etc/passwd', 8)).toBe('/etc/pa…');
    expect(cutInside('/etc/passwd', 8)).toBe('/et…sswd');
    expect(cutInside('漢字漢字漢字', 7)).toBe('漢…漢字');
    expect(sideBySide('/a', ' -> ', '/b', 20)).toBe('/a -> /b');
    expect(sideBySide('/short', ' -> ', '/much/longer/than/that', 20)).toBe('/short -> /muc…/that');
  });

  test('never takes more room than there is, and lines lose nothing', () => {
    fc.assert(
      fc.property(text, text, room, (one, other, most) => {
        for (const shown of [cut(one, most), cutInside(one, most), ...inLines(one, most)]) {
          expect(columns(shown)).toBeLessThanOrEqual(most);
        }
        expect(columns(sideBySide(one, '>', other, most + 1))).toBeLessThanOrEqual(most + 1);
        expect(inLines(one, most).join('')).toBe(one);
      }),
    );
  });
});
