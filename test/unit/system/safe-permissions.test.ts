/** Who else could change a file: owners, rights, directories above it, links on the way. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findUnsafePermissions } from '../../../src/system/safe-permissions.ts';
import { isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const STRANGER = 12345;

function fileIn(directory: string, name = 'file'): string {
  const file = join(directory, name);
  writeFileSync(file, 'x', { mode: 0o644 });
  return file;
}

function problems(file: string): string[] {
  return findUnsafePermissions(file).map(({ problem, mend }) => `${problem}: ${mend}`);
}

test('a file of our own below a sticky directory of root is safe', () => {
  expect(problems(fileIn(scratchDirectory()))).toEqual([]);
});

test('a file that everybody may write is not, and the command that mends it does', () => {
  const file = fileIn(scratchDirectory(), "it's");
  chmodSync(file, 0o646);
  const [found] = findUnsafePermissions(file);
  expect(found?.problem).toBe(`${file} may be written by everybody`);
  execFileSync('/bin/sh', ['-c', found?.mend ?? '']);
  expect(problems(file)).toEqual([]);
});

test('each directory on the way counts', () => {
  const directory = scratchDirectory();
  mkdirSync(join(directory, 'a/b'), { recursive: true });
  const file = fileIn(join(directory, 'a/b'));
  chmodSync(join(directory, 'a'), 0o777);
  expect(problems(file)).toEqual([`${directory}/a may be written by everybody: chmod o-w ${directory}/a`]);
  chmodSync(join(directory, 'a'), 0o1777);
  expect(problems(file)).toEqual([]);
});

test.skipIf(!isRoot())('in a sticky directory somebody else can have put the file there (needs root)', () => {
  const directory = scratchDirectory();
  chmodSync(directory, 0o1777);
  const file = fileIn(directory);
  chownSync(file, STRANGER, STRANGER);
  expect(problems(file)).toEqual([`${file} is owned by uid ${STRANGER}: chown root ${file}`]);
});

test.skipIf(!isRoot())('a group that may write is one of strangers, unless it is that of root (needs root)', () => {
  const file = fileIn(scratchDirectory());
  chmodSync(file, 0o664);
  expect(problems(file)).toEqual([]);
  chownSync(file, 0, STRANGER);
  expect(problems(file)).toEqual([`${file} may be written by gid ${STRANGER}: chmod g-w ${file}`]);
});

test.skipIf(!isRoot() || spawnSync('setfacl', ['--version']).error !== undefined)(
  'somebody whom an ACL names counts (needs root and setfacl)',
  () => {
    const file = fileIn(scratchDirectory());
    execFileSync('setfacl', ['-m', `u:${STRANGER}:rw`, file]);
    expect(problems(file)).toEqual([`${file} may be written by uid ${STRANGER}: chmod g-w ${file}`]);
    execFileSync('chmod', ['g-w', file]);
    expect(problems(file)).toEqual([]);
    execFileSync('setfacl', ['-b', '-m', `u:${STRANGER}:r,u:0:rw`, file]);
    expect(problems(file)).toEqual([]);
  },
);

test('of a symbolic link both sides count, and so does the way to what it leads to', () => {
  const [here, there] = [scratchDirectory(), scratchDirectory()];
  mkdirSync(join(there, 'open'));
  const file = fileIn(join(there, 'open'));
  symlinkSync(join(there, 'open'), join(here, 'link'));
  const named = join(here, 'link', 'file');
  expect(problems(named)).toEqual([]);
  chmodSync(join(there, 'open'), 0o777);
  expect(problems(named)).toEqual([`${there}/open may be written by everybody: chmod o-w ${there}/open`]);
  chmodSync(join(there, 'open'), 0o755);
  chmodSync(file, 0o666);
  expect(problems(`${here}/../${here.split('/').at(-1)}/link/./file`)).toHaveLength(1);
  chmodSync(file, 0o644);
  chmodSync(here, 0o777);
  expect(problems(named)).toEqual([`${here} may be written by everybody: chmod o-w ${here}`]);
});

test('what is not there is judged by the directories that are', () => {
  const directory = scratchDirectory();
  expect(problems(join(directory, 'no/where'))).toEqual([]);
  chmodSync(directory, 0o777);
  expect(problems(join(directory, 'no/where'))).toHaveLength(1);
  symlinkSync('loop', join(directory, 'loop'));
  expect(problems(join(directory, 'loop'))).toHaveLength(1);
});

test('an open descriptor is what the caller has chosen', () => {
  expect(problems('/dev/fd/0')).toEqual([]);
});

test('a name that a terminal would obey is shown and mended escaped', () => {
  const file = fileIn(scratchDirectory(), 'a\x1b[2J\nb');
  chmodSync(file, 0o666);
  const [found] = findUnsafePermissions(file);
  expect(found?.problem).not.toContain('\x1b');
  execFileSync('/bin/bash', ['-c', found?.mend ?? '']);
  expect(problems(file)).toEqual([]);
});

test.skipIf(!isRoot())('on a file system that is read-only rights say nothing (needs the right to mount)', () => {
  const directory = scratchDirectory();
  if (spawnSync('mount', ['-t', 'tmpfs', 'integ-test', directory]).status !== 0) return;
  onTestFinished(() => {
    execFileSync('umount', [directory]);
  });
  const file = fileIn(directory);
  chmodSync(file, 0o666);
  expect(problems(file)).toHaveLength(1);
  execFileSync('mount', ['-o', 'remount,ro', directory]);
  expect(problems(file)).toEqual([]);
});
