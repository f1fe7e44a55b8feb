import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { pathFromText, ROOT } from '../../../src/model/bytes.ts';
import { readRootedFile } from '../../../src/system/rooted-file.ts';
import { scratchDirectory } from '../../support/scratch.ts';

let directory: string;
let outside: string;
beforeEach(() => {
  directory = scratchDirectory();
  outside = scratchDirectory();
  writeFileSync(join(outside, 'secret'), 'of the host');
  mkdirSync(join(directory, 'etc'));
});

function read(path: string, limit = 1000): string | undefined {
  return readRootedFile(pathFromText(directory), pathFromText(path), limit)?.toString();
}

describe('a file of the examined system', () => {
  test('is found through relative and absolute links as that system sees them', () => {
    mkdirSync(join(directory, 'usr/lib'), { recursive: true });
    writeFileSync(join(directory, 'usr/lib/release'), 'inside');
    symlinkSync('../usr/lib/release', join(directory, 'etc/relative'));
    symlinkSync('/usr/lib/release', join(directory, 'etc/absolute'));
    symlinkSync('/usr/lib', join(directory, 'lib'));
    expect(read('/etc/relative')).toBe('inside');
    expect(read('/etc/absolute')).toBe('inside');
    expect(read('/lib/release')).toBe('inside');
  });

  test('is never one of the host, whatever a link says', () => {
    symlinkSync(join(outside, 'secret'), join(directory, 'etc/absolute'));
    symlinkSync(`../../../../../../../..${outside}/secret`, join(directory, 'etc/climbing'));
    symlinkSync(outside, join(directory, 'elsewhere'));
    for (const path of ['/etc/absolute', '/etc/climbing', '/elsewhere/secret']) expect(read(path)).toBeUndefined();
  });

  test('is missing where there is none', () => {
    expect(read('/etc/none')).toBeUndefined();
    writeFileSync(join(directory, 'file'), '');
    expect(read('/file/below')).toBeUndefined();
  });

  test('is refused when links go round, when it is no regular file, and when it is too large', () => {
    symlinkSync('round', join(directory, 'etc/round'));
    expect(() => read('/etc/round')).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => read('/etc')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    writeFileSync(join(directory, 'large'), 'x'.repeat(1001));
    expect(() => read('/large')).toThrow(expect.objectContaining({ code: 'EFBIG' }));
    expect(read('/large', 1001)).toHaveLength(1001);
  });

  test('that is a fifo does not make the program wait', (context) => {
    if (spawnSync('mkfifo', [join(directory, 'etc/fifo')]).status !== 0) context.skip('mkfifo cannot be run');
    expect(() => read('/etc/fifo')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  test('is read from the running system with / as root', () => {
    expect(readRootedFile(ROOT, pathFromText('/proc/self/stat'), 10_000)?.toString()).toContain(`${process.pid}`);
  });
});
