/**
 * Reports are kept, accepting is exact, and nobody puts an older or another baseline in the place of the one in force.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, expectFailure, reportOf, sealOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

interface Listing {
  readonly intact: boolean;
  readonly reports: readonly { readonly id: string; readonly exitCode: number; readonly limits?: string }[];
}

function list(given: Box): Listing {
  return JSON.parse(given.run(['report', 'list', '--format', 'json']).stdout) as Listing;
}

interface Generations {
  readonly generations: readonly {
    readonly sequence: number;
    readonly standing: string;
    readonly intact: boolean;
    readonly seal: string;
    readonly previousSeal: string;
    readonly why: string;
    readonly ticket?: string;
  }[];
}

function generations(given: Box): Generations['generations'] {
  return (JSON.parse(given.run(['baseline', 'list', '--format', 'json']).stdout) as Generations).generations;
}

/** A box with three files, recorded. */
function recorded(): Box {
  const given = box();
  for (const name of ['a', 'b', 'd/c']) given.file(name);
  given.init();
  return given;
}

test('a history that others may write is not accepted from', () => {
  const given = recorded();
  given.append('a', 'more');
  given.check();
  chmodSync(`${given.baseline}.history`, 0o606);
  expectFailure(given.run(['accept', '--all', '--reason', 'a']), 77, /history can be changed by others.*chmod o-w/);
  const report = given.check();
  expect(report).toMatchObject({ exitCode: 20 });
  expect(report.errors[0]?.message).toMatch(/history can be changed by others/);
});

describe('reports', () => {
  test('are kept, newest first, and shown again in any format to the byte', () => {
    const given = recorded();
    const clean = given.run(['check', '--format', 'json']);
    given.append('a', 'more');
    const changed = given.run(['check', '--format', 'json']);
    const [newest, oldest] = list(given).reports;
    expect([newest?.exitCode, oldest?.exitCode]).toEqual([4, 0]);
    expect(given.run(['report', 'show', '--format', 'json']).stdout).toBe(changed.stdout);
    expect(given.run(['report', 'show', oldest?.id ?? '', '--format', 'json']).stdout).toBe(clean.stdout);
    const text = given.run(['report', 'show', 'latest']);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain(`changed   ${given.path('a')}`);
    const lines = given.run(['report', 'show', '--format', 'ndjson']).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).record)).toEqual(['change', 'summary']);
  });

  test('say what they were restricted to', () => {
    const given = recorded();
    given.run(['check', '--paths', given.path('d'), '--severity', 'high']);
    expect(list(given).reports[0]?.limits).toBe(`--paths ${given.path('d')}; --severity high`);
  });

  test('that are unknown end with 66 and the known ones', () => {
    const given = recorded();
    given.check();
    const outcome = given.run(['report', 'show', 'nix']);
    expectFailure(outcome, 66, /no report nix/);
    expect(outcome.stderr).toContain(list(given).reports[0]?.id);
  });

  test('that were edited or removed break the chain, which the list says', () => {
    const given = recorded();
    for (let index = 0; index < 3; index += 1) given.check();
    expect(given.run(['report', 'list'])).toMatchObject({ code: 0 });
    tool('/usr/bin/sqlite3', `${given.baseline}.history`, 'DELETE FROM runs WHERE number = 2');
    const outcome = given.run(['report', 'list']);
    expect(outcome.code).toBe(65);
    expect(outcome.stderr).toContain('run 2 was removed');
  });

  test('of a night that is missing are missed', () => {
    const given = recorded();
    given.check();
    const file = `${given.baseline}.history`;
    given.check();
    // The clock cannot be turned: the times of the first run are, which also breaks the chain.
    const old =
      "UPDATE runs SET startedAt = '2026-01-01T03:00:00Z', finishedAt = '2026-01-01T03:01:00Z' WHERE number = 1";
    tool('/usr/bin/sqlite3', file, old);
    expect(given.run(['report', 'list']).stdout).toContain('night missing');
  });

  test('that cannot be stored are reported all the same', () => {
    const given = recorded();
    given.append('a', 'more');
    writeFileSync(`${given.baseline}.history`, 'this is no history');
    const outcome = given.run(['check', '--format', 'json']);
    const report = reportOf(outcome);
    expect(given.findings(report)).toEqual(['changed a']);
    expect(report.unstored).toContain('the report was not stored');
    expect(outcome.stderr).toContain('the report was not stored');
    // Nobody knows then whether an older baseline was put in place: that is no complete run.
    expect(report.exitCode).toBe(4 + 16);
    expect(report.errors.map(({ message }) => message).join()).toContain('replaced by an older one was not verified');
    expect(readFileSync(`${given.baseline}.history`, 'utf8')).toBe('this is no history');
  });

  test('of a baseline on read-only media are kept in the state directory', ({ skip }) => {
    if (!isRoot() || !works('unshare', '--mount', 'true')) skip('needs root and mount namespaces');
    const given = recorded();
    const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
    const under = ['unshare', '--mount', 'sh', '-c', script, given.state];
    const state = join(given.directory, 'elsewhere');
    const env = { INTEG_HISTORY: join(state, 'h.db') };
    expect(given.run(['check'], { under, env })).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(state, 'h.db'))).toBe(true);
  });
});

