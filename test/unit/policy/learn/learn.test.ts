import { expect, test } from 'vitest';
import { pathFromText, printable } from '../../../../src/model/bytes.ts';
import type { Learned } from '../../../../src/policy/learn/learn.ts';
import { patternOf } from '../../../../src/policy/learn/proposal.ts';
import { checksOf, learnFrom, SINCE, type Sketch } from '../../../support/trial-checks.ts';

const rules = ({ proposals }: Learned) => proposals.map((proposal) => [patternOf(proposal), proposal.watch.join(' ')]);
const reasons = ({ notProposed }: Learned) =>
  notProposed.map(({ path, reasons: why }) => [printable(path), why.join('; ')]);

const changed = (path: string, content: string, more: Partial<Sketch> = {}): Sketch => ({
  path,
  before: { content: 'as recorded' },
  after: { content },
  ...more,
});

test('a file that changed once differs in every check from then on, and is no habit', () => {
  const learned = learnFrom(
    checksOf([[], [changed('/srv/x', 'b')], [changed('/srv/x', 'b')], [changed('/srv/x', 'b')]]),
  );
  expect(rules(learned)).toEqual([]);
  expect(reasons(learned)).toEqual([
    ['/srv/x', 'it changed once, found at 2026-11-21T12:00:00Z, and that is no habit'],
  ]);
});

test('a file that changed and changed back changed twice', () => {
  const learned = learnFrom(checksOf([[], [changed('/srv/x', 'b')], []]));
  expect(rules(learned)).toEqual([['/srv/x', 'dynamic']]);
  expect(learned.proposals[0]?.evidence).toMatchObject({ checks: 2, last: '2026-11-22T12:00:00Z' });
});

test('a baseline older than the period says nothing about when something changed', () => {
  const checks = checksOf([[changed('/srv/x', 'b')], [changed('/srv/x', 'c')]], {
    baseline: { seal: 'one', createdAt: '2026-01-01T00:00:00Z' },
  });
  const learned = learnFrom(checks);
  expect(learned.comparisons).toBe(1);
  expect(rules(learned)).toEqual([]);
});

test('what a new baseline took over has not changed by that', () => {
  const first = checksOf([[changed('/srv/x', 'b')], [changed('/srv/x', 'b')]]);
  const second = checksOf([[], []], { baseline: { seal: 'two', createdAt: SINCE } });
  expect(rules(learnFrom([...first, ...second]))).toEqual([]);
});

test('a check that could not examine an object says nothing about it', () => {
  const checks = checksOf([[changed('/srv/x', 'b')], [], [changed('/srv/x', 'b')]]);
  const blind = checks.map((check, index) => (index === 1 ? { ...check, unexamined: [pathFromText('/srv')] } : check));
  expect(rules(learnFrom(blind))).toEqual([]);
});

test.each([
  ['the setuid bit', { flags: ['setuid-added'] as const }],
  ['content changed behind kept times', { flags: ['content-changed-times-kept'] as const }],
  ['another owner', { differences: ['uid', 'sha256'] as const }],
  ['a program', { after: { content: 'c', mode: 0o755 } }],
])('%s is looked at, however often the file changes', (_, more) => {
  const learned = learnFrom(
    checksOf([[changed('/srv/x', 'b', more)], [changed('/srv/x', 'c')], [changed('/srv/x', 'd')]]),
  );
  expect(rules(learned)).toEqual([]);
  expect(reasons(learned)).toHaveLength(1);
});

test.each(['/etc/motd', '/usr/bin/x', '/home/ann/.ssh/authorized_keys', '/srv/git/.ssh/authorized_keys', '/boot/x'])(
  '%s is never noise',
  (path) => {
    const learned = learnFrom(checksOf([[changed(path, 'b')], [changed(path, 'c')], [changed(path, 'd')]]));
    expect(rules(learned)).toEqual([]);
    expect(reasons(learned)).toEqual([[path, 'it lies where a change decides what runs or who may log in']]);
  },
);

test.each(['/srv/site/index.php', '/srv/app/lib/libx.so.1', '/srv/tls/mail.key'])('%s is code or a key', (path) => {
  const learned = learnFrom(checksOf([[changed(path, 'b')], [changed(path, 'c')], [changed(path, 'd')]]));
  expect(rules(learned)).toEqual([]);
  expect(reasons(learned)).toEqual([[path, 'by its name it is code or a key']]);
});

