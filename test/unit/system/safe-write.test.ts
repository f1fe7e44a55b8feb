import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createDirectoryOf,
  removeLeftovers,
  TemporaryFile,
  writeError,
  writeFileAtomically,
} from '../../../src/system/safe-write.ts';
import { errorOf } from '../../support/errors.ts';
import { isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';

let directory: string;
let target: string;
beforeEach(() => {
  directory = scratchDirectory();
  target = join(directory, 'report.json');
});

describe('writing a file in one step', () => {
  test('makes a file for the owner alone and leaves nothing else behind', () => {
    writeFileAtomically(target, 'grüße');
    expect(readFileSync(target, 'utf8')).toBe('grüße');
    expect(lstatSync(target).mode & 0o7777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['report.json']);
  });

  test('replaces an older file as a whole', () => {
    writeFileSync(target, 'a much longer old text');
    writeFileAtomically(target, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  test('shows the old file until it is published, and after it was discarded', () => {
    writeFileSync(target, 'old');
    const temporary = TemporaryFile.beside(target);
    temporary.write(Buffer.from('new'));
    expect(readFileSync(target, 'utf8')).toBe('old');
    temporary.discard();
    temporary.discard();
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual(['report.json']);
  });

  test('does not publish what somebody put in the place of the temporary file', () => {
    const temporary = TemporaryFile.beside(target);
    unlinkSync(temporary.path);
    writeFileSync(temporary.path, 'planted');
    expect(errorOf(() => temporary.publish()).message).toContain('its temporary file was exchanged');
    expect(readdirSync(directory)).not.toContain('report.json');
  });

  test('never replaces a device, a directory, a fifo or a symbolic link', (context) => {
    mkdirSync(target);
    expect(errorOf(() => writeFileAtomically(target, 'x')).code).toBe('cannotCreate');
    const link = join(directory, 'link');
    symlinkSync('elsewhere', link);
    expect(errorOf(() => writeFileAtomically(link, 'x')).message).toContain('it is a symbolic link');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    const fifo = join(directory, 'fifo');
    if (spawnSync('mkfifo', [fifo]).status !== 0) context.skip('mkfifo cannot be run');
    expect(errorOf(() => writeFileAtomically(fifo, 'x')).message).toContain('not a regular file');
    expect(readdirSync(directory).sort()).toEqual(['fifo', 'link', 'report.json']);
  });

  test('writes into /dev/null and leaves it the device that it is', () => {
    writeFileAtomically('/dev/null', 'x');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('takes long content whole', () => {
    const long = 'ab'.repeat(1_500_000);
    writeFileAtomically(target, long);
    expect(readFileSync(target, 'latin1') === long).toBe(true);
  });
});

describe('a file that cannot be written', () => {
  test.each([
    ['a directory that does not exist', 'none/report', 'cannotCreate'],
    ['a file as directory', 'file/report', 'cannotCreate'],
    ['a name too long', 'x'.repeat(300), 'cannotCreate'],
  ])('because of %s is named with a hint', (_, name, code) => {
    writeFileSync(join(directory, 'file'), '');
    const error = errorOf(() => writeFileAtomically(join(directory, name), 'x'));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`cannot write ${directory}`);
    expect(error.hint).toBeDefined();
  });

  test('for want of permission ends with the code for that', (context) => {
    if (isRoot()) context.skip('root may write everywhere');
    chmodSync(directory, 0o500);
    expect(errorOf(() => writeFileAtomically(target, 'x')).code).toBe('permission');
    chmodSync(directory, 0o700);
  });

  test.each([
    ['ENOSPC', 'io'],
    ['EDQUOT', 'io'],
    ['EROFS', 'cannotCreate'],
    ['EACCES', 'permission'],
    ['EPERM', 'permission'],
    ['EMFILE', 'io'],
  ])('with %s ends with the exit code for it', (code, expected) => {
    const error = writeError('a\nb', Object.assign(new Error('said the system'), { code }));
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(/^cannot write a\\nb: /);
  });

  test('on a full disk leaves the old file and no temporary one', (context) => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', directory]).status === 0;
    if (!mounted) context.skip('mounting needs root');
    try {
      writeFileSync(target, 'old');
      const error = errorOf(() => writeFileAtomically(target, 'x'.repeat(200_000)));
      expect(error.code).toBe('io');
      expect(error.message).toContain('no space left');
      expect(readFileSync(target, 'utf8')).toBe('old');
      expect(readdirSync(directory)).toEqual(['report.json']);
    } finally {
      spawnSync('umount', [directory]);
    }
  });

  test('on a read-only file system says so', (context) => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', directory]).status === 0;
    if (!mounted) context.skip('mounting needs root');
    try {
      const error = errorOf(() => writeFileAtomically(target, 'x'));
      expect(error.code).toBe('cannotCreate');
      expect(error.message).toContain('read-only');
    } finally {
      spawnSync('umount', [directory]);
    }
  });
});

describe('around the file', () => {
  test('directories are made for the owner alone', () => {
    createDirectoryOf(join(directory, 'a/b/file'));
    expect(lstatSync(join(directory, 'a')).mode & 0o7777).toBe(0o700);
    expect(lstatSync(join(directory, 'a/b')).isDirectory()).toBe(true);
    writeFileSync(target, '');
    expect(errorOf(() => createDirectoryOf(join(target, 'file'))).code).toBe('cannotCreate');
  });

  test('left-overs of killed runs are removed, and nothing else', () => {
    const leftover = TemporaryFile.beside(target);
    const others = [
      'report.json',
      'report.json.tmp-1',
      'other.tmp-0123456789abcdef',
      'report.json.tmp-0123456789ABCDEF',
    ];
    for (const name of others) writeFileSync(join(directory, name), '');
    removeLeftovers(target);
    expect(readdirSync(directory).sort()).toEqual([...others].sort());
    expect(() => leftover.discard()).not.toThrow();
    expect(() => removeLeftovers(join(directory, 'none/file'))).not.toThrow();
  });
});
