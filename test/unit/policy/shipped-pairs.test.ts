/** What two shipped policies require of one path can be so at once: whoever includes both is not told off for one. */
import { describe, expect, test } from 'vitest';
import type { Requirement } from '../../../src/model/requirement.ts';
import { builtinPolicyNames } from '../../../src/policy/builtin.ts';
import { compilePattern } from '../../../src/policy/glob.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { readerOf } from '../../support/compiled-policies.ts';

/** What each path is required to be, by pattern without braces. */
function required(name: string): ReadonlyMap<string, readonly Requirement[]> {
  const byPath = new Map<string, Requirement[]>();
  for (const { require, paths } of loadPolicy(`builtin:${name}`, readerOf({})).policy.rules) {
    if (require === undefined) continue;
    for (const pattern of paths) {
      for (const alternative of compilePattern(pattern)) {
        const path = JSON.stringify(alternative);
        byPath.set(path, [...(byPath.get(path) ?? []), require]);
      }
    }
  }
  return byPath;
}

function shares(one: string | readonly string[] | undefined, other: string | readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return [one].flat().some((name) => [other].flat().includes(name));
}

/** Whether an object can be as both require. */
function agree(one: Requirement, other: Requirement): boolean {
  if (one.type !== undefined && other.type !== undefined && one.type !== other.type) return false;
  if (one.exists !== undefined && other.exists !== undefined && one.exists !== other.exists) return false;
  if (!shares(one.owner, other.owner) || !shares(one.group, other.group)) return false;
  const [mode, beside] = [one.mode, other.mode];
  if (mode === undefined || beside === undefined) return true;
  if ('exact' in mode) return 'exact' in beside ? mode.exact === beside.exact : (mode.exact & ~beside.max) === 0;
  return 'exact' in beside ? (beside.exact & ~mode.max) === 0 : true;
}

const names = builtinPolicyNames();
const requirements = new Map(names.map((name) => [name, required(name)]));

describe.each(names.slice(0, -1))('builtin:%s', (name) => {
  test.each(names.filter((other) => other > name))('agrees with %s', (other) => {
    const theirs = requirements.get(other);
    for (const [path, mine] of requirements.get(name) ?? []) {
      for (const require of mine) {
        for (const beside of theirs?.get(path) ?? []) expect(agree(require, beside), `${path}`).toBe(true);
      }
    }
  });
});

test('what cannot be so at once does not agree', () => {
  expect(agree({ owner: 'root' }, { owner: ['mail', 'smmta'] })).toBe(false);
  expect(agree({ mode: { exact: 0o644 } }, { mode: { max: 0o600 } })).toBe(false);
  expect(agree({ type: 'file' }, { type: 'directory' })).toBe(false);
  expect(agree({ mode: { max: 0o750 } }, { mode: { exact: 0o700 }, owner: 'root' })).toBe(true);
});
