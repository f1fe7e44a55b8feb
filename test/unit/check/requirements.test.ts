import { expect, test } from 'vitest';
import { checkRequirements, type RequirementProbe, type RequirementResult } from '../../../src/check/requirements.ts';
import type { AccountNames } from '../../../src/check/surroundings.ts';
import { type Path, pathFromLatin1 } from '../../../src/model/bytes.ts';
import type { FailureCode } from '../../../src/model/failure-codes.ts';
import type { Requirement } from '../../../src/model/requirement.ts';
import { flagBit } from '../../../src/model/values/flags.ts';
import { digestOf, type Facts, READ_ONLY, record, rule } from '../../support/compared-trees.ts';

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

const PARENTS: readonly string[] = ['/', '/var', '/var/spool'];
const NOW = 1_800_000_000;

function check(require: Requirement, tree: Readonly<Record<string, Facts | FailureCode>>): RequirementResult {
  const paths = Object.keys(tree).map(pathFromLatin1);
  const probe: RequirementProbe = {
    starts: () => paths.filter((path) => !PARENTS.includes(path)),
    examine(path: Path) {
      const facts = tree[path];
      if (typeof facts === 'object') return record(facts);
      return { path, operation: 'lstat', code: facts ?? 'ENOENT', message: 'no' };
    },
    target: (path) => path,
    parents: () => PARENTS.filter((path) => path in tree).map(pathFromLatin1),
    text: (path) => {
      const facts = tree[path];
      if (typeof facts === 'object' && facts.content !== undefined) return facts.content;
      return { path, operation: 'read', code: 'EFBIG', message: 'no' };
    },
    names: NAMES,
    now: BigInt(NOW) * 1_000_000_000n,
    showsLines: true,
  };
  return checkRequirements([rule(READ_ONLY, { name: 'queue', severity: 'high', require })], probe);
}

function mismatch(require: Requirement, facts: Facts | FailureCode): readonly [object, object] | undefined {
  const [violation] = check(require, { '/q': facts }).violations;
  return violation === undefined ? undefined : [violation.expected, violation.actual];
}

const DIRECTORY: Facts = { type: 'directory', mode: 0o770, uid: 25, gid: 25 };

