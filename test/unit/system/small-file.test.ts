import { execFileSync } from 'node:child_process';
import { constants, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readingProblem, readSmallFile } from '../../../src/system/small-file.ts';
import { scratchDirectory } from '../../support/scratch.ts';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
});

const at = (name: string): string => join(directory, name);

function reasonOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return readingProblem(error).reason;
  }
  return expect.fail('nothing was refused');
}

test('a file is read whole, also through links, when it has at most the bytes that are allowed', () => {
  writeFileSync(at('file'), 'x'.repeat(200_000));
  symlinkSync('file', at('link'));
  expect(readSmallFile(at('file'), 200_000)).toHaveLength(200_000);
  expect(readSmallFile(at('link'), 200_000)).toHaveLength(200_000);
  expect(reasonOf(() => readSmallFile(at('file'), 199_999))).toBe('it is larger than 199999 bytes');
  expect(reasonOf(() => readSmallFile(at('link'), 200_000, constants.O_NOFOLLOW))).toContain('a symbolic link');
});

test('a file of /proc, which has no size, is read', () => {
  expect(readSmallFile('/proc/self/status', 100_000).toString()).toContain('Name:');
});

test('a file without an end is read no further than is allowed', () => {
  writeFileSync(at('sparse'), '');
  truncateSync(at('sparse'), 2 ** 40);
  expect(reasonOf(() => readSmallFile(at('sparse'), 1024 * 1024))).toBe('it is larger than 1 MiB');
});

test('nothing but a regular file is read, and the error says what is there instead', async () => {
  execFileSync('mkfifo', [at('fifo')]);
  mkdirSync(at('directory'));
  symlinkSync('fifo', at('link'));
  symlinkSync('round', at('round'));
  const server = createServer();
  await new Promise<void>((listening) => server.listen(at('socket'), listening));
  const reason = (name: string): string => reasonOf(() => readSmallFile(name, 100));
  expect(reason(at('fifo'))).toBe('it is a fifo or a pipe, not a regular file');
  expect(reason(at('link'))).toBe('it is a fifo or a pipe, not a regular file');
  expect(reason(at('socket'))).toBe('it is a socket, not a regular file');
  expect(reason('/dev/zero')).toBe('it is a device, not a regular file');
  expect(reason(at('directory'))).toBe('it is a directory, not a regular file');
  expect(reason(at('none'))).toBe('no such file');
  expect(reason(at('round'))).toContain('links lead round');
  server.close();
});
