/** Histories that somebody changed, also so that the chain of runs fits again: read, or refused. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { type RunFacts, runDigest } from '../../../src/baseline/history/chain.ts';
import { History } from '../../../src/baseline/history/history.ts';
import { decodeStates, encodeState } from '../../../src/baseline/history/states.ts';
import { MalformedRows } from '../../../src/baseline/malformed.ts';
import { runReportList } from '../../../src/cli/commands/report/list.ts';
import { runReportShow } from '../../../src/cli/commands/report/show.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { packContent } from '../../../src/model/content.ts';
import type { FindingState } from '../../../src/model/finding-state.ts';
import { packPaths } from '../../../src/model/packages.ts';
import { formatAttributes } from '../../../src/model/values.ts';
import { jsonReport } from '../../../src/report/json.ts';
import { FILE } from '../../support/baselines.ts';
import { encodeRecord } from '../../support/records.ts';
import { fullReport } from '../../support/sample-reports.ts';
import { contextWith } from '../engine/context.ts';
import type { Random } from '../engine/random.ts';
import { mutatePages, mutateRows } from '../engine/sqlite.ts';
import { refusing, requirePrintable, type Target } from '../engine/target.ts';

const PATH = pathFromLatin1('/etc/\xff\nname');
const MOUNT = { path: PATH, type: 'ext4', source: '/dev/sda1', options: 'ro', entered: true };

const STATE: FindingState = {
  kind: 'changed',
  path: PATH,
  from: undefined,
  rule: 3,
  isConsequence: false,
  before: FILE,
  after: encodeRecord({ mode: 0o100600, numbers: { size: 12n } }),
  replaced: undefined,
  content: packContent(Buffer.from('a text\n')),
  mount: undefined,
};

const STATES: readonly FindingState[] = [
  STATE,
  { ...STATE, kind: 'moved', from: pathFromLatin1('/etc/old'), replaced: FILE, isConsequence: true },
  { ...STATE, kind: 'removed', after: undefined, package: { name: 'p', version: '1', files: packPaths([PATH]) } },
  { ...STATE, rule: -1, before: undefined, after: undefined, mount: { before: MOUNT, after: undefined } },
];

function writeSeed(file: string, runs: number): Buffer {
  const history = History.open(file);
  try {
    const report = fullReport();
    for (let day = 1; day <= runs; day += 1) {
      const { host, status, exitCode, summary } = report;
      const [startedAt, finishedAt] = [`2026-01-0${day}T03:00:00.0Z`, `2026-01-0${day}T03:01:00.0Z`];
      history.store(
        {
          ...{ id: `run-${day}`, lineage: '', host, startedAt, finishedAt, status, exitCode, sequence: day },
          ...{ seal: 'ab'.repeat(32), rules: 'cd'.repeat(32), limits: '', summary: JSON.stringify(summary) },
        },
        jsonReport(report),
        STATES,
      );
      const origin = { command: 'init', who: 'root', why: 'x' };
      const generation = { sequence: day, seal: 'ab'.repeat(32), createdAt: startedAt, origin };
      history.remember({ lineage: '', generation, seenAt: finishedAt, inForceOn: 'here' });
    }
    history.setSkipped('', [{ path: pathFromLatin1('/srv'), times: 1 }]);
  } finally {
    history.close();
  }
  return readFileSync(file);
}

const WORDS = [
  'changed',
  'clean',
  'incomplete',
  '"integ-report/1"',
  '2026-01-01T00:00:00Z',
  'report',
  'states',
  'head',
  'anchor',
];

function mutate(input: Buffer, random: Random): Buffer {
  return random.once(4) ? mutatePages(input, random) : (mutateRows(input, random, WORDS) ?? mutatePages(input, random));
}

/** All that commands read of a history. Gives how many runs could be read whole. */
async function readAll(file: string): Promise<string> {
  const context = contextWith({ baseline: file.replace(/\.history$/, ''), history: file });
  await runReportList(context, { format: 'text' });
  await runReportList(context, { format: 'json' });
  const history = History.openToRead(file);
  if (history === undefined) return 'nothing';
  try {
    history.generations('');
    history.skipped('');
    const runs = history.runs();
    for (const run of runs) {
      for (const state of history.states(run))
        for (const side of [state.before, state.after]) side && formatAttributes(side);
      await runReportShow(context, { format: 'text' }, [run.id]);
    }
    requirePrintable(context.terminal.printed, 'what is printed');
    return `${runs.length} runs, ${history.verify().length} breaks`;
  } finally {
    history.close();
  }
}

export const history: Target = {
  name: 'history',
  seeds: (scratch) => [writeSeed(join(scratch, 'a'), 3), writeSeed(join(scratch, 'b'), 0)],
  mutate,
  read: (input, scratch) => {
    const file = join(scratch, 'x.db.history');
    writeFileSync(file, input);
    return readAll(file);
  },
  isWhole: true,
  shortRuns: 60,
};

/** Gives every run the digests that fit what is stored, so that it is read. */
function rechained(file: string): void {
  const database = new SqliteDatabase(file);
  try {
    let previous = '';
    for (const row of database.prepare('SELECT * FROM runs ORDER BY number').all()) {
      // Whatever the columns hold: the digest is made of their texts.
      const facts = row as RunFacts;
      const digests = ['report', 'states'].map((kind) => {
        const hash = createHash('sha256');
        const parts = database
          .prepare('SELECT bytes FROM parts WHERE run = ? AND kind = ? ORDER BY position')
          .pluck(true);
        for (const bytes of parts.all(facts.number, kind)) {
          if (!Buffer.isBuffer(bytes)) continue;
          const length = Buffer.alloc(4);
          length.writeUInt32LE(bytes.length);
          hash.update(length).update(bytes);
        }
        return hash.digest('hex');
      });
      const [report = '', states = ''] = digests;
      const digest = runDigest({ ...facts, report, states }, previous);
      database
        .prepare('UPDATE runs SET report = ?, states = ?, previous = ?, digest = ? WHERE number = ?')
        .run(report, states, previous, digest, facts.number);
      previous = digest;
    }
  } catch (error) {
    if (!(error instanceof SqliteDatabase.SqliteError) && !(error instanceof RangeError)) throw error;
  } finally {
    database.close();
  }
}

export const rechainedHistory: Target = {
  ...history,
  name: 'history-rechained',
  read: (input, scratch) => {
    const file = join(scratch, 'x.db.history');
    writeFileSync(file, input);
    try {
      rechained(file);
    } catch (error) {
      if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
    }
    return readAll(file);
  },
};

export const states: Target = {
  name: 'states',
  seeds: () => [Buffer.concat(STATES.map(encodeState)), ...STATES.map(encodeState)],
  read: (input) => {
    const read = refusing([MalformedRows], () => [...decodeStates(input)]);
    const again = Buffer.concat(read.map(encodeState));
    const twice = [...decodeStates(again)].map(encodeState);
    if (!Buffer.concat(twice).equals(again)) throw new Error('a state does not come back as it was');
    return read.map(({ kind, mount }) => kind + (mount === undefined ? '' : ' mount')).join();
  },
  shortRuns: 1000,
};
