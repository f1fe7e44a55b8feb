/** Links and files that another user planted under the names that integ writes to: what they lead to stays as it is. */
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { isRoot, NOBODY } from '../support/privileges.ts';
import { tool } from '../support/programs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const PRECIOUS = 'of root, and of nobody else\n';

/** A box with a baseline, and a file of root beside it that nothing may touch. */
function prepared(): Box {
  const it = box();
  it.file('house');
  writeFileSync(it.beside('precious'), PRECIOUS, { mode: 0o600 });
  onTestFinished(() => expect(readFileSync(it.beside('precious'), 'utf8')).toBe(PRECIOUS));
  return it;
}

describe.skipIf(!isRoot())('in a directory of another user (needs root)', () => {
  test('a hard link under the name of the lock destroys no file of root', () => {
    const it = prepared();
    it.init();
    linkSync(it.beside('precious'), `${it.baseline}.lock`);
    chownSync(it.state, NOBODY, NOBODY);
    const commands = [
      ['init', '--force'],
      ['accept', '--all', '--reason', 'x'],
      ['policy', 'update', '--reason', 'x'],
      ['baseline', 'sign', '--signature', '-'],
    ];
    for (const command of commands) {
      const outcome = it.run(command, { mayLeave: true });
      expectFailure(outcome, 77, /baseline can be changed by others: .*is owned by uid 65534/);
      const allowed = it.run([...command, '--allow-unsafe-permissions'], { mayLeave: true });
      expect(allowed, command.join(' ')).toMatchObject({ code: 73, stderr: expect.stringMatching(/second name/) });
      expect(readFileSync(it.beside('precious'), 'utf8')).toBe(PRECIOUS);
    }
  });

  test('nothing is made there before that is refused', () => {
    const it = prepared();
    const theirs = it.beside('theirs');
    mkdirSync(theirs);
    chownSync(theirs, NOBODY, NOBODY);
    const files = ['--baseline', join(theirs, 'new/baseline.db'), '--policy', it.policyFile];
    expectFailure(it.run(['init', ...files], { bare: true }), 77, /can be changed by others/);
    expect(readdirSync(theirs)).toEqual([]);
    it.init();
    const history = join(theirs, 'new/history.db');
    const outcome = it.run(['check', '--history', history]);
    expect(outcome).toMatchObject({ code: 16, stderr: expect.stringMatching(/history can be changed by others/) });
    expect(readdirSync(theirs)).toEqual([]);
  });

  test('a journal of another user beside a history is not played back', () => {
    const it = prepared();
    it.init();
    const shared = it.beside('shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    const history = join(shared, 'history.db');
    expect(it.run(['check', '--history', history]).code).toBe(0);
    for (const suffix of ['-journal', '-wal']) {
      writeFileSync(history + suffix, 'x'.repeat(4096));
      chownSync(history + suffix, NOBODY, NOBODY);
      const outcome = it.run(['check', '--history', history]);
      expect(outcome.code & 16, suffix).toBe(16);
      expect(outcome.stderr).toMatch(
        new RegExp(`a journal that cannot be trusted lies beside it \\(history\\.db${suffix}`),
      );
      expectFailure(it.run(['report', 'list', '--history', history]), 65, /find out who made/);
      expect(existsSync(history + suffix)).toBe(true);
      rmSync(history + suffix);
    }
    expect(it.run(['check', '--history', history]).code).toBe(0);
  });

  test('files of another user under names of older generations push none of ours out', () => {
    const it = prepared();
    it.policy('watch: read-only');
    it.policyText(`${readFileSync(it.policyFile, 'utf8')}baseline: { keep: 2 }\n`);
    it.init();
    chmodSync(it.state, 0o1777);
    for (const sequence of [998, 999]) {
      writeFileSync(`${it.baseline}.gen-${sequence}`, '');
      chownSync(`${it.baseline}.gen-${sequence}`, NOBODY, NOBODY);
    }
    writeFileSync(it.path('house'), 'changed\n');
    it.run(['check']);
    expect(it.run(['accept', '--all', '--reason', 'x'])).toMatchObject({ code: 0 });
    expect(existsSync(`${it.baseline}.gen-1`)).toBe(true);
    expect(existsSync(`${it.baseline}.gen-999`)).toBe(true);
  });
});

test('an empty file that has the name of the history as a second one does not become a history', () => {
  const it = prepared();
  it.init();
  writeFileSync(it.beside('empty'), '');
  linkSync(it.beside('empty'), it.beside('history.db'));
  const outcome = it.run(['check', '--history', it.beside('history.db')]);
  expect(outcome.stderr).toMatch(/the report was not stored: cannot write .*second name/);
  expect(readFileSync(it.beside('empty'), 'utf8')).toBe('');
});

test('what only looks like a temporary file of a killed run stays, and keeps no baseline from being made', () => {
  const it = prepared();
  mkdirSync(`${it.baseline}.tmp-0123456789abcdef`);
  linkSync(it.beside('precious'), `${it.baseline}.tmp-0123456789abcde0`);
  writeFileSync(`${it.baseline}.tmp-0123456789abcde1`, 'of a killed run');
  expect(it.run(['init'], { mayLeave: true })).toMatchObject({ code: 0, stderr: '' });
  expect(it.leftovers().toSorted()).toEqual(['baseline.db.tmp-0123456789abcde0', 'baseline.db.tmp-0123456789abcdef']);
});

test('a report, figures for monitoring and a copy of a baseline replace a planted name, never what it leads to', () => {
  const it = prepared();
  const metrics = it.beside('node.prom');
  it.policyText(
    `version: 1\nrules: [{ name: tree, paths: ['${it.tree}'] }]\nnotify: { metrics: { file: '${metrics}' } }\n`,
  );
  it.init();
  const output = it.beside('report.json');
  const copy = it.beside('copy.db');
  for (const file of [metrics, output, copy]) linkSync(it.beside('precious'), file);
  expect(it.run(['check', '--format', 'json', '--output', output]).code).toBe(0);
  expect(it.run(['baseline', 'export', copy]).code).toBe(0);
  expect(readFileSync(metrics, 'utf8')).toContain('integ_');
  expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({ status: 'clean' });
  expect(readFileSync(it.beside('precious'), 'utf8')).toBe(PRECIOUS);
  for (const file of [metrics, output, copy]) {
    rmSync(file);
    symlinkSync('precious', file);
  }
  expect(it.run(['check', '--output', output])).toMatchObject({ code: 73 });
  expect(it.run(['check']).stderr).toMatch(/the metrics were not written: .*symbolic link/);
  expectFailure(it.run(['baseline', 'export', copy]), 73, /symbolic link/);
});

test.skipIf(!existsSync('/dev/shm'))(
  'a link below /dev, where everybody may make one, is no device to write to',
  () => {
    const it = prepared();
    it.init();
    const shared = scratchDirectory('/dev/shm');
    // It stands for a link to a disk.
    symlinkSync('/dev/null', join(shared, 'report'));
    tool('mkfifo', join(shared, 'fifo'));
    for (const name of ['report', 'fifo']) {
      const under = ['timeout', '--signal=KILL', '60'];
      expectFailure(it.run(['check', '--output', join(shared, name)], { under }), 73, /cannot write \/dev\/shm/);
    }
  },
);
