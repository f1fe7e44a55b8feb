/** Programs of the system are run by absolute path, without a shell and without the caller's environment. */
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { runHelper, withNamelessFiles } from '../../../src/system/helper-program.ts';

test('nothing of the environment is handed on but what is named', () => {
  process.env['LD_PRELOAD_NOT'] = 'x';
  onTestFinished(() => {
    delete process.env['LD_PRELOAD_NOT'];
  });
  const { stdout } = runHelper('/usr/bin/env', [], { environment: { KEY: 'v', NONE: undefined } });
  expect(stdout.trim().split('\n').sort()).toEqual(['KEY=v', 'LC_ALL=C', 'PATH=/usr/bin:/bin']);
});

test('parameters are no shell words, and a program without a path is refused', () => {
  expect(runHelper('/bin/echo', ['$(id)', '; ls']).stdout).toBe('$(id) ; ls\n');
  expect(() => runHelper('echo', [])).toThrow('absolute');
});

test('a program that is missing or too slow is an error with a code', () => {
  expect(() => runHelper('/usr/bin/integ-no-such-program', [])).toThrow('ENOENT');
  expect(() => runHelper('/bin/sleep', ['60'], { timeout: 100 })).toThrow('ETIMEDOUT');
});

test('a program that does not read its input tells by its status alone', () => {
  expect(runHelper('/bin/false', [], { input: Buffer.alloc(1 << 20) }).status).toBe(1);
});

test('contents are handed over as files that have no name and leave nothing behind', () => {
  const before = readdirSync('/dev/shm').filter((name) => name.startsWith('integ-'));
  const shown = withNamelessFiles(['one\n', 'zwei ü\n'], (names, descriptors) => {
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith('integ-'))).toEqual(before);
    return runHelper('/bin/cat', [...names, ...names], { descriptors }).stdout;
  });
  expect(Buffer.from(shown, 'latin1').toString('utf8')).toBe('one\nzwei ü\none\nzwei ü\n');
});
