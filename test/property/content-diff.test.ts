/** Whatever the texts, patch(1) makes the new one of the old one and the diff, and no line can do harm. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffTexts } from '../../src/check/content/unified.ts';
import { scratchDirectory } from '../support/scratch.ts';

const AMPLE = { lines: 100_000, characters: 1 << 24 };
const OBEYED = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const hasPatch = spawnSync('patch', ['--version']).status === 0;

/** Few different lines, so that texts have some in common; no NUL, which no text has. */
const line = fc.oneof(
  fc.constantFrom('', 'a', 'b', ' a', 'a ', '\t', 'a\r', '\\', '\\n', '-', '+', '@@ -1,1 +1,1 @@', '\x1b[2J', '\xff'),
  fc.uint8Array({ min: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(text.replaceAll('\0', '')).toString('latin1')),
);
const text = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
  .map(([lines, hasEnd]) => Buffer.from(lines.join('\n') + (hasEnd ? '\n' : ''), 'latin1'));

const ESCAPES = /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|u([0-9a-f]{4})|(.))/gu;
const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** The bytes that a printable line stands for. */
function unescaped(shown: string): Buffer {
  if (shown === '\\ No newline at end of file') return Buffer.from(shown);
  const parts: Buffer[] = [];
  let at = 0;
  for (const match of shown.matchAll(ESCAPES)) {
    const [whole, byte, long, point, short = ''] = match;
    parts.push(Buffer.from(shown.slice(at, match.index)));
    if (byte !== undefined) parts.push(Buffer.from([Number.parseInt(byte, 16)]));
    else if (long ?? point) parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(long ?? point ?? '', 16))));
    else parts.push(Buffer.from(SHORT[short] ?? ''));
    at = match.index + whole.length;
  }
  return Buffer.concat([...parts, Buffer.from(shown.slice(at))]);
}

/** A text by a diff, strictly: every line must be where the diff says. */
function applied(before: Buffer, diff: readonly string[]): string {
  const old = before.toString('latin1').split(/(?<=\n)/);
  const result: string[] = [];
  let at = 0;
  let last: 'old' | 'new' | 'both' = 'both';
  for (const shown of diff) {
    const [, start] = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(shown) ?? [];
    const raw = unescaped(shown).toString('latin1');
    if (start !== undefined) {
      const isEmpty = shown.includes(`-${start},0 `);
      while (at < Number(start) - (isEmpty ? 0 : 1)) result.push(old[at++] ?? '');
    } else if (shown.startsWith('\\ ')) {
      if (last !== 'old') result.push((result.pop() ?? '').replace(/\n$/, ''));
    } else {
      last = raw[0] === '-' ? 'old' : raw[0] === '+' ? 'new' : 'both';
      if (last !== 'new') expect(old[at++]?.replace(/\n$/, '')).toBe(raw.slice(1));
      if (last !== 'old') result.push(`${raw.slice(1)}\n`);
    }
  }
  return result.concat(old.slice(at)).join('');
}

test('the diff of two texts makes one of the other, and holds nothing that a terminal obeys', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { lines = [], omittedLines, cutLines } = diffTexts(before, after, AMPLE);
      expect([omittedLines, cutLines]).toEqual([0, 0]);
      for (const shown of lines) expect(OBEYED.exec(shown)).toBeNull();
      expect(applied(before, lines)).toBe(after.toString('latin1'));
    }),
    { numRuns: 2000 },
  );
});

test.skipIf(!hasPatch)('patch(1) takes such a diff (needs patch)', () => {
  const directory = scratchDirectory();
  const [file, patch] = [join(directory, 'file'), join(directory, 'patch')];
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { lines = [] } = diffTexts(before, after, AMPLE);
      // patch(1) removes a file that becomes empty, and takes no patch without a hunk.
      fc.pre(lines.length > 0 && before.length > 0 && after.length > 0);
      writeFileSync(file, before);
      const body = lines.map((shown) => Buffer.concat([unescaped(shown), Buffer.from('\n')]));
      writeFileSync(patch, Buffer.concat([Buffer.from('--- file\n+++ file\n'), ...body]));
      const { status, stdout } = spawnSync('patch', ['--binary', '-s', '-u', file, patch], { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
      expect(readFileSync(file).equals(after)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
