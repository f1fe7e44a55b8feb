import { expect, test } from 'vitest';
import {
  type AccountNames,
  checkRequirements,
  type RequirementProbe,
  type RequirementResult,
} from '../../../src/check/requirements.ts';
import { type Path, pathFromLatin1 } from '../../../src/model/bytes.ts';
import type { Requirement } from '../../../src/model/rule.ts';
import { flagBit } from '../../../src/model/values/flags.ts';
import { digestOf, type Facts, READ_ONLY, record, rule } from './trees.ts';

const USERS = new Map([
  ['root', 0],
  ['smmsp', 25],
]);
const NAMES: AccountNames = {
  uidOf: (name) => USERS.get(name),
  gidOf: (name) => USERS.get(name),
  userName: (uid) => [...USERS].find(([, id]) => id === uid)?.[0],
  groupName: (gid) => [...USERS].find(([, id]) => id === gid)?.[0],
};

function check(require: Requirement, tree: Readonly<Record<string, Facts | string>>): RequirementResult {
  const paths = Object.keys(tree).map(pathFromLatin1);
  const probe: RequirementProbe = {
    starts: () => paths,
    examine(path: Path) {
      const facts = tree[path];
      if (typeof facts === 'object') return record(facts);
      return { path, operation: 'lstat', code: facts ?? 'ENOENT', message: 'no' };
    },
  };
  return checkRequirements([rule(READ_ONLY, { name: 'queue', severity: 'high', require })], probe, NAMES);
}

function mismatch(require: Requirement, facts: Facts | string): readonly [object, object] | undefined {
  const [violation] = check(require, { '/q': facts }).violations;
  return violation === undefined ? undefined : [violation.expected, violation.actual];
}

const DIRECTORY: Facts = { type: 'directory', mode: 0o770, uid: 25, gid: 25 };

test('an object as it should be violates nothing', () => {
  const require: Requirement = { type: 'directory', owner: 'smmsp', group: 'smmsp', mode: { exact: 0o770 } };
  expect(check(require, { '/q': DIRECTORY })).toEqual({ violations: [], failures: [] });
});

test('only what is not as it should be is named', () => {
  const require: Requirement = { type: 'directory', owner: 'root', mode: { exact: 0o750 } };
  expect(check(require, { '/q': DIRECTORY }).violations).toEqual([
    {
      path: '/q',
      rule: 'queue',
      severity: 'high',
      expected: { owner: 'root', mode: '0750' },
      actual: { owner: 'smmsp', mode: '0770' },
    },
  ]);
});

test('a missing object violates whatever is expected of it', () => {
  expect(mismatch({ type: 'directory' }, 'ENOENT')).toEqual([{ exists: true }, { exists: false }]);
  expect(mismatch({ exists: true }, 'ENOTDIR')).toEqual([{ exists: true }, { exists: false }]);
});

test('what must not exist may be missing and must not be there', () => {
  expect(mismatch({ exists: false }, 'ENOENT')).toBeUndefined();
  expect(mismatch({ exists: false }, DIRECTORY)).toEqual([{ exists: false }, { exists: true }]);
});

test('a mode with a maximum allows less and not more', () => {
  expect(mismatch({ mode: { max: 0o755 } }, { mode: 0o640 })).toBeUndefined();
  expect(mismatch({ mode: { max: 0o755 } }, { mode: 0o4755 })).toEqual([{ mode: 'at most 0755' }, { mode: '4755' }]);
});

test('an owner that nobody here is called is a violation that says so', () => {
  expect(mismatch({ owner: 'postfix' }, DIRECTORY)).toEqual([
    { owner: 'postfix' },
    { owner: 'smmsp (there is no user postfix here)' },
  ]);
});

test('owners and groups can be numbers', () => {
  expect(mismatch({ owner: '25', group: '25' }, DIRECTORY)).toBeUndefined();
  expect(mismatch({ group: '7' }, DIRECTORY)).toEqual([{ group: '7' }, { group: '25' }]);
});

test('flags that must be set are looked for, and cannot be told where the file system has none', () => {
  const require: Requirement = { flags: ['immutable'] };
  expect(mismatch(require, { flags: flagBit('immutable') | flagBit('nodump') })).toBeUndefined();
  expect(mismatch(require, { flags: 0 })).toEqual([{ flags: 'immutable' }, { flags: 'none' }]);
  expect(check(require, { '/q': { flags: 'unknown' } }).failures).toHaveLength(1);
});

test('content is compared by its SHA-256', () => {
  const sha256 = digestOf('sha256', 'yes').toString('hex');
  expect(mismatch({ sha256 }, { content: 'yes' })).toBeUndefined();
  expect(mismatch({ sha256 }, { content: 'no' })?.[1]).toEqual({ sha256: digestOf('sha256', 'no').toString('hex') });
  expect(mismatch({ sha256 }, DIRECTORY)?.[1]).toEqual({ sha256: 'not a regular file' });
});

test('what cannot be looked at is a failure, not a violation', () => {
  const result = check({ type: 'file' }, { '/q': 'EACCES' });
  expect(result.violations).toEqual([]);
  expect(result.failures.map((failure) => failure.code)).toEqual(['EACCES']);
});

test('a glob without a match violates only an expectation that something exists', () => {
  expect(check({ exists: true }, {}).violations).toHaveLength(1);
  expect(check({ type: 'file' }, {}).violations).toEqual([]);
});