describe('accept', () => {
  test('of everything makes the next check clean, and the seal a new one', () => {
    const given = recorded();
    const first = generations(given)[0];
    given.append('a', 'more');
    rmSync(given.path('b'));
    given.file('d/new');
    renameSync(given.path('d/c'), given.path('d/moved'));
    given.check();
    const outcome = given.run(['accept', '--all', '--reason', 'upgrade', '--ticket', 'CHG-1']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(given.check()).toMatchObject({ status: 'clean', changes: [], baseline: { sequence: 2 } });
    const [present, old] = generations(given);
    expect(present).toMatchObject({ sequence: 2, standing: 'in force', why: 'upgrade', ticket: 'CHG-1' });
    expect(present?.seal).toBe(sealOf(outcome));
    expect(present?.previousSeal).toBe(first?.seal);
    expect(old).toMatchObject({ sequence: 1, standing: 'older', intact: true, seal: first?.seal });
  });

  test('never takes what is on disk by then: only what was reported', () => {
    const given = recorded();
    given.append('a', 'reported');
    given.check();
    given.append('a', 'and once more, unseen');
    given.append('b', 'unseen');
    given.run(['accept', '--all', '--reason', 'reviewed']);
    expect(given.findings(given.check())).toEqual(['changed a', 'changed b']);
  });

  test('works on a report although the tree is gone', () => {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    rmSync(given.tree, { recursive: true });
    expect(given.run(['accept', '--path', given.path('a'), '--reason', 'x'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('of a path, of a rule, of an older report takes these findings and leaves the rest', () => {
    const given = recorded();
    given.append('a', 'more');
    given.append('d/c', 'more');
    given.check();
    const older = list(given).reports[0]?.id ?? '';
    given.append('b', 'more');
    given.check();
    expect(given.run(['accept', '--path', `${given.tree}/d/**`, '--reason', 'c']).stdout).toContain('1 of 3 findings');
    expect(given.findings(given.check())).toEqual(['changed a', 'changed b']);
    const outcome = given.run(['accept', older, '--rule', 'tree', '--reason', 'a']);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('1 chosen finding is recorded already');
    expect(given.findings(given.check())).toEqual(['changed b']);
  });

  test('says which findings of an older report do not apply any more', () => {
    const given = recorded();
    given.append('a', 'one');
    given.check();
    const older = list(given).reports[0]?.id ?? '';
    given.append('a', 'two');
    given.check();
    given.run(['accept', '--all', '--reason', 'both']);
    const outcome = given.run(['accept', older, '--all', '--reason', 'late']);
    expect(outcome.code).toBe(64);
    expect(outcome.stderr).toContain(`not accepted: changed ${given.path('a')}`);
    expect(generations(given)).toHaveLength(2);
  });

  test.each([
    ['no reason', ['--all'], /needs --reason/],
    ['an empty reason', ['--all', '--reason', ' '], /--reason is empty/],
    ['a reason of more than 4,096 bytes', ['--all', '--reason', 'x'.repeat(4097)], /more than 4096/],
    ['no choice', ['--reason', 'x'], /does not say which/],
    ['two choices', ['--all', '--explained', '--reason', 'x'], /only one way/],
    ['a path that matches nothing', ['--path', '/nowhere', '--reason', 'x'], /matches no finding .*a.*tree/],
    ['a rule that matches nothing', ['--rule', 'nix', '--reason', 'x'], /matches no finding/],
    ['explanations where there are none', ['--explained', '--reason', 'x'], /no finding .* is explained/],
  ])('with %s changes nothing and says why', (_, options, message) => {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    const before = readFileSync(given.baseline);
    expectFailure(given.run(['accept', ...options]), 64, message);
    expect(readFileSync(given.baseline)).toEqual(before);
    expect(generations(given)).toHaveLength(1);
  });

  test('does not take violations, and says so', () => {
    const given = box();
    given.file('a', 'a', 0o644);
    given.policy('watch: read-only', `require: { mode: '0700' }`);
    given.init();
    given.append('a', 'more');
    given.check();
    const outcome = given.run(['accept', '--all', '--reason', 'x']);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('1 violated requirement cannot be accepted');
    expect(given.check()).toMatchObject({ exitCode: 8 });
  });

  test('keeps names in any bytes and reasons that would fool a terminal', () => {
    const given = recorded();
    const name = Buffer.concat([Buffer.from(`${given.tree}/`), Buffer.from([0xff, 0x0a, 0x1b])]);
    writeFileSync(name, 'odd');
    given.check();
    const outcome = given.run(['accept', '--all', '--reason', 'fine\u001b[2J\u202e\n']);
    expect(outcome.stdout).toContain('fine\\x1b[2J\\u202e\\n');
    expect(given.check().status).toBe('clean');
    expect(given.run(['baseline', 'log']).stdout).toContain('fine\\x1b[2J\\u202e\\n');
  });

  test('keeps as many generations as the policy says, and each can still be compared and checked against', () => {
    const given = box();
    given.file('a');
    given.policyText(`version: 1\nbaseline: { keep: 2 }\nrules:\n  - name: tree\n    paths: ['${given.tree}']\n`);
    given.init();
    for (let index = 0; index < 4; index += 1) {
      given.append('a', 'more');
      given.check();
      expect(given.run(['accept', '--all', '--reason', `${index}`]).code).toBe(0);
    }
    expect(generations(given).map(({ sequence }) => sequence)).toEqual([5, 4, 3]);
    const old = `${given.baseline}.gen-3`;
    expect(given.run(['baseline', 'diff', old, given.baseline]).code).toBe(4);
    expect(given.run(['check', '--baseline', old, '--policy', given.policyFile], { bare: true }).code).toBe(4);
    const log = JSON.parse(given.run(['baseline', 'log', '--format', 'json']).stdout);
    expect(log.log.map(({ sequence }: { sequence: number }) => sequence)).toEqual([5, 4, 3, 2, 1]);
  });

  test('removes what the retention of the policy says at the end of a check', () => {
    const given = box();
    given.file('a');
    given.policyText(`version: 1\nhistory: { retain: 30d }\nrules:\n  - name: tree\n    paths: ['${given.tree}']\n`);
    given.init();
    for (let index = 0; index < 2; index += 1) given.check();
    expect(list(given)).toMatchObject({ intact: true, reports: [{}, {}] });
  });
});

describe('a baseline that is not the one in force', () => {
  /** Two generations, the second one in force. */
  function twice(): Box {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    given.run(['accept', '--all', '--reason', 'x']);
    return given;
  }

  test('because it is an older one is refused with 65', () => {
    const given = twice();
    copyFileSync(`${given.baseline}.gen-1`, given.baseline);
    expectFailure(given.run(['check']), 65, /went back: it is sequence 1, and 2 was in force/);
    expectFailure(given.run(['accept', '--all', '--reason', 'x']), 65, /went back/);
    expect(given.run(['baseline', 'list'])).toMatchObject({ code: 65 });
  });

  test('because somebody made another one of the same number is refused with 65', () => {
    const given = twice();
    const forged = join(given.directory, 'forged');
    mkdirSync(forged, { mode: 0o700 });
    const run = (...args: readonly string[]) =>
      given.run([...args, '--policy', given.policyFile, '--baseline', join(forged, 'b.db')], { bare: true });
    run('init');
    given.append('a', 'evil');
    run('check');
    expect(run('accept', '--all', '--reason', 'forged').code).toBe(0);
    copyFileSync(join(forged, 'b.db'), given.baseline);
    expectFailure(given.run(['check']), 65, /was replaced: sequence 2 had the seal/);
  });

  test('is not what init makes after the old one was removed: numbers go on', () => {
    const given = twice();
    rmSync(given.baseline);
    given.init('--force');
    expect(given.check()).toMatchObject({ status: 'clean', baseline: { sequence: 3 } });
    given.init('--force');
    expect(generations(given).map(({ sequence }) => sequence)).toEqual([4, 3, 1]);
  });

  test('is not told from the right one without a history, and the report says so', () => {
    const given = twice();
    copyFileSync(`${given.baseline}.gen-1`, given.baseline);
    rmSync(`${given.baseline}.history`);
    expect(given.check().notes.join()).toContain('no generation of this baseline was seen before');
  });
});

describe('policy update', () => {
  function rules(given: Box, ...lines: readonly string[]): void {
    given.policyText(['version: 1', 'name: test', 'rules:', ...lines, ''].join('\n'));
  }

  test('keeps what both select, examines what is new and drops the rest, but accepts no change', () => {
    const given = box();
    for (const name of ['both/same', 'both/changed', 'both/removed', 'old/x', 'new/y']) given.file(name);
    rules(
      given,
      `  - { name: both, paths: ['${given.path('both')}'] }`,
      `  - { name: old, paths: ['${given.path('old')}'] }`,
    );
    given.init();
    given.append('both/changed', 'more');
    rmSync(given.path('both/removed'));
    given.file('both/added');
    const before = given.findings(given.check());
    rules(
      given,
      `  - { name: new, paths: ['${given.path('new')}'] }`,
      `  - { name: both, paths: ['${given.path('both')}'] }`,
    );
    expect(given.check().policy.matchesFile).toBe(false);
    const outcome = given.run(['policy', 'update', '--reason', 'other directories']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['new', 'new/y', 'old', 'old/x']) expect(outcome.stdout).toContain(`  ${given.path(name)}\n`);
    const report = given.check();
    expect(report).toMatchObject({ policy: { matchesFile: true }, baseline: { sequence: 2 } });
    expect(given.findings(report)).toEqual(before);
    expect(before).toEqual(
      ['changed both/changed', 'added both/added', 'removed both/removed'].sort((l, r) =>
        (l.split(' ')[1] ?? '') < (r.split(' ')[1] ?? '') ? -1 : 1,
      ),
    );
    // A report from before still applies, by the rules of now.
    const older = list(given).reports.at(-1)?.id ?? '';
    expect(given.run(['accept', older, '--all', '--reason', 'x']).code).toBe(0);
    expect(given.check().status).toBe('clean');
  });

  test('adds attributes that only the new policy watches to what is as it was recorded, and to nothing else', () => {
    const given = box();
    for (const name of ['same', 'touched']) given.file(name);
    given.policy('watch: [type, mode, size]');
    given.init();
    utimesSync(given.path('touched'), 1, 1);
    expect(given.check().status).toBe('clean');
    given.policy('watch: [type, mode, size, sha256]');
    const outcome = given.run(['policy', 'update', '--reason', 'digests too']);
    expect(outcome.stdout).toMatch(/completed 1 of them/);
    expect(outcome.stdout).toContain(given.path('touched'));
    const report = given.check();
    expect(given.findings(report)).toEqual(['changed touched']);
    expect(given.change(report, 'touched').attributes.sha256?.before).toBeUndefined();
  });

  test('with the policy that is in force does nothing', () => {
    const given = recorded();
    const outcome = given.run(['policy', 'update', '--reason', 'x']);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('in force already');
    expect(generations(given)).toHaveLength(1);
    expectFailure(given.run(['policy', 'update']), 64, /needs --reason/);
  });

  test('with a policy that is wrong leaves the old one in force', () => {
    const given = recorded();
    given.policyText('version: 1\nrulez: []\n');
    expect(given.run(['policy', 'update', '--reason', 'x']).code).toBe(78);
    expect(generations(given)).toHaveLength(1);
    expect(readdirSync(given.state).filter((name) => !name.startsWith('baseline.db'))).toEqual([]);
  });
});
