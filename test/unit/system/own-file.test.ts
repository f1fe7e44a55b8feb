import { execFileSync } from 'node:child_process';
import { chownSync, closeSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { UserError } from '../../../src/model/errors.ts';
import { isOwnFile, openOwnFile } from '../../../src/system/own-file.ts';
import { errorOf } from '../../support/errors.ts';
import { isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
});

const at = (name: string): string => join(directory, name);

const refusal = (name: string): UserError => errorOf(() => closeSync(openOwnFile(at(name), 'lock')));

test('a file of ours is opened as it is, and made for its owner alone where there is none', () => {
  writeFileSync(at('old'), 'content', { mode: 0o644 });
  closeSync(openOwnFile(at('old'), 'lock'));
  expect(readFileSync(at('old'), 'utf8')).toBe('content');
  closeSync(openOwnFile(at('new'), 'lock'));
  expect(statSync(at('new')).mode & 0o7777).toBe(0o600);
});

test('what somebody planted under the name is refused by what it is, and stays untouched', () => {
  writeFileSync(at('precious'), 'content');
  linkSync(at('precious'), at('hard'));
  symlinkSync('precious', at('soft'));
  symlinkSync('nowhere', at('dangling'));
  mkdirSync(at('directory'));
  execFileSync('mkfifo', [at('fifo')]);
  expect(refusal('hard')).toMatchObject({ code: 'cannotCreate', message: expect.stringContaining('second name') });
  expect(refusal('soft').message).toBe(`cannot lock ${at('soft')}: it is a symbolic link`);
  expect(refusal('dangling').message).toContain('it is a symbolic link');
  expect(refusal('directory').message).toContain('it is not a regular file');
  expect(refusal('fifo').message).toContain('it is not a regular file');
  expect(refusal('fifo').hint).toBeDefined();
  expect(readFileSync(at('precious'), 'utf8')).toBe('content');
  expect([at('hard'), at('soft'), at('fifo'), at('none')].filter(isOwnFile)).toEqual([]);
});

test.skipIf(!isRoot())('a file of another user is refused', () => {
  writeFileSync(at('foreign'), '');
  chownSync(at('foreign'), 65534, 65534);
  expect(refusal('foreign').message).toContain('it belongs to uid 65534');
});
