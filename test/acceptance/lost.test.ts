/** A baseline or a history that was there and is gone is never taken for one that never was. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';

/** A second generation is in force, and the first lies beside it. */
function accepted(): Box {
  const it = box();
  it.file('kept');
  it.init();
  it.file('new');
  it.check();
  expect(it.run(['accept', '--all', '--reason', 'meant']).code).toBe(0);
  return it;
}

const GONE =
  /there is no baseline \S+ any more: the history knows sequence 2, made \d{4}-\S+, seal [0-9a-f]{64} \(hint: .*baseline\.db\.gen-1.*init --force/;

test('a baseline that is gone is named by check and init, and made anew only with --force, which reports say', () => {
  const it = accepted();
  rmSync(it.baseline);
  expectFailure(it.run(['check']), 66, GONE);
  expectFailure(it.run(['init']), 73, GONE);
  const made = it.run(['init', '--force']);
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(/^ +sequence +3$/m);
  const { notes } = it.check();
  expect(notes.some((note) => note.includes('made anew as sequence 3, since the one before was gone'))).toBe(true);
});

test('without anything that knows one, a baseline that is not there is to be made', () => {
  const it = box();
  it.file('kept');
  expectFailure(it.run(['check']), 66, /there is no baseline .*make one with integ init/);
});

test('a history that is gone makes the next check incomplete', () => {
  const it = accepted();
  rmSync(`${it.baseline}.history`);
  const report = it.check();
  expect(report).toMatchObject({ exitCode: 16, errors: [{ code: 'UNLINKED', path: `${it.baseline}.history` }] });
});

test('a history that is gone is no matter where the seal was given', () => {
  const it = accepted();
  const { baseline } = it.check();
  rmSync(`${it.baseline}.history`);
  expect(it.check(['--expect-seal', baseline.seal]).exitCode).toBe(0);
});

test('the seal from before an accept is told as that, with what came since', () => {
  const it = box();
  it.file('kept');
  const seal = it.seal();
  it.append('kept', 'more\n');
  it.check();
  expect(it.run(['accept', '--all', '--reason', 'ticket 4711']).code).toBe(0);
  const outcome = it.run(['check', '--expect-seal', seal.slice(0, 16)]);
  expectFailure(
    outcome,
    65,
    /not the expected .*given is that of sequence 1; since then, .*: 2 by \S+ \(accept: ticket 4711\)/,
  );
});
