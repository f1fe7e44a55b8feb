import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { type AttributeName, OBJECT_TYPES } from '../../src/model/attributes.ts';
import { comparePaths, joinPath, type Path, pathFromLatin1, ROOT } from '../../src/model/bytes.ts';
import { characters } from '../../src/policy/characters.ts';
import { compilePattern, deepestStart, matchesPath, parsePattern } from '../../src/policy/glob.ts';
import { parseMatch } from '../../src/policy/match.ts';
import { Selector } from '../../src/policy/select.ts';
import { pattern, policyOf } from '../support/compiled-policies.ts';

const NAMES = ['a', 'b', 'ab', 'ba', 'aab', '.a', 'a.b', '-'];
const PARTS = [
  ...NAMES,
  '*',
  '?',
  'a*',
  '*b',
  '*a*b',
  '??',
  '[ab]',
  '[!a]',
  'a[+-.]b',
  '**',
  '{a,b}',
  '{a*,?b}',
  '{a,b/*}',
  '{,a}b',
];
const name = fc.constantFrom(...NAMES);
const path = fc.array(name, { maxLength: 5 }).map((names) => pathFromLatin1(`/${names.join('/')}`));
const glob = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

/**
 * picomatch lets `**` at the end stand for nothing, where here it stands for one component or more; and it treats `**`
 * behind a leading slash apart, so that it is given relative paths. Without `posix` its `[!a]` is no negation.
 */
function reference(text: string): (path: string) => boolean {
  const asked = text.endsWith('/**') ? `${text}/*` : text;
  const matches = picomatch(asked.slice(1), { dot: true, flags: 's', noextglob: true, posix: true });
  return (path) => matches(path.slice(1));
}

