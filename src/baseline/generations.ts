/**
 * Generations as files: the baseline in force is FILE, the one with sequence N before it stays as FILE.gen-N, and one
 * that waits for its signature is FILE.candidate. For the holder of the lock; at every moment FILE is a whole baseline.
 */
import { closeSync, linkSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../model/errors.ts';
import type { Policy } from '../model/rule.ts';
import { isTrustedOwner } from '../system/own-file.ts';
import { removeLeftovers, syncDirectory, TemporaryFile, writeError } from '../system/safe-write.ts';
import { openRegular } from '../system/small-file.ts';
import { byteLength, readBytes } from './trailer.ts';

/** Older generations that stay when the policy does not say. */
export const DEFAULT_KEEP = 30;

const CHUNK = 1 << 20;
const SUFFIX = /^\.gen-([1-9][0-9]*)$/;

export interface GenerationFile {
  readonly sequence: number;
  readonly file: string;
}

export function generationFile(file: string, sequence: number): string {
  return `${file}.gen-${sequence}`;
}

export function candidateFile(file: string): string {
  return `${file}.candidate`;
}

/**
 * Where a new generation is written: it takes force at once, unless its policy or the one that is in force demands a
 * signature. (If only its own counted, a policy without signers would lift the demand unsigned.)
 */
export function standingOf(
  file: string,
  policies: readonly Pick<Policy, 'signers'>[],
): { readonly target: string; readonly isCandidate: boolean } {
  const isCandidate = policies.some(({ signers }) => signers.length > 0);
  return { target: isCandidate ? candidateFile(file) : file, isCandidate };
}

/** The older generations beside a baseline, newest first. */
export function olderGenerations(file: string): readonly GenerationFile[] {
  const directory = dirname(file);
  const start = basename(file);
  const found: GenerationFile[] = [];
  for (const name of readdirSync(directory)) {
    const sequence = name.startsWith(start) ? SUFFIX.exec(name.slice(start.length))?.[1] : undefined;
    if (sequence !== undefined) found.push({ sequence: Number(sequence), file: join(directory, name) });
  }
  return found.sort((left, right) => right.sequence - left.sequence);
}

function isSameFile(left: string, right: string): boolean {
  const [one, other] = [left, right].map((file) => lstatSync(file, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

/**
 * Gives the baseline in force a second name under which it stays when another takes its place. Throws a UserError
 * (73, 74 or 77); the baseline is untouched then.
 */
export function keepGeneration(file: string, sequence: number): void {
  const kept = generationFile(file, sequence);
  // A run that was killed between this and the replacement has done it already.
  if (isSameFile(file, kept)) return;
  try {
    linkSync(file, kept);
    syncDirectory(dirname(kept));
  } catch (error) {
    // The name is taken by another file of that number, or the file system has no hard links: copy, whole or not at
    // all.
    if (errorCode(error) === 'ENOENT') throw writeError(kept, error);
    copyWhole(file, kept);
  }
}

function copyWhole(from: string, to: string): void {
  removeLeftovers(to);
  const copy = TemporaryFile.beside(to);
  try {
    const source = openRegular(from);
    try {
      const end = byteLength(source);
      for (let at = 0; at < end; at += CHUNK) copy.write(readBytes(source, at, Math.min(end, at + CHUNK)));
    } finally {
      closeSync(source);
    }
  } catch (error) {
    copy.discard();
    throw writeError(to, error);
  }
  copy.publish();
}

/**
 * Puts the candidate, whole and signed, in the place of the baseline that is in force, which stays as `FILE.gen-N`;
 * `sequence` is its number, or undefined when there is none. Throws a UserError; the baseline in force is whole then.
 */
export function promoteCandidate(file: string, sequence: number | undefined): void {
  if (sequence !== undefined) keepGeneration(file, sequence);
  try {
    renameSync(candidateFile(file), file);
    syncDirectory(dirname(file));
  } catch (error) {
    throw writeError(file, error);
  }
}

/** One that has just been in force has a second name for a moment, so hard links say nothing here. */
function isOwnGeneration(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true && isTrustedOwner(found);
}

/** Removes the oldest generations beyond `keep`. The number removed. */
export function pruneGenerations(file: string, keep: number): number {
  // What somebody else put there under such a name neither counts nor goes.
  const old = olderGenerations(file)
    .filter((generation) => isOwnGeneration(generation.file))
    .slice(keep);
  try {
    for (const generation of old) unlinkSync(generation.file);
  } catch (error) {
    throw writeError(file, error);
  }
  return old.length;
}