test('a violated requirement is looked at, with and without a change', () => {
  const violations = [{ path: pathFromText('/srv/x'), rule: 'tree', severity: 'high' as const }];
  const learned = learnFrom(checksOf([[changed('/srv/x', 'b')], [changed('/srv/x', 'c')], []], { violations }));
  expect(reasons(learned)).toEqual([['/srv/x', 'it violates a requirement']]);
  expect(reasons(learnFrom(checksOf([[], [], []], { violations })))).toEqual([['/srv/x', 'it violates a requirement']]);
});

test('a log is append-only when its first bytes are those recorded, else growing, and dynamic when it shrank', () => {
  const growth = ['as recorded+', 'as recorded++', 'as recorded+++'];
  const grown = checksOf(growth.map((content) => [changed('/srv/log', content)]));
  expect(rules(learnFrom(grown, { keepsStart: () => true }))).toEqual([['/srv/log', 'append-only']]);
  expect(rules(learnFrom(grown, { keepsStart: () => false }))).toEqual([['/srv/log', 'growing']]);
  const shrunk = checksOf([...growth, 'a'].map((content) => [changed('/srv/log', content)]));
  expect(rules(learnFrom(shrunk, { keepsStart: () => true }))).toEqual([['/srv/log', 'dynamic']]);
});

test('a file that is only replaced by an equal one is watched as configuration', () => {
  const replaced = (inode: number): Sketch => ({
    ...changed('/srv/x', 'as recorded', { differences: ['inode', 'ctime'] }),
    after: { content: 'as recorded', inode },
  });
  expect(rules(learnFrom(checksOf([[replaced(7)], [replaced(8)], [replaced(9)]])))).toEqual([['/srv/x', 'config']]);
});

test('names that come and go are one rule, unless it would hide something to be looked at', () => {
  const days = [1, 2, 3].map((day): Sketch[] => [{ path: `/srv/d/app-${day}.log`, after: { content: 'x' } }]);
  expect(rules(learnFrom(checksOf(days)))).toEqual([['/srv/d/app-[0-9]*.log', 'nothing']]);
  const program: Sketch = { path: '/srv/d/app-9.log', after: { mode: 0o4755 }, flags: ['setuid-added'] };
  const learned = learnFrom(checksOf([...days, [program]]));
  expect(rules(learned)).toEqual([]);
  expect(reasons(learned)).toContainEqual([
    '/srv/d/app-1.log',
    'a rule for app-[0-9]*.log would cover what is to be looked at',
  ]);
});

test('a crowd of names without a form is what its directory is for, if nothing else is in it', () => {
  const names = ['quick', 'brown', 'foxes', 'jumped', 'over', 'dogs'];
  const checks = checksOf([[], ...names.map((name): Sketch[] => [{ path: `/srv/spool/${name}`, after: {} }])]);
  expect(rules(learnFrom(checks))).toEqual([['/srv/spool/*', 'nothing']]);
  expect(rules(learnFrom(checks, { recorded: [pathFromText('/srv/spool/config')] }))).toEqual([]);
});

test('a directory that comes and goes with what is in it is left out as a whole', () => {
  const jobs = [1, 2, 3].map((job): Sketch[] => [
    { path: `/srv/jobs/job-${job}`, type: 'directory', after: { type: 'directory' } },
    { path: `/srv/jobs/job-${job}/output`, after: { content: 'x' } },
  ]);
  const learned = learnFrom(checksOf(jobs));
  expect(rules(learned)).toEqual([['/srv/jobs/job-[0-9]*', 'nothing']]);
  expect(learned.proposals[0]?.types).toEqual(['file', 'directory']);
});

test('the severity of the strictest rule stays, and how much else a rule covers is told', () => {
  const both = (content: string): Sketch[] => [
    changed('/srv/c-1', content, { severity: 'low', rule: 'a' }),
    changed('/srv/c-2', content, { severity: 'high', rule: 'b' }),
  ];
  const learned = learnFrom(checksOf([both('b'), both('c'), both('d')]), { recorded: [pathFromText('/srv/c-3')] });
  expect(learned.proposals).toMatchObject([{ severity: 'high', rules: ['a', 'b'], evidence: { unchanged: 1 } }]);
});
