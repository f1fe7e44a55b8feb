import { expect, test } from 'vitest';
import { planAcceptance } from '../../../src/baseline/accept/plan.ts';
import { type Path, pathFromLatin1 } from '../../../src/model/bytes.ts';
import type { FindingState } from '../../../src/model/finding-state.ts';
import { content, Generations } from '../../support/accepted-generations.ts';
import { APPEND_ONLY, mount, rule, type Tree } from '../../support/compared-trees.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const DIRECTORY = { type: 'directory', mode: 0o755 } as const;

const BEFORE: Tree = {
  '/etc': { ...DIRECTORY, inode: 2 },
  '/etc/hosts': { content: 'one', inode: 10 },
  '/etc/motd': { content: 'two', inode: 11 },
  '/usr': { ...DIRECTORY, inode: 3 },
  '/usr/ls': { content: 'ls', inode: 12 },
};

function at(...paths: readonly string[]): (state: FindingState) => boolean {
  return ({ path, isConsequence }) => paths.includes(path) && !isConsequence;
}

function kinds(states: readonly FindingState[]): string[] {
  return states.map(({ kind, path }) => `${kind} ${path}`).sort();
}

test('what was not chosen keeps its recorded state, and the directory comes along with what was', () => {
  const generations = new Generations(scratchDirectory(), BEFORE);
  const now: Tree = {
    ...BEFORE,
    '/etc': { ...DIRECTORY, inode: 2, mtime: 2000 },
    '/etc/hosts': { content: 'changed', inode: 10 },
    '/etc/new': { content: 'new', inode: 20 },
    '/usr/ls': { content: 'evil', inode: 12 },
  };
  const old = generations.entries();
  const { applied } = generations.accept(generations.check(now), at('/etc/new'));
  expect(kinds(applied)).toEqual(['added /etc/new', 'changed /etc']);
  expect(generations.entries().get('/usr/ls')).toBe(old.get('/usr/ls'));
  expect(kinds(generations.check(now))).toEqual(['changed /etc/hosts', 'changed /usr/ls']);
});

test('a directory that only follows stays as it was recorded when nothing in it is accepted', () => {
  const generations = new Generations(scratchDirectory(), BEFORE);
  const now: Tree = {
    ...BEFORE,
    '/etc': { ...DIRECTORY, inode: 2, mtime: 2000 },
    '/etc/new': { content: 'new', inode: 20 },
    '/usr/ls': { content: 'upgraded', inode: 12 },
  };
  const { applied } = generations.accept(generations.check(now), at('/usr/ls'));
  expect(kinds(applied)).toEqual(['changed /usr/ls']);
});

test('a moved directory takes along what moved with it', () => {
  const generations = new Generations(scratchDirectory(), BEFORE);
  const now: Tree = {
    '/etc': { ...DIRECTORY, inode: 2 },
    '/etc/hosts': { content: 'one', inode: 10 },
    '/etc/motd': { content: 'two', inode: 11 },
    '/opt': { ...DIRECTORY, inode: 3 },
    '/opt/ls': { content: 'ls', inode: 12 },
  };
  const { applied } = generations.accept(generations.check(now), at('/opt'));
  expect(kinds(applied)).toEqual(['moved /opt', 'moved /opt/ls']);
  expect(generations.check(now)).toEqual([]);
  expect([...generations.entries().keys()].sort()).toEqual(Object.keys(now).sort());
});

test('a report of an older generation applies where its starting point still holds, and only there', () => {
  const generations = new Generations(scratchDirectory(), BEFORE);
  const first = generations.check({
    ...BEFORE,
    '/etc/hosts': { content: 'first', inode: 10 },
    '/usr/ls': { content: 'upgraded', inode: 12 },
  });
  generations.accept(generations.check({ ...BEFORE, '/etc/hosts': { content: 'second', inode: 10 } }));
  const accepted = generations.entries().get('/etc/hosts');
  const { applied, notApplied } = generations.accept(first);
  expect(kinds(applied)).toEqual(['changed /usr/ls']);
  expect(notApplied).toMatchObject([{ path: '/etc/hosts', kind: 'changed' }]);
  expect(generations.entries().get('/etc/hosts')).toBe(accepted);
});

test('an object that was added and removed again in between is no obstacle to what applies', () => {
  const generations = new Generations(scratchDirectory(), BEFORE);
  const withNew = { ...BEFORE, '/usr/new': { content: 'new', inode: 30 } };
  const states = generations.check(withNew);
  generations.accept(states);
  expect(generations.accept(states)).toMatchObject({ applied: [], notApplied: [] });
  generations.accept(generations.check(BEFORE));
  expect(kinds(generations.accept(states).applied)).toEqual(['added /usr/new']);
});

test('a name that was left by something that moved along is free for another object', () => {
  const generations = new Generations(scratchDirectory(), { ...BEFORE, '/usr/cat': { content: 'cat', inode: 13 } });
  const now: Tree = {
    '/etc': { ...DIRECTORY, inode: 2 },
    '/etc/hosts': { content: 'one', inode: 10 },
    '/opt': { ...DIRECTORY, inode: 3 },
    '/opt/cat': { content: 'cat', inode: 13 },
    '/opt/ls': { content: 'ls', inode: 12 },
    '/usr': { ...DIRECTORY, inode: 70 },
    '/usr/ls': { content: 'two', inode: 11 },
  };
  const { notApplied } = generations.accept(generations.check(now));
  expect(notApplied).toEqual([]);
  expect(generations.check(now)).toEqual([]);
});

