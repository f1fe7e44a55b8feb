/**
 * Whatever is done to the answer of another host: it is refused, or it says what it then says, and never what is false.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Comparison } from '../../src/check/comparison.ts';
import { pathFromLatin1, ROOT } from '../../src/model/bytes.ts';
import { UserError } from '../../src/model/errors.ts';
import { runSteps } from '../../src/system/turns.ts';
import { entryLine, failureLine, headerLine, prefixLine, pulseLine, summaryLine } from '../../src/wire/format.ts';
import { PrefixAnswers } from '../../src/wire/prefixes.ts';
import { RemoteScanReader } from '../../src/wire/reader.ts';
import { RequestedObjects } from '../../src/wire/selection.ts';
import { APPEND_ONLY, digestOf, READ_ONLY, record, rule, storedTree, type Tree } from '../support/compared-trees.ts';
import { pattern } from '../support/compiled-policies.ts';

const MODE_ALONE = { ...READ_ONLY, attributes: ['type', 'mode'], digests: [] } as const;
const RULES = [
  rule(READ_ONLY),
  rule(MODE_ALONE, { index: 1, name: 'loose', paths: [pattern('/loose')] }),
  rule(APPEND_ONLY, { index: 2, name: 'logs', paths: [pattern('/log')] }),
];
const POLICY = { name: 'p', rules: RULES, ignore: [], digests: [], signers: [], notify: {} };
const BEFORE: Tree = {
  '/': { facts: { type: 'directory' } },
  '/bin': { facts: { type: 'directory' } },
  '/bin/tool': { facts: { content: 'tool', inode: 2 } },
  '/loose': { facts: { content: 'anything', inode: 3, digests: [] }, rule: 1 },
  '/log': { facts: { content: 'first', inode: 4 }, rule: 2 },
};
const REFUSED = Symbol('refused');

function baselineRecord(name: string, rules: number): [string, number, Uint8Array] {
  const value = BEFORE[name];
  if (value === undefined || !('facts' in value)) throw new Error(`there is no ${name}`);
  return [name, rules, record(value.facts)];
}

const GROWN = record({ content: 'first second', inode: 4 });
const LINES = [
  headerLine({
    host: 'h',
    version: '1',
    root: ROOT,
    policyName: 'p',
    policySha256: 'a',
    rules: RULES.map((r) => r.name),
  }),
  ...[
    baselineRecord('/', 0),
    baselineRecord('/bin', 0),
    baselineRecord('/bin/tool', 0),
    baselineRecord('/loose', 1),
    ['/log', 2, GROWN] as const,
  ].map(([name, of, bytes]) => entryLine(pathFromLatin1(name), of, bytes, false)),
  pulseLine(1),
  prefixLine({
    path: pathFromLatin1('/log'),
    length: 5n,
    algorithms: ['crc32', 'sha256'],
    outcome: Buffer.concat([digestOf('crc32', 'first'), digestOf('sha256', 'first')]),
  }),
  summaryLine({ examined: 5, bytes: 9n, failures: 0, mounts: [], unavailable: [] }),
];

/** What a check says of an answer, by path; or that it is refused. Anything else that is thrown is a defect. */
function verdict(answer: Buffer): ReadonlyMap<string, string> | typeof REFUSED {
  const told = new Map<string, string>();
  const asked = [{ path: pathFromLatin1('/log'), inode: 4n, length: 5n, algorithms: ['crc32', 'sha256'] as const }];
  const prefixes = new PrefixAnswers(asked);
  const guard = {
    keep: () => undefined,
    twice: (): never => {
      throw new UserError('io', 'twice');
    },
  };
  const comparison = new Comparison(storedTree(BEFORE), { rules: RULES, prefix: prefixes, guard });
  const reader = new RemoteScanReader(
    {
      sender: 'h',
      version: '1',
      policySha256: 'a',
      rules: RULES.map(({ name }) => ({ name, isRequirement: false })),
      longest: 1 << 20,
      requested: new RequestedObjects(POLICY, undefined),
      keep: guard.keep,
    },
    {
      entry: (entry) => {
        comparison.entry(entry);
        const path = `${entry.directory?.name ?? ''}/${entry.name.toString('latin1')}`;
        told.set(path, `${entry.rule} ${Buffer.from(entry.record).toString('base64')}`);
      },
      listed: () => undefined,
      failure: (failure, below) => comparison.failure(failure, below),
    },
    prefixes,
  );
  try {
    reader.take(answer);
    const { summary, failures } = reader.finish();
    const result = runSteps(comparison.finish([], summary.mounts));
    const isClean = result.findings.length + result.failures.length + failures.length === 0;
    return isClean ? told : new Map([['differs', '']]);
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError', code: 'io' });
    return REFUSED;
  }
}

