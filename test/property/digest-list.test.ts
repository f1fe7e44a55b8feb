/** Lists of digests: what is written is read back, sha256sum reads it too, and nothing else is taken for one. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Path, pathFromText } from '../../src/model/bytes.ts';
import { formatDigestList, parseDigestList } from '../../src/model/digest-list.ts';
import { UserError } from '../../src/model/errors.ts';
import { works } from '../support/programs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const OPTIONS = { name: 'list', above: 2 };
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const component = fc
  .string({ unit: fc.constantFrom('a', 'B', '7', '.', '-', '@', ' ', 'ü', '*', '=', '🦊'), minLength: 1, maxLength: 8 })
  .filter((name) => name !== '.' && name !== '..');
const fileName = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const names = fc.uniqueArray(fileName, { minLength: 1, maxLength: 12, selector: (name) => name.normalize() });

function refusal(text: string): string {
  try {
    parseDigestList(Buffer.from(text), OPTIONS);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'taken';
}

describe('a list of digests', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(names, (list) => {
        const entries = new Map(list.map((name): [Path, string] => [pathFromText(name), digest(name)]));
        const back = parseDigestList(formatDigestList(entries), OPTIONS);
        expect([...back].sort()).toEqual([...entries].sort());
      }),
    );
  });

  test('is what sha256sum checks', ({ skip }) => {
    if (!works('sha256sum', '--version')) skip('needs sha256sum');
    const directory = scratchDirectory();
    let round = 0;
    fc.assert(
      fc.property(names, (list) => {
        round += 1;
        const folder = join(directory, String(round));
        // A name that is also the folder of another one cannot be both, and - is standard input to sha256sum.
        const files = list.filter((name) => name !== '-' && !list.some((other) => other.startsWith(`${name}/`)));
        if (files.length === 0) return;
        for (const name of files) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), name);
        }
        const entries = new Map(files.map((name): [Path, string] => [pathFromText(name), digest(name)]));
        const { status, stderr } = spawnSync('sha256sum', ['-c', '--quiet', '--strict', '-'], {
          cwd: folder,
          input: formatDigestList(entries),
          encoding: 'utf8',
        });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      }),
      { numRuns: 20 },
    );
  });

  test('is refused as a whole when a part of it is wrong', () => {
    fc.assert(
      fc.property(names, fc.nat(), fc.string({ unit: 'binary', maxLength: 100 }), (list, at, wrong) => {
        const lines = list.map((name) => `${digest(name)}  ${name}`);
        lines.splice(at % (lines.length + 1), 0, wrong);
        expect(refusal(`${lines.join('\n')}\n`)).not.toBe('taken');
      }),
    );
  });
});

test.each([
  ['', 'lists no file'],
  [`${'a'.repeat(64)}  name`, 'has no end'],
  [`${'a'.repeat(63)}  name\n`, 'not a digest'],
  [`${'A'.repeat(64)}  name\n`, 'not a digest'],
  [`${'a'.repeat(64)} name\n`, 'not a digest'],
  [`\\${'a'.repeat(64)}  na\\nme\n`, 'not a digest'],
  [`${'a'.repeat(64)}  na\rme\n`, 'not a digest'],
  [`${'a'.repeat(64)}  /etc/passwd\n`, 'absolute'],
  [`${'a'.repeat(64)}  ../../../etc/passwd\n`, 'leads out'],
  [`${'a'.repeat(64)}  ..\n`, 'leads out'],
  [`${'a'.repeat(64)}  dist/../../x\n`, 'plain form'],
  [`${'a'.repeat(64)}  ./name\n`, 'plain form'],
  [`${'a'.repeat(64)}  a//b\n`, 'plain form'],
  [`${'a'.repeat(64)}  a/\n`, 'plain form'],
  [`${'a'.repeat(64)}  a\n${'b'.repeat(64)}  a\n`, 'twice'],
  [`${'a'.repeat(64)}  ${'a'.repeat(5000)}\n`, 'too long'],
  [`${'a'.repeat(64)}  x\n`.repeat(20_001), 'more than'],
])('%# is no list of digests', (text, problem) => {
  expect(refusal(text)).toContain(problem);
});

test('names of a package lead to the folders beside its own', () => {
  expect(refusal(`${'a'.repeat(64)}  ../../bin/integ\n`)).toBe('taken');
});
