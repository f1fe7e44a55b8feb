import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../src/model/errors.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { readerOf } from '../support/compiled-policies.ts';

const SEED = `version: 1
name: x
digests: [crc32, sha256]
templates:
  config: [read-only, -ctime, '+sha512']
ignore: [/proc, '**/*.pyc']
rules:
  - &r
    name: one
    severity: high
    paths: [/etc, '/usr/lib/**/*.so{,.*}']
    exclude: ['/etc/[a-z]*']
    watch: [config, -mode]
    depth: 3
    types: [file]
    mounts: cross
    require: { owner: root, mode: { max: '0755' }, flags: [immutable] }
  - *r
`;

const INSERTS = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  '\n',
  '\t',
  '- ',
  '&a ',
  '*a',
  '!!binary ',
  '!x ',
  '|',
  '>',
  '%',
  '#',
  '---\n',
  '\u2028',
  '\0',
  '0644',
  '~',
  '? ',
  '<<: ',
  '__proto__: 1\n',
  '\ud800',
  '\\',
  ',',
];

/** Either a policy or one error for the user, whose every line but the last counts says where. */
function load(content: string | Uint8Array): void {
  try {
    loadPolicy('p.yaml', readerOf({ 'p.yaml': content }));
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    if (!(error instanceof UserError)) return;
    for (const line of error.message.split('\n'))
      expect(line).toMatch(/^p\.yaml:[1-9]\d*:[1-9]\d*: \S|^and \d+ more problems?$/);
    expect(error.message).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  }
}

test('the seed of the mutations is a policy', () => {
  expect(loadPolicy('p.yaml', readerOf({ 'p.yaml': SEED })).policy.rules).toHaveLength(2);
});

test('a mutated policy is read or refused with positions, and nothing else happens', () => {
  const position = fc.nat(SEED.length);
  const edit = fc.oneof(
    fc.record({ at: position, cut: fc.nat(12), insert: fc.constantFrom(...INSERTS, '') }),
    fc.record({ at: position, cut: fc.nat(3), insert: fc.string({ unit: 'binary', maxLength: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = SEED;
      for (const { at, cut, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + cut);
      load(text);
    }),
    { numRuns: 700 },
  );
});

test('random bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => load(bytes)),
    { numRuns: 500 },
  );
});

test('a shipped policy with a line left out is read or refused', () => {
  const lines = readFileSync(new URL('../../policies/debian-base.yaml', import.meta.url), 'utf8').split('\n');
  fc.assert(
    fc.property(fc.nat(lines.length - 1), (left) => load(lines.filter((_, index) => index !== left).join('\n'))),
    { numRuns: 60 },
  );
});
