/** Whatever stands in a policy or in a configuration to import, and however often: it is read, or refused in words. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../src/model/errors.ts';
import { parsePattern } from '../../src/policy/glob.ts';
import { compilePolicy } from '../../src/policy/load.ts';
import { parseMatch } from '../../src/policy/match.ts';
import { importAide, importTripwire } from '../support/imported-policies.ts';

/** Pieces of a text, each up to so many times in a row. */
function repeated(pieces: readonly string[], most: number): fc.Arbitrary<string> {
  const piece = fc.tuple(
    fc.constantFrom(...pieces),
    fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: most })),
  );
  return fc.array(piece, { maxLength: 12 }).map((parts) => parts.map(([text, count]) => text.repeat(count)).join(''));
}

function onlyRefuses(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).not.toMatch(/call stack|internal error/i);
  }
}

const YAML = '[ ] { } , : - ? a: &a *a !t | > " \' # % --- ... << {a: [a, - \n - \n'
  .split(' ')
  .concat(' ', '\n', '\n  ', '\t', '\r\n', '\\');
const START = ['', 'version: 1\nrules: ', 'version: 1\nrules:\n  - paths: [/etc]\n    watch: ', 'version: 1\nignore: '];

test('a policy of any nesting is compiled or refused with file, line and column', () => {
  fc.assert(
    fc.property(fc.constantFrom(...START), repeated(YAML, 3000), (start, text) => {
      try {
        compilePolicy([{ name: 'p', text: start + text }]);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toMatch(/^p:\d+:\d+: /);
        expect(error.message).not.toMatch(/call stack/i);
      }
    }),
    { numRuns: 300 },
  );
});

test('a pattern or an expression of any nesting is read or refused in words', () => {
  const pattern = repeated([...'{},[]!*?\\/a.', '{a,b}', '{a', '[]', '**/', '..'], 2000);
  fc.assert(
    fc.property(pattern, (text) => {
      parsePattern(`/${text}`, 'path');
    }),
    { numRuns: 500 },
  );
  const expression = repeated([...'()[]{}|*+?.^$\\/a-', '(a', '{1000}', '{2,}', '(?:', '(?i)', '[[:alpha:]]'], 1000);
  fc.assert(
    fc.property(expression, (text) => {
      parseMatch(`/${text}`);
    }),
    { numRuns: 500 },
  );
});

test('a configuration of another program of any nesting is imported or refused in words', () => {
  const aide = [
    '@@ifdef A\n',
    '@@if not ',
    '@@endif\n',
    '@@else\n',
    '@@define A ',
    '@@{A}',
    '@@include /aide.conf\n',
    '/a',
    ' p\n',
    'R+',
    '=',
    '!',
    '\n',
    ' ',
    '(',
    ')',
    '{9}',
    '\\',
  ];
  fc.assert(
    fc.property(repeated(aide, 300), (text) => {
      onlyRefuses(() => importAide(text));
    }),
    { numRuns: 300 },
  );
  const tripwire = [
    '(a=b) {\n',
    '}',
    '@@ifhost a\n',
    '@@endif\n',
    '@@section FS\n',
    'A',
    '=',
    '"',
    '$(A)',
    ';',
    '->',
    '/a',
    ' ',
    '\n',
    '|',
    '!',
    ',',
    '\\',
    '(',
    ')',
    'A="$(A)$(A)";\n',
    '$(ReadOnly)',
  ];
  fc.assert(
    fc.property(repeated(tripwire, 300), (text) => {
      onlyRefuses(() => importTripwire(text));
    }),
    { numRuns: 300 },
  );
});
