/** The digest of integ's own code is one that coreutils give, and changes with the code. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { subvertingVariables } from '../../../src/system/own-code.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const BY_HAND = `find bin/integ.js dist package.json -type f \\( -name '*.js' -o -name package.json \\) |
  LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum | cut -d ' ' -f 1`;

test('a copy of integ tells the digest that coreutils find, and another one after an edit', () => {
  const copy = scratchDirectory();
  for (const name of ['bin', 'dist', 'package.json']) cpSync(name, join(copy, name), { recursive: true });
  const told = (): string =>
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `console.log((await import('${copy}/dist/system/own-code.js')).ownCodeSha256())`,
      ],
      { encoding: 'utf8' },
    );
  const byHand = (): string => execFileSync('/bin/sh', ['-c', BY_HAND], { cwd: copy, encoding: 'utf8' });
  const before = told();
  expect(before).toMatch(/^[0-9a-f]{64}\n$/);
  expect(before).toBe(byHand());
  appendFileSync(join(copy, 'dist/check/judge.js'), '// \n');
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
