import { expect, test } from 'vitest';
import { LineSearch } from '../../../src/policy/line-search.ts';
import { RegexSet } from '../../../src/policy/regex/match.ts';
import { parseRegex } from '../../../src/policy/regex/parse.ts';

test('expressions that tell every byte apart are not mixed up', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).slice(1);
  const escaped = bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}$`);
  const set = new RegexSet([...escaped, '[^/]$', '[^a]$', '[^/a]$'].map(parseRegex));
  for (const [index, byte] of bytes.entries()) {
    const matching = set.match(String.fromCharCode(byte)).filter((number) => number < bytes.length);
    expect(matching).toEqual([index]);
  }
});

test('states that stand at very many places are thrown away before they fill the memory', () => {
  const search = new LineSearch('a.{400}b$');
  // Where an a stands is drawn by lot, so that no state comes again.
  let drawn = 1;
  const text = Array.from({ length: 12_000 }, () => {
    drawn = (drawn * 1103515245 + 12345) % 2147483648;
    return (drawn & 65536) === 0 ? 'c' : 'a';
  }).join('');
  expect([...search.matches(`${text}\na${'c'.repeat(400)}b\n`)][0]?.number).toBe(2);
});

test('a NUL byte in a line is a byte like any other', () => {
  for (const regex of ['^.x', '^[^#]x', '^\\W', '^[^a-z]'])
    expect([...new LineSearch(regex).matches('#\n\0x\n')][0]?.number, regex).toBe(
      regex === '^\\W' || regex === '^[^a-z]' ? 1 : 2,
    );
});
