/** A diff shows what changed, in few lines that no terminal obeys, and says what it leaves out. */
import { describe, expect, test } from 'vitest';
import { diffTexts, wholeText } from '../../../../src/check/content/unified.ts';

const AMPLE = { lines: 1000, characters: 1 << 20 };

function lines(before: string | Buffer, after: string | Buffer, bounds = AMPLE): readonly string[] | undefined {
  return diffTexts(Buffer.from(before), Buffer.from(after), bounds).lines;
}

const NUMBERS = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`);

describe('a diff', () => {
  test('shows a changed line with three lines around it', () => {
    const after = NUMBERS.with(9, 'ten\n');
    expect(lines(NUMBERS.join(''), after.join(''))).toEqual([
      '@@ -7,7 +7,7 @@',
      ' 7',
      ' 8',
      ' 9',
      '-10',
      '+ten',
      ' 11',
      ' 12',
      ' 13',
    ]);
  });

  test('of a text that was empty, or is now, counts from line 0', () => {
    expect(lines('', 'a\n')).toEqual(['@@ -0,0 +1,1 @@', '+a']);
    expect(lines('a\n', '')).toEqual(['@@ -1,1 +0,0 @@', '-a']);
  });

  test('tells a missing newline at the end', () => {
    expect(lines('a\n', 'a')).toEqual(['@@ -1,1 +1,1 @@', '-a', '+a', '\\ No newline at end of file']);
  });

  test('shows the carriage returns of DOS lines', () => {
    expect(lines('a\r\nb\r\n', 'a\nb\r\n')).toEqual(['@@ -1,2 +1,2 @@', '-a\\r', '+a', ' b\\r']);
  });

  test('keeps indentation, and shows tabs, spaces at the end and whatever a terminal obeys escaped', () => {
    expect(lines('', '  indented\n\ttab\nend \n\x1b[31mred\x07\n\u202ebidi\n\\back\n')?.slice(1)).toEqual([
      '+  indented',
      '+\\ttab',
      '+end\\x20',
      '+\\x1b[31mred\\x07',
      '+\\u202ebidi',
      '+\\\\back',
    ]);
  });

  test('compares bytes that are not UTF-8 as they are', () => {
    expect(lines(Buffer.from([0xff, 0x0a]), Buffer.from([0xfe, 0x0a]))?.slice(1)).toEqual(['-\\xff', '+\\xfe']);
    expect(lines('ä\n', 'ö\n')?.slice(1)).toEqual(['-ä', '+ö']);
  });

  test('of equal texts has no lines', () => {
    expect(diffTexts(Buffer.from('a\n'), Buffer.from('a\n'), AMPLE)).toEqual({
      lines: [],
      omittedLines: 0,
      cutLines: 0,
    });
  });
});

describe('the bounds of a diff', () => {
  test('leave lines out at the end and count them', () => {
    const after = NUMBERS.map((line) => `x${line}`).join('');
    const byLines = diffTexts(Buffer.from(NUMBERS.join('')), Buffer.from(after), { ...AMPLE, lines: 11 });
    expect(byLines.lines).toHaveLength(11);
    expect(byLines.omittedLines).toBe(30);
    const byLength = diffTexts(Buffer.from(NUMBERS.join('')), Buffer.from(after), { ...AMPLE, characters: 40 });
    expect(byLength.lines?.join('').length).toBeLessThanOrEqual(40);
    expect((byLength.lines?.length ?? 0) + byLength.omittedLines).toBe(41);
  });

  test('cut a very long line, and never in the middle of a character', () => {
    const { lines: shown = [], cutLines } = wholeText(Buffer.from(`${'ä'.repeat(100_000)}\n`), 'added', AMPLE);
    expect(cutLines).toBe(1);
    expect(shown[1]).toMatch(/^\+ä+…$/);
    expect(shown[1]?.length).toBeLessThanOrEqual(501);
    const escaped = wholeText(Buffer.from(`${'\x1b'.repeat(499)}\n`), 'added', AMPLE);
    expect(escaped.cutLines).toBe(1);
    expect(escaped.lines?.[1]?.length).toBeLessThanOrEqual(501);
  });

  test('give up on texts that have nothing in common, or too many lines', () => {
    const random = (seed: number) =>
      Array.from({ length: 30_000 }, (_, index) => `${(index * 7919 + seed) % 1_000_003}\n`).join('');
    expect(lines(random(1), random(2))).toBeUndefined();
    expect(lines('\n'.repeat(500_000), '\n'.repeat(500_001))).toBeUndefined();
  });
});

test('a new or vanished text is shown as the diff from or to nothing', () => {
  for (const text of ['', 'a', 'a\n', '\n', 'a\n\nb', 'a\r\n\xff\n']) {
    const bytes = Buffer.from(text, 'latin1');
    const nothing = Buffer.alloc(0);
    expect(wholeText(bytes, 'added', AMPLE)).toEqual(diffTexts(nothing, bytes, AMPLE));
    expect(wholeText(bytes, 'removed', AMPLE)).toEqual(diffTexts(bytes, nothing, AMPLE));
  }
});
