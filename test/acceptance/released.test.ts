/**
 * What earlier versions wrote stays readable: a baseline and a history of each format, frozen (test/fixtures), are
 * read, checked against and accepted from.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BaselineReader } from '../../src/baseline/reader.ts';
import { StoredDirectories } from '../../src/baseline/stored-directories.ts';
import { BaselineWriter } from '../../src/baseline/writer.ts';
import { pathFromBytes, pathFromText } from '../../src/model/bytes.ts';
import { compilePolicy } from '../../src/policy/load.ts';
import { runSteps } from '../../src/system/turns.ts';
import { type Box, box, REPOSITORY, reportOf } from '../support/integ.ts';

/** Of the history; all lie beside a baseline of format 2. */
const FORMATS = [2, 3] as const;

/** A box with the files of a format as its state, and the tree that they tell of, in which /etc/issue is new. */
function boxOf(format: number): Box {
  const it = box();
  for (const name of ['baseline.db', 'baseline.db.gen-1', 'baseline.db.history']) {
    const frozen = readFileSync(join(REPOSITORY, 'test/fixtures', `format-${format}`, `${name}.gz`));
    writeFileSync(join(it.state, name), gunzipSync(frozen), { mode: 0o600 });
  }
  mkdirSync(it.path('etc'), { mode: 0o755 });
  it.file('etc/hosts', '127.0.0.1 localhost\n10.0.0.1 mail1\n', 0o644);
  it.file('etc/aliases', 'root: admin\n', 0o644);
  it.file('etc/issue', 'new\n', 0o644);
  return it;
}

for (const format of FORMATS) {
  test(`a baseline and its history of format ${format} are read, checked and accepted against`, () => {
    const it = boxOf(format);
    const run = (args: readonly string[]) =>
      it.run([...args, '--root', it.tree, '--baseline', it.baseline], { bare: true });
    const listed = run(['report', 'list']);
    expect(listed.stdout).toMatch(
      /sequence 2: 1 added\n.*sequence 1: 1 added, 1 changed\n2 reports, the chain is intact/,
    );
    expect(listed.code).toBe(0);
    expect(run(['baseline', 'log']).stdout).toMatch(/accept by root: a host was added\n[\s\S]*init by root/);
    const check = run(['check']);
    expect(check.stdout).toMatch(/1 added; highest severity medium\n[\s\S]*\+new/);
    expect(check.code).toBe(1);
    const accepted = run(['accept', '--all', '--reason', 'a notice']);
    expect(accepted.stdout).toContain('Generation 3 is in force');
    expect(run(['check']).code).toBe(0);
    const after = run(['report', 'list']);
    expect(after.stdout).toContain('4 reports, the chain is intact');
    expect(run(['baseline', 'list']).code).toBe(0);
  });

  test(`a history of format ${format} can be verified from the description of its format when it has moved on`, ({
    skip,
  }) => {
    const python = '/usr/bin/python3';
    if (spawnSync(python, ['--version']).status !== 0) skip('needs python3');
    const it = boxOf(format);
    it.run(['check', '--root', it.tree, '--baseline', it.baseline], { bare: true });
    const script = join(REPOSITORY, 'test/support/verify-history.py');
    const { status, stdout } = spawnSync(python, [script, `${it.baseline}.history`], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  test(`what a history of format ${format} says of another host's baseline makes it known nowhere`, () => {
    const it = boxOf(format);
    const outcome = it.run(['notify', 'test', '--root', it.tree, '--baseline', it.baseline], { bare: true });
    expect(outcome).toMatchObject({ code: 65, stdout: '' });
    expect(outcome.stderr).toMatch(/this baseline is not known here/);
  });
}

test('a baseline that tells of what could not be examined in words of an older version serves as before', () => {
  const it = box();
  it.file('etc/hosts');
  it.file('etc/lost');
  it.init();
  const reader = BaselineReader.open(it.baseline);
  const older = join(it.state, 'older.db');
  const writer = BaselineWriter.create(older, compilePolicy(reader.header.policy).policy.rules);
  const nodes = new StoredDirectories(reader);
  for (const { directory, name, rule, record } of reader.entries()) {
    if (pathFromBytes(name) !== 'lost') writer.add({ directory: nodes.node(directory), name, rule, record });
  }
  const path = pathFromText(it.path('etc/lost'));
  const failure = { path, operation: 'examine', code: 'LOST', message: 'a worker thread died while it read this file' };
  runSteps(writer.finish({ ...reader.header, failures: [failure] }));
  reader.close();

  const of = (...args: readonly string[]) =>
    it.run([...args, '--policy', it.policyFile, '--baseline', older, '--history', `${it.state}/h`], { bare: true });
  expect(of('baseline', 'show').stdout).toContain(`/etc/lost: ${failure.message}`);
  const { errors } = reportOf(it.run(['baseline', 'diff', it.baseline, older, '--format', 'json']));
  expect(errors).toMatchObject([{ code: 'EUNKNOWN', message: `LOST: ${failure.message}` }]);
  it.file('etc/hosts', 'more');
  expect(of('check').stdout).toMatch(/1 added, 1 changed/);
  expect(of('accept', '--path', it.path('etc/hosts'), '--reason', 'a host').code).toBe(0);
  const shown: unknown = JSON.parse(of('baseline', 'show', '--format', 'json').stdout);
  expect(shown).toMatchObject({ sequence: 2, failures: [{ code: 'LOST', message: failure.message }] });
});

test('a baseline of format 2 whose policy shows texts by a digest that is broken by now stays valid', () => {
  const it = box();
  const frozen = readFileSync(join(REPOSITORY, 'test/fixtures/format-2/broken-digest.db.gz'));
  writeFileSync(it.baseline, gunzipSync(frozen), { mode: 0o600 });
  mkdirSync(it.path('etc'), { mode: 0o755 });
  it.file('etc/hosts', '127.0.0.1 localhost\n', 0o644);
  const run = (...args: readonly string[]) =>
    it.run([...args, '--root', it.tree, '--baseline', it.baseline], { bare: true });
  expect(run('baseline', 'verify').code).toBe(0);
  expect(run('check').code).toBe(0);
  it.file('etc/hosts', '10.6.6.6 localhost\n', 0o644);
  const changed = run('check');
  expect(changed.stdout).toContain('no digest of its rule proves which text was recorded');
  expect(changed.code).toBe(4);
});
