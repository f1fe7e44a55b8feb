import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareImport } from '../../src/app/import/compare.ts';
import { UserError } from '../../src/model/errors.ts';
import { readDryRunLine } from '../../src/policy/import/aide/dry-run.ts';
import type { AideVersion } from '../../src/policy/import/aide/version.ts';
import { Tree } from '../../src/system/tree.ts';
import { importAide } from '../support/imported-policies.ts';
import { sharedDirectory } from '../support/scratch.ts';

const AIDE = '/usr/bin/aide';
const NAMES = ['a', 'b', 'ab', 'a.b', 'axb', 'a+'];

const root = sharedDirectory();

/** Directories with the same names at three levels, and files and links in each. */
function grow(directory: string, depth: number): void {
  for (const name of NAMES) {
    const path = join(directory, name);
    if (depth === 0 || name === 'axb') writeFileSync(path, '');
    else if (name === 'ab' && depth === 1) symlinkSync('a', path);
    else {
      mkdirSync(path);
      grow(path, depth - 1);
    }
  }
}

beforeAll(() => grow(root, 2));

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '/',
  '/',
  '/',
  '.',
  '\\\\.',
  '[^/]',
  '(a|b/a)',
  '.*',
  '[^/]*',
  '(/b)?',
  'a+',
  'a{1,2}',
);
const expression = fc
  .tuple(fc.array(piece, { maxLength: 5 }), fc.constantFrom('$', '$', '', '/'))
  .map(([pieces, end]) => `/${pieces.join('')}${end}`)
  // AIDE refuses two slashes in a row where it takes them literally.
  .filter((text) => !text.includes('//'));
const types = fc.constantFrom('', '', ' f', ' d', ' f,d', ' l', ' 0');
const attributes = fc.constantFrom('p', 'u', 'g+s', 'E', 'R', 'L-p', 'm+md5', 'u+S', 'p+s+m+S+sha512', '>');
const rule = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(expression, types, attributes).map(([text, type, sum]) => `${text}${type} ${sum}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(expression, types, attributes).map(([text, type, sum]) => `=${text}${type} ${sum}`),
  },
  { weight: 1, arbitrary: fc.tuple(expression, types).map(([text, type]) => `!${text}${type}`) },
);
const config = fc.array(rule, { minLength: 1, maxLength: 7 });

describe('a configuration of AIDE', () => {
  test.skipIf(!existsSync(AIDE))(
    'selects the same with the same attributes once it is imported, whatever its rules',
    () => {
      const version = /0\.1[0-8]\b|0\.1[0-8]\./.test(spawnSync(AIDE, ['--version'], { encoding: 'utf8' }).stdout)
        ? '0.18'
        : '0.19';
      const tree = new Tree({ root, isWorker: false, portable: false });
      const file = join(root, '..', `${root.slice(root.lastIndexOf('/') + 1)}.conf`);
      try {
        fc.assert(
          fc.property(config, (rules) => {
            const lines = [`root_prefix=${root}`, 'database_out=file:/dev/null', ...rules, '/never$ p', ''].join('\n');
            writeFileSync(file, lines);
            const { status, stdout } = spawnSync(AIDE, [`--config=${file}`, '--dry-init', '--log-level=error'], {
              encoding: 'latin1',
              maxBuffer: 1 << 26,
            });
            // A mistake that only AIDE sees, such as an expression that PCRE refuses.
            fc.pre(status === 0);
            const entries = stdout.split('\n').flatMap((line) => readDryRunLine(line) ?? []);
            const { policy, text } = importAide(lines, version);
            const { disagreements } = compareImport(policy, tree, entries);
            expect({ rules, text, disagreements }).toEqual({ rules, text, disagreements: [] });
          }),
          { numRuns: 150 },
        );
      } finally {
        tree.close();
        rmSync(file, { force: true });
      }
    },
  );

  test('of any text is imported or refused with its line', () => {
    const word = fc.constantFrom(
      '/',
      '/etc',
      '/a/.*$',
      '=',
      '!',
      '-',
      '@@define',
      '@@if',
      'not',
      'defined',
      '@@else',
      '@@endif',
      '@@undef',
      '@@{X}',
      '@@include',
      '/aide.conf',
      '@@x_include',
      ' ',
      '\t',
      '\n',
      '\n',
      '\n',
      'X',
      'R',
      'p+u',
      'f,d',
      'f=ext4',
      '0',
      '>',
      '#',
      '\\',
      '(',
      '[',
      '*',
      '\xff',
      '\x1b',
      '{3}',
      '%2f',
      '!@@{X}',
      '>=',
      'verbose=',
      'database_in=',
      'G =',
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 40 }),
        fc.constantFrom<AideVersion>('0.16', '0.18', '0.19'),
        (words, version) => {
          try {
            importAide(words.join(' ').replaceAll(/ ?\n ?/g, '\n'), version);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            // A policy without rules is refused; every other mistake has its place.
            expect(String(error)).toMatch(/:\d+: |no such file|must list|has no rules/);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