describe('patterns', () => {
  test('match ASCII paths as picomatch does', () => {
    fc.assert(
      fc.property(glob, fc.array(path, { minLength: 5, maxLength: 20 }), (text, paths) => {
        const ours = compilePattern(pattern(text));
        const theirs = reference(text);
        for (const one of paths) {
          if (one === '/') continue;
          expect([one, matchesPath(ours, one)]).toEqual([one, theirs(one)]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that match an ancestor cover all below it', () => {
    fc.assert(
      fc.property(glob, path, name, (text, directory, below) => {
        const ours = compilePattern(pattern(text));
        const start = deepestStart(ours, directory);
        const child = joinPath(directory, pathFromLatin1(below));
        if (start >= 0) expect(deepestStart(ours, child)).toBeGreaterThanOrEqual(start);
        expect(deepestStart(ours, child) >= 0).toBe(start >= 0 || matchesPath(ours, child));
      }),
      { numRuns: 1000 },
    );
  });

  test('of any text are read or refused, never more', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'/*?[]{},\\!-^ab.:é'), maxLength: 30 }),
    );
    fc.assert(
      fc.property(text, path, (written, one) => {
        for (const candidate of [written, `/${written}`]) {
          const parsed = parsePattern(candidate, 'anywhere');
          if (!parsed.ok) continue;
          const alternatives = compilePattern(parsed.pattern);
          matchesPath(alternatives, one);
          if (parsed.pattern.literal === undefined) continue;
          expect(matchesPath(alternatives, pathFromLatin1(parsed.pattern.literal))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('with a star match any name of bytes', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((array) => Buffer.from(array).toString('latin1'));
    const named = bytes.filter((text) => !/[/\0]/.test(text)).map(pathFromLatin1);
    fc.assert(
      fc.property(named, fc.nat(20), (odd, cut) => {
        const at = joinPath(ROOT, odd);
        for (const text of ['/*', '/**', `/${'?'.repeat(characters(odd).length)}`]) {
          expect(matchesPath(compilePattern(pattern(text)), at)).toBe(true);
        }
        expect(matchesPath(compilePattern(pattern(`/${'?'.repeat(characters(odd).length + 1)}`)), at)).toBe(false);
        const text = Buffer.from(odd, 'latin1').toString('utf8');
        // Only text can be written into a pattern.
        if (Buffer.from(text).toString('latin1') !== odd) return;
        const escaped = [...text].map((character) => (/[*?[\]{},\\]/.test(character) ? `\\${character}` : character));
        const around = `/${escaped.slice(0, cut).join('')}*${escaped.slice(cut + 1).join('')}`;
        if (escaped.length > cut && text !== '.' && text !== '..') {
          expect(matchesPath(compilePattern(pattern(around)), at)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('characters', () => {
  test('of well-formed text are its code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(text, 'utf8').toString('latin1');
        expect(characters(bytes)).toEqual([...text].map((character) => character.codePointAt(0)));
      }),
    );
  });

  test('keep any two different byte strings apart', () => {
    const bytes = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xc0, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0xf4, 0x90),
      { maxLength: 6 },
    );
    const text = bytes.map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(String(characters(left)) === String(characters(right))).toBe(left === right);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('selection', () => {
  const relative = fc.constantFrom('**/a', '**/*b', '**/a/b');
  const piece = fc.constantFrom('a', 'b', '/', '/', '.', '[^/]', '(a|b/a)', '.*', '[^/]*', '(/b)?', 'a+', '$');
  const expression = fc.array(piece, { maxLength: 5 }).map((pieces) => `/${pieces.join('')}`);
  const watch = fc.constantFrom<AttributeName[][]>(['type'], ['type'], []);
  const rule = fc.record({
    match: fc.array(
      expression.filter((text) => parseMatch(text).ok),
      { maxLength: 2 },
    ),
    watch: watch.map((attributes) => ({ attributes, growing: false, appendOnly: false, digests: [] })),
    paths: fc.array(fc.oneof(glob, fc.constant('/')), { maxLength: 2 }),
    exclude: fc.array(fc.oneof(glob, relative), { maxLength: 2 }),
    depth: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 1, 2),
    crossMounts: fc.boolean(),
    types: fc.constantFrom(OBJECT_TYPES, ['file'] as const, ['directory', 'symlink'] as const),
  });
  const policy = fc
    .tuple(fc.array(rule, { minLength: 1, maxLength: 6 }), fc.array(fc.oneof(glob, relative), { maxLength: 2 }))
    .map(([rules, ignore]) => policyOf(rules, ignore));
  const scope = fc.option(fc.array(fc.oneof(glob, relative), { minLength: 1, maxLength: 2 }), { nil: undefined });
  const tree = fc.array(path, { minLength: 1, maxLength: 12 });
  const mounts = fc.array(path, { maxLength: 2 });

  /** Every object on the way to the given ones, directories first. */
  function withAncestors(paths: readonly Path[]): Path[] {
    const all = new Set<Path>();
    for (const one of paths) {
      const names = one.split('/').filter((part) => part !== '');
      for (let count = 1; count <= names.length; count += 1)
        all.add(pathFromLatin1(`/${names.slice(0, count).join('/')}`));
    }
    return [...all].sort(comparePaths);
  }
  const parentOf = (one: string): Path => pathFromLatin1(one.slice(0, one.lastIndexOf('/')) || '/');
  const nameOf = (one: string): Path => pathFromLatin1(one.slice(one.lastIndexOf('/') + 1));

  test('the walk finds exactly what each rule by itself says, the last rule first', () => {
    fc.assert(
      fc.property(
        policy,
        scope,
        tree,
        mounts,
        fc.constantFrom(...OBJECT_TYPES),
        (policy, scope, paths, mounted, type) => {
          const scopePatterns = scope?.map(pattern);
          const selector = new Selector(policy, scopePatterns);
          const mountRootOf = (directory: Path): Path =>
            mounted
              .filter((mount) => mount === '/' || directory === mount || directory.startsWith(`${mount}/`))
              .sort((left, right) => right.length - left.length)[0] ?? ROOT;
          const entered = new Set<Path>(selector.descendsRoot() ? [ROOT] : []);
          for (const one of withAncestors(paths)) {
            const parent = parentOf(one);
            const mountRoot = mountRootOf(parent);
            const expected = selector.explain(one, type, mountRoot).governing;
            expect(selector.govern(one, type, mountRoot)).toBe(expected);
            // Nothing that is selected lies where the walk does not go.
            if (expected >= 0) expect([one, entered.has(parent)]).toEqual([one, true]);
            const selection = selector.enter(parent, mountRoot);
            expect(selection.rule(nameOf(one), type)).toBe(expected);
            if (entered.has(parent) && selection.descend(nameOf(one), mounted.includes(one))) entered.add(one);
            if (selector.isIgnored(one)) expect(entered.has(one)).toBe(false);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
