import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Path, pathFromLatin1, pathFromText } from '../../src/model/bytes.ts';
import { coversPath } from '../../src/policy/glob.ts';
import { generalName } from '../../src/policy/learn/names.ts';
import { learnedText } from '../../src/policy/learn/policy-text.ts';
import { compilePolicy } from '../../src/policy/load.ts';
import { Selector } from '../../src/policy/select.ts';
import { pattern } from '../support/compiled-policies.ts';
import { hostileName, hostileText } from '../support/hostile-names.ts';
import { checksOf, learnFrom, type Sketch } from '../support/trial-checks.ts';

const varying = fc.oneof(
  fc.integer({ min: 0, max: 99999 }).map(String),
  fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 19)),
  fc.uuid(),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 8, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ab1Z9'), minLength: 6, maxLength: 10 }),
);
const piece = fc.oneof(fc.constantFrom('app', 'log', '.', '-', '_', 'é', '*', '[', '{', ',', '\\', ' '), varying);
const name = fc
  .oneof(
    hostileName,
    fc
      .array(piece, { minLength: 1, maxLength: 6 })
      .map((pieces) => Buffer.from(pieces.join(''), 'utf8').toString('latin1')),
  )
  .filter((text) => text !== '.' && text !== '..');

test('the glob that is made of a name matches it', () => {
  fc.assert(
    fc.property(name, (text) => {
      const glob = generalName(pathFromLatin1(text));
      if (glob === undefined) return;
      const written = pattern(`/d/${Buffer.from(glob, 'latin1').toString('utf8')}`);
      expect(coversPath([written], pathFromLatin1(`/d/${text}`))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

const directory = fc.array(name, { minLength: 1, maxLength: 2 }).map((names) => `/srv/${names.join('/')}`);

test('whatever objects and rules are called, the text is a policy in which they are governed by what was proposed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(directory, name, fc.boolean()), { minLength: 1, maxLength: 6 }),
      hostileText,
      fc.constantFrom(0, 2, 4),
      (objects, text, indent) => {
        const paths = new Map(objects.map(([above, own, stays]) => [`${above}/${own}`, stays]));
        const found = (check: number): Sketch[] =>
          [...paths].flatMap(([path, stays]) => {
            const after = { content: 'x'.repeat(5 + ((check * 3) % 4)) };
            const at = { path: pathFromLatin1(path), rule: text };
            if (stays) return [{ ...at, before: { content: 'as recorded' }, after }];
            return check % 2 === 0 ? [{ ...at, after }] : [];
          });
        const learned = learnFrom(checksOf([0, 1, 2, 3].map(found)));
        const made = learnedText(
          learned,
          { host: text, first: 'a', last: 'b', checks: 4, notes: [text], notify: () => [] },
          indent,
        );
        const old = `version: 1\nrules:\n${' '.repeat(indent)}- { name: old, paths: ['/'] }\n`;
        const { policy } = compilePolicy([{ name: 'p', text: old + made }]);
        expect(policy.rules).toHaveLength(1 + learned.proposals.length);
        const selector = new Selector(policy);
        for (const { evidence, behaviour } of learned.proposals) {
          for (const path of evidence.members) {
            const { governing } = selector.explain(path, behaviour === 'directory' ? 'directory' : 'file', '/' as Path);
            expect(policy.rules[governing]?.name).not.toBe('old');
          }
        }
        const refused = selector.explain(pathFromText('/srv'), 'directory', '/' as Path);
        expect(policy.rules[refused.governing]?.name).toBe('old');
      },
    ),
    { numRuns: 100 },
  );
});