const ANSWER = Buffer.from(LINES.join(''));
const CLEAN = verdict(ANSWER);

/** Which of the objects are told otherwise, though the check is clean. Of `/loose` the mode alone is watched. */
function toldOtherwise(answer: Buffer): readonly string[] {
  const found = verdict(answer);
  if (found === REFUSED || found.has('differs') || CLEAN === REFUSED) return [];
  expect([...found.keys()].sort()).toEqual([...CLEAN.keys()].sort());
  return [...CLEAN].filter(([path, state]) => found.get(path) !== state).map(([path]) => path);
}

const WATCHED_WHOLLY = ['/bin/tool'];

test('an answer that was not touched is clean', () => {
  expect(CLEAN).not.toBe(REFUSED);
  expect([...(CLEAN as ReadonlyMap<string, string>).keys()].sort()).toHaveLength(5);
});

test('an answer with other bytes anywhere never makes a clean check of another content', () => {
  const edits = fc.array(
    fc.record({ at: fc.nat(ANSWER.length), drop: fc.nat(40), put: fc.uint8Array({ maxLength: 8 }) }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(edits, (all) => {
      let answer = ANSWER;
      for (const { at, drop, put } of all) {
        answer = Buffer.concat([answer.subarray(0, at), put, answer.subarray(at + drop)]);
      }
      for (const path of toldOtherwise(answer)) {
        expect(isSameContent(answer, path), answer.toString()).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

test('an answer with lines dropped, doubled, moved, or with members of other lines, is no clean check of something else', () => {
  const values = fc.oneof(
    fc.constantFrom<unknown>(0, 1, 2, 3, -1, '0', '', null, true, [], {}, 1e300, '/bin', '/bin/tool', '/loose', '/log'),
    fc.constantFrom(...LINES).map((line) => (JSON.parse(line) as Record<string, unknown>)['record']),
  );
  const members = fc.constantFrom('path', 'rule', 'record', 'pathBase64', 'examined', 'failures', 'failure', 'summary');
  const change = fc.oneof(
    fc.record({ kind: fc.constant('drop' as const), line: fc.nat(LINES.length - 1) }),
    fc.record({ kind: fc.constant('move' as const), line: fc.nat(LINES.length - 1), to: fc.nat(LINES.length - 1) }),
    fc.record({ kind: fc.constant('double' as const), line: fc.nat(LINES.length - 1) }),
    fc.record({ kind: fc.constant('set' as const), line: fc.nat(LINES.length - 1), member: members, value: values }),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), (changes, mends) => {
      const lines = [...LINES];
      for (const each of changes) {
        const line = lines[each.line] ?? '{}\n';
        if (each.kind === 'drop') lines.splice(each.line, 1);
        else if (each.kind === 'move') lines.splice(each.to, 0, ...lines.splice(each.line, 1));
        else if (each.kind === 'double') lines.splice(each.line, 0, line);
        else {
          const object = JSON.parse(line) as Record<string, unknown>;
          lines[each.line] = `${JSON.stringify({ ...object, [each.member]: each.value })}\n`;
        }
      }
      // Whoever forges lines also counts them.
      if (mends) {
        const examined = lines.filter((line) => line.includes('"record"')).length;
        const failures = lines.filter((line) => line.includes('"failure"')).length;
        lines[lines.length - 1] = summaryLine({ examined, bytes: 9n, failures, mounts: [], unavailable: [] });
      }
      const answer = Buffer.from(lines.join(''));
      expect(toldOtherwise(answer).filter((path) => WATCHED_WHOLLY.includes(path))).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test('a failure that was forged, and one that was told, are never a clean check', () => {
  const failure = { path: pathFromLatin1('/bin/tool'), operation: 'open', code: 'EIO', message: '' } as const;
  const lines = [...LINES];
  lines[3] = failureLine(failure, false, 'scan');
  lines[lines.length - 1] = summaryLine({ examined: 4, bytes: 9n, failures: 1, mounts: [], unavailable: [] });
  expect(verdict(Buffer.from(lines.join('')))).toEqual(new Map([['differs', '']]));
});

/** Whether what an answer tells of an object differs in nothing that is watched. */
function isSameContent(answer: Buffer, path: string): boolean {
  return !WATCHED_WHOLLY.includes(path) || watchedBytes(answer) === watchedBytes(ANSWER);
}

/** The record of the tool without what READ_ONLY does not watch of it: device and blocks. */
function watchedBytes(answer: Buffer): string {
  const line = answer
    .toString()
    .split('\n')
    .find((each) => each.includes('"path":"/bin/tool"'));
  const bytes = Buffer.from(String((JSON.parse(line ?? '{}') as Record<string, unknown>)['record']), 'base64');
  return bytes.subarray(-36).toString('hex');
}
