import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { History, type NewRun } from '../../../src/baseline/history/history.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { packContent } from '../../../src/model/content.ts';
import type { FindingState } from '../../../src/model/finding-state.ts';
import { ending, FILE } from '../../support/baselines.ts';
import { encodeRecord } from '../../support/records.ts';
import { scratchDirectory } from '../../support/scratch.ts';

function run(id: string, day = 1): NewRun {
  const date = `2026-01-${String(day).padStart(2, '0')}`;
  return {
    id,
    lineage: '',
    host: 'mail1',
    startedAt: `${date}T03:00:00.000000000Z`,
    finishedAt: `${date}T03:01:00.000000000Z`,
    status: 'changed',
    exitCode: 4,
    sequence: 1,
    seal: 'ab'.repeat(32),
    rules: 'cd'.repeat(32),
    limits: '',
    summary: '{}',
  };
}

const STATE: FindingState = {
  kind: 'changed',
  path: pathFromLatin1('/etc/\xff\nname'),
  from: undefined,
  rule: 3,
  isConsequence: false,
  before: FILE,
  after: encodeRecord({ mode: 0o100600, numbers: { size: 12n } }),
  replaced: undefined,
  content: undefined,
  mount: undefined,
};

const GENERATION = {
  sequence: 1,
  seal: 'ab',
  createdAt: '2026-01-01T00:00:00.000000000Z',
  origin: { command: 'accept', who: 'root', why: 'because', ticket: 'T-1' },
};

const STATES: readonly FindingState[] = [
  STATE,
  { ...STATE, kind: 'moved', from: pathFromLatin1('/etc/old'), replaced: FILE, isConsequence: true },
  { ...STATE, kind: 'removed', after: undefined },
  { ...STATE, content: packContent(Buffer.from('a text\n')) },
  { ...STATE, content: Buffer.alloc(0) },
  {
    ...STATE,
    rule: -1,
    before: undefined,
    after: undefined,
    mount: {
      before: undefined,
      after: { path: STATE.path, type: 'ext4', source: '/dev/sdä1', options: 'ro', entered: true },
    },
  },
];

function use<Result>(file: string, action: (history: History) => Result): Result {
  const history = History.open(file);
  try {
    return action(history);
  } finally {
    history.close();
  }
}

/** A history of runs `run-1`, `run-2` … on consecutive days. */
function withRuns(count: number): string {
  const file = join(scratchDirectory(), 'b.db.history');
  use(file, (history) => {
    for (let day = 1; day <= count; day += 1) history.store(run(`run-${day}`, day), [`{"day":${day}}\n`], STATES);
  });
  return file;
}

