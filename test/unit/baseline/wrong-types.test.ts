/**
 * A value of another type than its column's is damage, told as such with 65, whoever put it there and whoever reads it.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { History } from '../../../src/baseline/history/history.ts';
import { TRAILER_LENGTH } from '../../../src/baseline/trailer.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { packContent } from '../../../src/model/content.ts';
import { ending, FILE, withReader, writeBaseline } from '../../support/baselines.ts';
import { columnsOf, disfigure, forge, sealAnew } from '../../support/forged-baselines.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const VALUES: readonly (readonly [what: string, value: unknown])[] = [
  ['NULL', null],
  ['a blob', Buffer.from([0, 0xff, 0x0a])],
  ['an empty blob', Buffer.alloc(0)],
  ['a real', 1.5],
  ['an infinity', Number.POSITIVE_INFINITY],
  ['a huge integer', 2n ** 62n],
  ['a negative integer', -1n],
  ['a text', 'nothing of the kind'],
  ['an empty text', ''],
];

/** Reads all that any command reads; what it throws is a UserError of 65, or a defect. */
function expectDamageOrNothing(use: () => unknown, what: string): void {
  try {
    const end = ending(use);
    if (end !== undefined) expect(end, what).toMatchObject({ exit: 65 });
  } catch (error) {
    throw new Error(`a defect at ${what}`, { cause: error });
  }
}

function readAllOfHistory(file: string): void {
  const history = History.openToRead(file);
  try {
    history?.verify();
    history?.cameIntoForce('ab', 'here');
    history?.generations('');
    history?.skipped('');
    for (const run of history?.runs() ?? []) {
      [...(history?.report(run) ?? [])].join('');
      expect([...(history?.states(run) ?? [])]).toHaveLength(1);
    }
  } finally {
    history?.close();
  }
}

function writeHistory(file: string): void {
  const history = History.open(file);
  const origin = { command: 'init', who: 'root', why: 'x', ticket: 'CHG-1' } as const;
  const generation = { sequence: 1, seal: 'ab'.repeat(32), createdAt: '2026-01-01T00:00:00Z', origin };
  history.remember({ lineage: '', generation, seenAt: 'now', inForceOn: 'here' });
  history.setSkipped('', [{ path: pathFromLatin1('/srv'), times: 1 }]);
  const run = {
    id: 'r1',
    lineage: '',
    host: 'mail1',
    startedAt: '2026-01-01T03:00:00.000000000Z',
    finishedAt: '2026-01-01T03:01:00.000000000Z',
    status: 'changed',
    exitCode: 4,
    sequence: 1,
    seal: 'ab'.repeat(32),
    rules: 'cd'.repeat(32),
    limits: '',
    summary: '{}',
  };
  const state = {
    kind: 'added',
    path: pathFromLatin1('/a'),
    from: undefined,
    rule: 0,
    isConsequence: false,
    before: undefined,
    after: FILE,
    replaced: undefined,
    content: packContent(Buffer.from('a text\n')),
    mount: undefined,
  } as const;
  history.store(run, ['{}\n'], [state]);
  history.close();
}

describe('a history', () => {
  test('with a value of the wrong type in any column is damaged, and never a defect', () => {
    const good = join(scratchDirectory(), 'history.db');
    writeHistory(good);
    readAllOfHistory(good);
    const file = join(scratchDirectory(), 'history.db');
    let tried = 0;
    for (const [table, column] of columnsOf(good)) {
      for (const [what, value] of VALUES) {
        copyFileSync(good, file);
        if (!disfigure(file, table, column, value)) continue;
        tried += 1;
        const label = `${what} as ${column} of ${table}`;
        expectDamageOrNothing(() => readAllOfHistory(file), label);
        // What goes on with the history afterwards: the next run, accepting, and pruning.
        expectDamageOrNothing(() => {
          const history = History.open(file);
          try {
            history.prune(0);
            history.setSkipped('', []);
          } finally {
            history.close();
          }
        }, label);
      }
    }
    expect(tried).toBeGreaterThan(100);
  });

  test.each([
    ['NULL', null],
    ['a blob', Buffer.from('r1')],
    ['an integer', 1n],
  ])('whose run has %s as its id is damaged', (_, value) => {
    const file = join(scratchDirectory(), 'history.db');
    writeHistory(file);
    expect(disfigure(file, 'runs', 'id', value)).toBe(true);
    expect(ending(() => readAllOfHistory(file))).toMatchObject({
      exit: 65,
      line: expect.stringContaining('in a row of runs the column id is no text'),
    });
  });
});

function readAllOfBaseline(file: string): void {
  withReader(file, (reader) => {
    for (const { path, directory, name } of reader.entries()) {
      expect(reader.find(directory, name)).toBeDefined();
      reader.contentOf(path);
    }
    JSON.stringify([reader.header, reader.rules, reader.manifest, reader.signature, reader.contentCount]);
    [...reader.contents()].at(-1);
  });
}

test('a baseline with a value of the wrong type in any column is damaged, even when it is sealed with it', () => {
  const good = join(scratchDirectory(), 'baseline.db');
  writeBaseline(good);
  const plain = join(scratchDirectory(), 'plain.db');
  writeFileSync(plain, readFileSync(good).subarray(0, -TRAILER_LENGTH));
  const file = join(scratchDirectory(), 'baseline.db');
  let tried = 0;
  for (const [table, column] of columnsOf(plain)) {
    for (const [what, value] of VALUES) {
      copyFileSync(plain, file);
      if (!disfigure(file, table, column, value)) continue;
      tried += 1;
      sealAnew(file);
      writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(TRAILER_LENGTH)]));
      forge(file, 'SELECT 1');
      expectDamageOrNothing(() => readAllOfBaseline(file), `${what} as ${column} of ${table}`);
    }
  }
  expect(tried).toBeGreaterThan(100);
});