test('an object as it should be violates nothing', () => {
  const require: Requirement = { type: 'directory', owner: 'smmsp', group: 'smmsp', mode: { exact: 0o770 } };
  expect(check(require, { '/q': DIRECTORY })).toMatchObject({ violations: [], failures: [] });
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

test('of several owners any will do, also where some are not known', () => {
  expect(mismatch({ owner: ['root', 'smmsp'], group: ['smmta', '25'] }, DIRECTORY)).toBeUndefined();
  expect(mismatch({ owner: ['root', 'smmta'] }, DIRECTORY)).toEqual([{ owner: 'root or smmta' }, { owner: 'smmsp' }]);
  expect(mismatch({ owner: ['smmta', 'exim'] }, DIRECTORY)).toEqual([
    { owner: 'smmta or exim' },
    { owner: 'smmsp (there is no user smmta or exim here)' },
  ]);
});

test('flags that must be set are looked for, and cannot be told where the file system has none', () => {
  const require: Requirement = { flags: ['immutable'] };
  expect(mismatch(require, { flags: flagBit('immutable') | flagBit('nodump') })).toBeUndefined();
  expect(mismatch(require, { flags: 0 })).toEqual([{ flags: 'immutable' }, { flags: 'none' }]);
  expect(check(require, { '/q': { flags: 'unknown' } }).failures).toMatchObject([{ path: '/q', code: 'UNJUDGED' }]);
});

test('content is compared by its SHA-256', () => {
  const sha256 = digestOf('sha256', 'yes').toString('hex');
  expect(mismatch({ sha256 }, { content: 'yes' })).toBeUndefined();
  expect(mismatch({ sha256 }, { content: 'no' })?.[1]).toEqual({ sha256: digestOf('sha256', 'no').toString('hex') });
  expect(mismatch({ sha256 }, DIRECTORY)?.[1]).toEqual({ sha256: 'directory, not a regular file' });
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

const NO_CAPS = new Uint8Array();
/** cap_net_raw=ep as the kernel keeps it: struct vfs_cap_data, revision 2, effective. */
const NET_RAW = Buffer.from('0100000200200000000000000000000000000000', 'hex');

test('a program that gives its caller more rights is a violation, however it does so', () => {
  const require: Requirement = { noSetuid: true };
  const program = (mode: number, caps: Uint8Array = NO_CAPS): Facts => ({ mode, values: { caps } });
  expect(mismatch(require, program(0o755))).toBeUndefined();
  expect(mismatch(require, program(0o4755))).toEqual([{ no_setuid: true }, { no_setuid: 'mode 4755' }]);
  expect(mismatch(require, program(0o2755))?.[1]).toEqual({ no_setuid: 'mode 2755' });
  expect(mismatch(require, program(0o755, NET_RAW))?.[1]).toEqual({ no_setuid: 'capabilities cap_net_raw=ep' });
  expect(mismatch(require, { type: 'directory', mode: 0o2775 })).toBeUndefined();
  expect(check(require, { '/q': { mode: 0o755 } }).failures, 'capabilities cannot be read').toHaveLength(1);
});

test('a directory above that somebody else may write is a violation that names it', () => {
  const require: Requirement = { parentsNotWritable: true };
  const safe: Facts = { type: 'directory', mode: 0o755 };
  const judged = (above: Readonly<Record<string, Facts | string>>) => check(require, { ...above, '/q': DIRECTORY });
  expect(judged({ '/': safe, '/var': safe }).violations).toEqual([]);
  const { violations } = judged({ '/': safe, '/var': { ...safe, mode: 0o775 }, '/var/spool': { ...safe, uid: 25 } });
  expect(violations[0]?.actual).toEqual({
    parents_not_writable: '/var is 0775 root, /var/spool is 0755 smmsp',
  });
  expect(judged({ '/': safe, '/var': 'EACCES' }).failures.map(({ code }) => code)).toEqual(['EACCES']);
});

test('what must be fresh is a violation when it is old, or when its time lies in the future', () => {
  const require: Requirement = { maxAge: 26 * 3600 };
  expect(mismatch(require, { mtime: NOW - 26 * 3600 })).toBeUndefined();
  expect(mismatch(require, { mtime: NOW - 31 * 3600 - 720 })).toEqual([
    { max_age: 'at most 1d 2h' },
    { max_age: '1d 7h' },
  ]);
  expect(mismatch(require, { mtime: NOW + 200 })).toBeUndefined();
  expect(mismatch(require, { mtime: NOW + 7200 })?.[1]).toEqual({ max_age: 'modified 2h in the future' });
});

test('lines that must be there and lines that must not are told by their number', () => {
  const content = 'root: ann\n# decode: "|/bin/sh"\ndecode: "|/usr/bin/uudecode"\r\n';
  expect(mismatch({ content: { matches: '^root:' } }, { content })).toBeUndefined();
  expect(mismatch({ content: { matches: 'ann$' } }, { content })).toBeUndefined();
  expect(mismatch({ content: { matches: '^ann' } }, { content })).toEqual([
    { content: 'a line that matches ^ann' },
    { content: 'has no such line' },
  ]);
  expect(mismatch({ content: { notMatches: '^[^#].*\\|.*decode"$' } }, { content })?.[1]).toEqual({
    content: 'line 3 must not be there: decode: "|/usr/bin/uudecode"',
  });
  expect(mismatch({ content: { notMatches: 'x' } }, DIRECTORY)?.[1]).toEqual({
    content: 'directory, not a regular file',
  });
  expect(check({ content: { matches: 'x' } }, { '/q': {} }).failures.map(({ code }) => code)).toEqual(['EFBIG']);
});
