import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  candidateFile,
  generationFile,
  keepGeneration,
  olderGenerations,
  promoteCandidate,
  pruneGenerations,
  standingOf,
} from '../../../src/baseline/generations.ts';
import { ending, HEADER, listing, writeBaseline } from '../../support/baselines.ts';
import { isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';

describe('the generation that is replaced', () => {
  test('stays as FILE.gen-N, and the baseline is there all the time', () => {
    const file = join(scratchDirectory(), 'b.db');
    writeBaseline(file);
    const before = readFileSync(file);
    keepGeneration(file, 1);
    expect(readFileSync(file)).toEqual(before);
    writeBaseline(file, [], { ...HEADER, sequence: 2 });
    expect(readFileSync(generationFile(file, 1))).toEqual(before);
    expect(statSync(generationFile(file, 1)).mode & 0o777).toBe(0o600);
    expect(listing(file)).toEqual([]);
  });

  test('may be kept twice, as after a run that was killed in between', () => {
    const file = join(scratchDirectory(), 'b.db');
    writeBaseline(file);
    keepGeneration(file, 1);
    keepGeneration(file, 1);
    expect(olderGenerations(file)).toHaveLength(1);
  });

  test('takes the place of a file with its number that is another one', () => {
    const file = join(scratchDirectory(), 'b.db');
    writeBaseline(file);
    writeFileSync(generationFile(file, 1), 'something else');
    keepGeneration(file, 1);
    expect(readFileSync(generationFile(file, 1))).toEqual(readFileSync(file));
    expect(statSync(generationFile(file, 1)).ino).not.toBe(statSync(file).ino);
  });

  test('is copied where there are no hard links', ({ skip }) => {
    if (!isRoot() || !existsSync('/sbin/mkfs.vfat')) skip('needs root and mkfs.vfat');
    const directory = scratchDirectory();
    const image = join(directory, 'image');
    const mounted = join(directory, 'mounted');
    mkdirSync(mounted);
    try {
      execFileSync('/bin/dd', ['if=/dev/zero', `of=${image}`, 'bs=1M', 'count=4'], { stdio: 'ignore' });
      execFileSync('/sbin/mkfs.vfat', [image], { stdio: 'ignore' });
      execFileSync('/bin/mount', ['-o', 'loop', image, mounted], { stdio: 'ignore' });
    } catch {
      skip('cannot mount an image here');
    }
    onTestFinished(() => {
      execFileSync('/bin/umount', [mounted]);
    });
    const file = join(mounted, 'b.db');
    writeBaseline(file);
    keepGeneration(file, 1);
    expect(readFileSync(generationFile(file, 1))).toEqual(readFileSync(file));
  });

  test('that is missing is an error, and nothing is left behind', () => {
    const directory = scratchDirectory();
    expect(ending(() => keepGeneration(join(directory, 'b.db'), 1))).toMatchObject({ exit: 73 });
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('older generations', () => {
  test('are listed by number, newest first, and nothing else is', () => {
    const directory = scratchDirectory();
    const file = join(directory, 'b.db');
    for (const name of ['b.db.gen-2', 'b.db.gen-10', 'b.db.gen-9', 'b.db.gen-9.history', 'b.db.gen-', 'b.db.gen-0x1']) {
      writeFileSync(join(directory, name), '');
    }
    writeFileSync(join(directory, 'other.db.gen-3'), '');
    expect(olderGenerations(file).map(({ sequence }) => sequence)).toEqual([10, 9, 2]);
  });

  test('beyond the number to keep are removed, oldest first', () => {
    const directory = scratchDirectory();
    const file = join(directory, 'b.db');
    for (const number of [1, 2, 3, 4]) writeFileSync(generationFile(file, number), '');
    expect(pruneGenerations(file, 2)).toBe(2);
    expect(olderGenerations(file).map(({ sequence }) => sequence)).toEqual([4, 3]);
    expect(pruneGenerations(file, 0)).toBe(2);
  });
});

describe('a candidate', () => {
  test('is what a new generation is, when the old or the new policy demands a signature', () => {
    const demanding = { signers: ['alice ssh-ed25519 AAAA'] };
    const free = { signers: [] };
    expect(standingOf('b.db', [free, free])).toEqual({ target: 'b.db', isCandidate: false });
    expect(standingOf('b.db', [demanding, free])).toEqual({ target: 'b.db.candidate', isCandidate: true });
    expect(standingOf('b.db', [free, demanding])).toEqual({ target: 'b.db.candidate', isCandidate: true });
  });

  test('takes the place of the baseline, which stays as an older generation', () => {
    const file = join(scratchDirectory(), 'b.db');
    writeBaseline(file);
    const before = readFileSync(file);
    writeBaseline(candidateFile(file), [], { ...HEADER, sequence: 2 });
    promoteCandidate(file, 1);
    expect(listing(file)).toEqual([]);
    expect(readFileSync(generationFile(file, 1))).toEqual(before);
    expect(existsSync(candidateFile(file))).toBe(false);
  });

  test('that is missing leaves the baseline in force', () => {
    const file = join(scratchDirectory(), 'b.db');
    writeBaseline(file);
    const before = readFileSync(file);
    expect(ending(() => promoteCandidate(file, 1))).toMatchObject({ exit: 73 });
    expect(readFileSync(file)).toEqual(before);
  });
});
