import { expect, test } from 'vitest';
import type { DiffSettings } from '../../../src/model/rule.ts';
import { compile } from '../../support/compiled-policies.ts';
import { errorOf } from '../../support/errors.ts';

function policy(keys: string): string {
  return `version: 1\nrules:\n  - paths: [/etc]\n    ${keys}\n`;
}

function diffOf(keys: string): DiffSettings | undefined {
  return compile(policy(keys)).rules[0]?.diff;
}

test('diff keeps texts of up to 64 KiB that everybody may read, unless it says otherwise', () => {
  expect(diffOf('watch: config')).toBeUndefined();
  expect(diffOf('diff: false')).toBeUndefined();
  expect(diffOf('diff: true')).toEqual({ isPrivate: false, max: 65536 });
  expect(diffOf('diff: { private: true, max: 1M }')).toEqual({ isPrivate: true, max: 1 << 20 });
});

test('diff needs a digest that proves which text was recorded', () => {
  const told = 'p.yaml:5:11: diff needs a digest that proves which text was recorded: add sha256';
  expect(errorOf(() => compile(policy('watch: dynamic\n    diff: true'))).message).toContain(told);
  expect(errorOf(() => compile(policy('watch: [dynamic, crc32, xxh64]\n    diff: true'))).message).toContain(told);
  expect(compile(policy("watch: [dynamic, '+sha256']\n    diff: true")).rules).toHaveLength(1);
  expect(compile(policy('watch: append-only\n    diff: true')).rules).toHaveLength(1);
  // Baselines hold such policies.
  expect(compile(policy('watch: [dynamic, md5]\n    diff: true')).rules).toHaveLength(1);
});

test('the text of a file cannot be kept whatever its length', () => {
  expect(compile(policy('diff: { max: 16M }')).rules).toHaveLength(1);
  expect(errorOf(() => compile(policy('diff: { max: 17M }'))).message).toContain('the max of diff is 16M at most');
});