const LOGS = [rule(APPEND_ONLY)];
const LOGS_BEFORE: Tree = {
  '/log': { content: 'today', inode: 10 },
  '/log.1': { content: 'yesterday', inode: 11 },
  '/log.2': { content: 'the day before', inode: 12 },
};
const LOGS_NOW: Tree = {
  '/log': { content: '', inode: 13 },
  '/log.1': { content: 'today', inode: 10 },
  '/log.2': { content: 'yesterday', inode: 11 },
};

test('a rotation of logs is accepted as a whole', () => {
  const generations = new Generations(scratchDirectory(), LOGS_BEFORE, {}, LOGS);
  const states = generations.check(LOGS_NOW);
  expect(kinds(states)).toContain('moved /log.1');
  const { notApplied } = generations.accept(states);
  expect(notApplied).toEqual([]);
  expect(generations.check(LOGS_NOW)).toEqual([]);
  expect([...generations.entries().keys()]).toEqual(Object.keys(LOGS_NOW));
});

test('a log is not accepted under the name of another one whose own move was not', () => {
  const generations = new Generations(scratchDirectory(), LOGS_BEFORE, {}, LOGS);
  const old = generations.entries();
  const { applied, notApplied } = generations.accept(generations.check(LOGS_NOW), at('/log.1'));
  expect(applied).toEqual([]);
  expect(notApplied).toMatchObject([{ path: '/log.1', kind: 'moved' }]);
  expect(generations.entries()).toEqual(old);
});

test('a mount that appeared, changed or vanished is accepted as it was found', () => {
  const recorded = [mount('/'), mount('/gone'), mount('/other', { options: 'ro' })];
  const generations = new Generations(scratchDirectory(), BEFORE, { mounts: recorded });
  const now = { tree: BEFORE, mounts: [mount('/'), mount('/new'), mount('/other')] };
  const states = generations.check(now);
  expect(states).toHaveLength(3);
  generations.accept(states, at('/new'));
  expect(generations.header.mounts.map(({ path }) => path)).toEqual(['/', '/gone', '/new', '/other']);
  generations.accept(states);
  expect(generations.header.mounts).toEqual(now.mounts);
  expect(generations.check(now)).toEqual([]);
});

test('a mount that is another one by now is left alone', () => {
  const generations = new Generations(scratchDirectory(), BEFORE, { mounts: [mount('/')] });
  const states = generations.check({ tree: BEFORE, mounts: [mount('/'), mount('/new', { type: 'tmpfs' })] });
  generations.accept(generations.check({ tree: BEFORE, mounts: [mount('/'), mount('/new')] }));
  expect(generations.accept(states)).toMatchObject({ applied: [], notApplied: [{ path: '/new' }] });
});

test('what could not be examined once is no longer told of when all of it was accepted', () => {
  const failure = (path: string) => ({
    path: pathFromLatin1(path),
    operation: 'open',
    code: 'EACCES',
    message: 'permission denied',
  });
  const failures = ['/etc/shadow', '/etc/half', '/etc/dir', '/etc/other'].map(failure);
  const unavailable = ['btime', 'xattrs', 'acl', 'caps'].map((attribute) => ({
    attribute,
    fileSystem: 'tmpfs',
    example: pathFromLatin1('/etc'),
  }));
  const generations = new Generations(scratchDirectory(), BEFORE, { failures, unavailable });
  const complete = { content: 'secret', inode: 40, digests: ['crc32', 'md5', 'sha256'] } as const;
  const now: Tree = {
    ...BEFORE,
    '/etc/shadow': complete,
    '/etc/half': { ...complete, inode: 41, digests: ['crc32'] },
    '/etc/dir': { ...DIRECTORY, inode: 42 },
  };
  generations.accept(generations.check(now));
  expect(generations.header.failures.map(({ path }) => path)).toEqual(['/etc/half', '/etc/dir', '/etc/other']);
});

test('a report made by another policy takes the rules of the present one', () => {
  const rules = [rule(), rule(undefined, { index: 1, name: 'second' })];
  const generations = new Generations(scratchDirectory(), BEFORE, {}, rules);
  const now: Tree = {
    ...BEFORE,
    '/etc/new': { content: 'new', inode: 50 },
    '/usr/new': { content: 'new', inode: 51, size: 3 },
  };
  const states = generations.check(now).map((state) => ({ ...state, rule: 77 }));
  const govern = (path: Path): number => (path === '/etc/new' ? 1 : -1);
  generations.read((current) => {
    const chosen = states.map((state) => ({ state, isChosen: true }));
    const { insertions, notApplied } = planAcceptance({ current, rules, states: chosen, govern });
    const [[path, object] = []] = insertions;
    expect(path).toBe('/etc/new');
    expect(object && content(object.rule, object.record)).toMatch(/^1 /);
    expect(notApplied).toMatchObject([{ path: '/usr/new', kind: 'added' }]);
  });
});

test('names in any bytes and trees of any depth are accepted exactly', () => {
  const deep = `/${'d/'.repeat(3000)}end`;
  const generations = new Generations(scratchDirectory(), BEFORE);
  const now: Tree = { ...BEFORE, [deep]: { content: 'deep', inode: 60 }, '/\xff\n\x1b': { content: 'odd', inode: 61 } };
  generations.accept(generations.check(now));
  expect(new Set(generations.entries().keys())).toEqual(new Set(Object.keys(now)));
  expect(generations.check(now)).toEqual([]);
});