function tamper(file: string, ...statements: readonly string[]): void {
  const database = new SqliteDatabase(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

function breaks(file: string): string[] {
  return use(file, (history) => history.verify().map(({ number, what }) => `${number}: ${what}`));
}

describe('a stored run', () => {
  test('comes back to the byte, report and states', () => {
    const file = join(scratchDirectory(), 'b.db.history');
    const report = ['{"text":"ä', '\u202e', '€"}\n'];
    use(file, (history) => history.store(run('one'), report, STATES));
    use(file, (history) => {
      const stored = history.find({ id: 'one' });
      expect([...history.report(stored)].join('')).toBe(report.join(''));
      const states = [...history.states(stored)];
      expect(states.map((state) => ({ ...state, before: state.before && Buffer.from(state.before) }))).toEqual(
        STATES.map((state) => ({ ...state, before: state.before && Buffer.from(state.before) })),
      );
    });
  });

  test('may be longer than what is compressed at once', () => {
    const file = join(scratchDirectory(), 'b.db.history');
    const piece = '€'.repeat(10_000);
    function* many<Item>(item: Item, count: number): Generator<Item> {
      for (let index = 0; index < count; index += 1) yield item;
    }
    use(file, (history) => history.store(run('long'), many(piece, 200), many(STATE, 20_000)));
    use(file, (history) => {
      const stored = history.find({ id: undefined });
      expect([...history.report(stored)].join('')).toBe(piece.repeat(200));
      let count = 0;
      for (const state of history.states(stored)) count += state.path === STATE.path ? 1 : 0;
      expect(count).toBe(20_000);
      expect(history.verify()).toEqual([]);
    });
  });

  test('can be read by its owner alone', () => {
    expect(statSync(withRuns(1)).mode & 0o777).toBe(0o600);
  });

  test('is all there or not at all: what fails midway leaves the runs before', () => {
    const file = withRuns(1);
    function* broken(): Generator<string> {
      yield '{';
      throw new Error('cut');
    }
    use(file, (history) => expect(() => history.store(run('two'), broken(), [])).toThrow('cut'));
    use(file, (history) => expect(history.runs().map(({ id }) => id)).toEqual(['run-1']));
    expect(breaks(file)).toEqual([]);
  });
});

describe('the chain of runs', () => {
  test('is whole when nobody touched it', () => {
    expect(breaks(withRuns(3))).toEqual([]);
  });

  test('shows a run that was removed from the middle, the beginning or the end', () => {
    for (const [number, where] of [
      [2, '3: run 2 was removed'],
      [1, '2: run 1 was removed'],
      [3, '3: run 3 was removed'],
    ] as const) {
      const file = withRuns(3);
      tamper(file, `DELETE FROM runs WHERE number = ${number}`, `DELETE FROM parts WHERE run = ${number}`);
      expect(breaks(file)).toEqual([where]);
    }
  });

  test('shows an edited row', () => {
    const file = withRuns(3);
    tamper(file, "UPDATE runs SET status = 'clean', exitCode = 0 WHERE number = 2");
    expect(breaks(file)).toEqual(['2: report run-2 was edited after it was stored']);
  });

  test('shows an edited report, which is then neither shown nor accepted from', () => {
    const file = withRuns(2);
    tamper(file, "UPDATE parts SET bytes = (SELECT bytes FROM parts WHERE run = 2 AND kind = 'report') WHERE run = 1");
    expect(breaks(file)).toEqual(['1: report run-1 was edited after it was stored']);
    use(file, (history) => {
      const stored = history.find({ id: 'run-1' });
      expect(ending(() => [...history.report(stored)])).toMatchObject({ exit: 65 });
      expect(ending(() => [...history.states(stored)])).toMatchObject({ exit: 65 });
    });
  });

  test('shows runs that changed places', () => {
    const file = withRuns(4);
    tamper(
      file,
      'UPDATE runs SET number = 100 WHERE number = 2',
      'UPDATE runs SET number = 2 WHERE number = 3',
      'UPDATE runs SET number = 3 WHERE number = 100',
    );
    expect(breaks(file).join('\n')).toContain('reordered');
  });

  test('goes on after old runs were removed by the retention', () => {
    const file = withRuns(15);
    use(file, (history) => expect(history.prune(10)).toBe(2));
    expect(use(file, (history) => history.runs().map(({ id }) => id))).toHaveLength(13);
    expect(breaks(file)).toEqual([]);
    use(file, (history) => history.store(run('run-16', 16), ['{}'], []));
    expect(breaks(file)).toEqual([]);
    tamper(file, 'DELETE FROM runs WHERE number = 3');
    expect(breaks(file)).toEqual(['4: run 3 was removed']);
  });

  test('can be followed by a program that knows the description of the format alone', ({ skip }) => {
    if (!existsSync('/usr/bin/python3')) skip('needs python3');
    const file = withRuns(4);
    use(file, (history) => {
      expect(history.prune(2)).toBe(1);
      history.remember({ lineage: '', generation: GENERATION, seenAt: 'now', inForceOn: 'here' });
      history.store(run('run-5', 5), ['{}'], []);
    });
    const script = join(import.meta.dirname, '../../support/verify-history.py');
    const verify = () => spawnSync('/usr/bin/python3', [script, file], { encoding: 'utf8' });
    expect(verify()).toMatchObject({ status: 0, stdout: 'run-2\nrun-3\nrun-4\nrun-5\n' });
    for (const edit of ["UPDATE runs SET limits = 'other' WHERE number = 3", 'DELETE FROM generations']) {
      const before = readFileSync(file);
      tamper(file, edit);
      expect(verify().status, edit).toBe(1);
      writeFileSync(file, before);
    }
  });

  test('keeps the newest run however old it is', () => {
    const file = withRuns(3);
    for (const removed of [1, 1, 0]) use(file, (history) => expect(history.prune(0)).toBe(removed));
    expect(use(file, (history) => history.runs().map(({ id }) => id))).toEqual(['run-3']);
  });

  test('is not shortened past a break, which would hide it', () => {
    const file = withRuns(4);
    tamper(file, "UPDATE runs SET status = 'clean' WHERE number = 1");
    use(file, (history) => expect(ending(() => history.prune(1))).toMatchObject({ exit: 65 }));
    expect(breaks(file)).toEqual(['1: report run-1 was edited after it was stored']);
  });
});

describe('the retention', () => {
  /** Runs on these days after the first of January, 2020. */
  function withRunsOn(days: readonly number[]): string {
    const file = join(scratchDirectory(), 'h');
    use(file, (history) => {
      for (const [index, day] of days.entries()) {
        const startedAt = new Date(Date.UTC(2020, 0, 1 + day, 3)).toISOString();
        history.store({ ...run(`run-${index}`), startedAt }, ['{}'], []);
      }
    });
    return file;
  }

  test('removes no run because a clock jumped far into the future', () => {
    const nights = Array.from({ length: 40 }, (_, night) => night);
    const file = withRunsOn([...nights, 40_000, 40_001]);
    use(file, (history) => expect(history.prune(90)).toBe(0));
  });

  test('removes a tenth of the runs at most, however old they are', () => {
    const file = withRunsOn(Array.from({ length: 40 }, (_, night) => night));
    const removed = Array.from({ length: 4 }, () => use(file, (history) => history.prune(1)));
    expect(removed).toEqual([4, 4, 4, 3]);
    expect(breaks(file)).toEqual([]);
  });

  test('removes nothing because a clock was set back and forth', () => {
    const file = withRunsOn([0, 1, 2, -4000, 3, -4000, 4, 5]);
    use(file, (history) => expect(history.prune(90)).toBe(0));
  });
});

describe('a report that is asked for', () => {
  test('is found by its id, the newest one without', () => {
    use(withRuns(3), (history) => {
      expect(history.find({ id: 'run-2' }).number).toBe(2);
      expect(history.find({ id: undefined }).number).toBe(3);
    });
  });

  test('and is unknown ends with 66 and the known ones', () => {
    use(withRuns(12), (history) => {
      const ended = ending(() => history.find({ id: 'no\nne' }));
      expect(ended).toEqual({ exit: 66, line: 'there is no report no\\nne' });
      expect(() => history.find({ id: 'none' })).toThrow(
        expect.objectContaining({ hint: expect.stringMatching(/run-12, run-11.* and 2 older ones/) }),
      );
    });
  });
});

describe('generations', () => {
  const generation = (sequence: number, seal: string) => ({ ...GENERATION, sequence, seal });
  const record = (sequence: number, seal: string, inForceOn = '', lineage = '') => ({
    lineage,
    generation: generation(sequence, seal),
    seenAt: 'now',
    inForceOn,
  });

  test('are remembered as they were first seen, each baseline for itself', () => {
    const file = join(scratchDirectory(), 'h');
    use(file, (history) => {
      history.remember(record(2, 'b'));
      history.remember(record(1, 'a'));
      history.remember(record(2, 'forged', 'here'));
      history.remember(record(9, 'z', '', 'other'));
    });
    use(file, (history) => expect(history.generations('')).toEqual([generation(1, 'a'), generation(2, 'b')]));
    expect(breaks(file)).toEqual([]);
  });

  test('that were only looked at are not known to have come into force, nor those of another host', () => {
    const file = join(scratchDirectory(), 'h');
    use(file, (history) => {
      history.remember(record(1, 'a'));
      history.remember(record(2, 'b', 'elsewhere'));
      history.remember(record(3, 'c', 'here'));
      expect(['a', 'b', 'c'].map((seal) => history.cameIntoForce(seal, 'here'))).toEqual([false, false, true]);
      history.remember(record(1, 'a', 'here'));
      expect(history.cameIntoForce('a', 'here')).toBe(true);
    });
    expect(breaks(file)).toEqual([]);
  });

  test('cannot be removed, edited or added unseen', () => {
    const file = join(scratchDirectory(), 'h');
    use(file, (history) => {
      for (const [index, seal] of ['a', 'b', 'c'].entries()) history.remember(record(index + 1, seal, 'here'));
      history.store(run('one'), ['{}'], []);
    });
    const edits: readonly (readonly string[])[] = [
      ...[1, 2, 3].map((number) => [`DELETE FROM generations WHERE number = ${number}`]),
      ["UPDATE generations SET inForceOn = 'here', seal = 'evil' WHERE number = 2"],
      [
        "INSERT INTO generations SELECT 4, '', 4, 'evil', '', '', '', '', '', '', 'here', digest, 'x' FROM generations WHERE number = 3",
      ],
      ['DELETE FROM generations', "DELETE FROM meta WHERE key = 'generations'"],
      [
        'DELETE FROM generations WHERE number = 3',
        "UPDATE meta SET value = (SELECT '2 ' || digest FROM generations WHERE number = 2) WHERE key = 'generations'",
      ],
    ];
    for (const statements of edits) {
      const before = readFileSync(file);
      tamper(file, ...statements);
      expect(breaks(file).join('\n'), statements.join('; ')).toMatch(/generation/);
      use(file, (history) => expect(history.cameIntoForce('evil', 'here')).toBe(false));
      writeFileSync(file, before);
    }
    expect(breaks(file)).toEqual([]);
  });
});

describe('a history that is none', () => {
  test('is refused and left as it is', () => {
    const directory = scratchDirectory();
    const file = join(directory, 'h');
    for (const content of ['not a database at all, whatever it is', 'SQLite format 3\0 and then nothing']) {
      writeFileSync(file, content);
      expect(ending(() => History.open(file))).toMatchObject({ exit: 65 });
      expect(ending(() => History.openToRead(file))).toMatchObject({ exit: 65 });
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });

  test('with a trigger in it is refused', () => {
    const file = withRuns(1);
    tamper(file, 'CREATE TRIGGER evil AFTER INSERT ON runs BEGIN DELETE FROM runs; END');
    expect(ending(() => History.open(file))).toMatchObject({ exit: 65 });
  });

  test('of a run that was killed before it wrote anything is begun', () => {
    const file = join(scratchDirectory(), 'h');
    writeFileSync(file, '', { mode: 0o600 });
    use(file, (history) => history.store(run('one'), ['{}'], []));
    expect(breaks(file)).toEqual([]);
  });

  test('is not made by reading', () => {
    const file = join(scratchDirectory(), 'h');
    expect(History.openToRead(file)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
    expect(ending(() => History.open(join(scratchDirectory(), 'no', 'h')))).toMatchObject({ exit: 73 });
  });

  test('has no journal beside it after a run', () => {
    const file = withRuns(2);
    expect(lstatSync(`${file}-journal`, { throwIfNoEntry: false })).toBeUndefined();
  });
});
