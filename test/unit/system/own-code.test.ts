/** The digest of integ's own code is one that coreutils give, and changes with the code. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { subvertingVariables } from '../../../src/system/own-code.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const BY_HAND = `find bin dist package.json -type f \\( -name '*.js' -o -name package.json \\) |
  LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum | cut -d ' ' -f 1`;

test('a copy of integ tells the digest that coreutils find, and another one after an edit', () => {
  const folder = scratchDirectory();
  const copy = join(folder, 'copy');
  for (const name of ['bin', 'dist', 'policies', 'package.json']) cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(folder, 'tree'));
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, 'version: 1\nrules:\n  - { name: All, severity: low, paths: [/], watch: existence }\n');
  const run = (...operands: readonly string[]): string => {
    const where = ['--root', join(folder, 'tree'), '--baseline', join(folder, 'state/baseline.db')];
    const words = [join(copy, 'bin/integ.js'), ...operands, ...where, '--policy', policy];
    return execFileSync(process.execPath, words, { encoding: 'utf8' });
  };
  const told = (): string => {
    const { tool }: { tool: { sha256: string } } = JSON.parse(run('check', '--format', 'json'));
    return `${tool.sha256}\n`;
  };
  const byHand = (): string => execFileSync('/bin/sh', ['-c', BY_HAND], { cwd: copy, encoding: 'utf8' });
  run('init');
  const before = told();
  expect(before).toMatch(/^[0-9a-f]{64}\n$/);
  expect(before).toBe(byHand());
  appendFileSync(join(copy, 'dist/scan/worker.js'), '// \n');
  expect(told()).not.toBe(before);
  expect(told()).toBe(byHand());
});

test('variables that can make Node or the loader run other code are named', () => {
  expect(subvertingVariables({ PATH: '/bin', NODE_OPTIONS: '', LD_PRELOAD: '/x.so', NODE_PATH: '/y' })).toEqual([
    'NODE_PATH',
    'LD_PRELOAD',
  ]);
  expect(subvertingVariables({})).toEqual([]);
});
