/** Secrets in the shapes that the documentation of their formats has, and harmless lines of the same files. */
import { describe, expect, test } from 'vitest';
import { contentFacts } from '../../../../src/check/content/facts.ts';
import { redact } from '../../../../src/check/content/redact.ts';
import { diffTexts, wholeText } from '../../../../src/check/content/unified.ts';
import { pathFromText } from '../../../../src/model/bytes.ts';
import { nextSecret, readLines, readShapes, type Shape, variantsOf } from '../../../support/secret-shapes.ts';

const shapes = readShapes('test/fixtures/redaction/secrets.txt');
const named = shapes.map((shape) => [`${shape.path}: ${shape.text.split('\n').at(-1) ?? ''}`, shape] as const);
const BOUNDS = { lines: 1000, characters: 1_000_000 };

function leaked({ secrets }: Shape, shown: string): readonly string[] {
  return secrets.flatMap((secret) => [secret, nextSecret(secret)]).filter((secret) => shown.includes(secret));
}

describe('no secret is left', () => {
  test('of 600 shapes, each with its secret marked', () => {
    expect(shapes.length).toBeGreaterThanOrEqual(600);
    expect(shapes.filter(({ secrets }) => secrets.length === 0 || secrets.includes(''))).toEqual([]);
  });

  test.each(named)('in %s', (_, shape) => {
    const path = pathFromText(shape.path);
    const left = variantsOf(shape).map(({ name, text }) => ({ name, leaked: leaked(shape, redact(path, text)) }));
    expect(left.filter((variant) => variant.leaked.length > 0)).toEqual([]);
  });

  test.each(named)('in a diff or in the words of %s', (_, shape) => {
    const path = pathFromText(shape.path);
    const [old = '', now = '', among = ''] = variantsOf(shape).map(({ text }) => redact(path, `${text}\n`));
    const bytes = (text: string) => Buffer.from(text, 'latin1');
    const diffs = [
      diffTexts(bytes(old), bytes(now), BOUNDS),
      diffTexts(bytes(among), bytes(`${among}more = 1\n`), BOUNDS),
      wholeText(bytes(now), 'added', BOUNDS),
      wholeText(bytes(now), 'removed', BOUNDS),
    ];
    const shown = [
      ...diffs.flatMap(({ lines }) => lines ?? []),
      ...contentFacts(path, undefined, now),
      ...contentFacts(path, old, now),
      ...contentFacts(path, old, undefined),
    ];
    expect(leaked(shape, shown.join('\n'))).toEqual([]);
  });

  test.each(named)('and redacting again changes nothing more in %s', (_, shape) => {
    const path = pathFromText(shape.path);
    const once = redact(path, shape.text);
    expect(redact(path, once)).toBe(once);
  });
});

test('of more than 500 harmless lines of the same files at least 98 in 100 stay as they are, byte for byte', () => {
  const files = readLines('test/fixtures/redaction/harmless.txt');
  const lines = files.flatMap(({ path, lines }) => {
    const shown = new Set(redact(pathFromText(path), lines.join('\n')).split('\n'));
    return lines.filter((line) => line !== '').map((line) => ({ path, line, isShown: shown.has(line) }));
  });
  const hidden = lines.filter(({ isShown }) => !isShown);
  expect(lines.length).toBeGreaterThanOrEqual(500);
  expect(hidden.length / lines.length, JSON.stringify(hidden, undefined, 1)).toBeLessThanOrEqual(0.02);
});
