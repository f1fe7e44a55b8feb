/** What is wrong in an imported file, for the person who asked for the import. */
import { pathFromLatin1, printable } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { bytesStart } from '../../model/excerpt.ts';
import type { Place } from './notes.ts';

/** A mistake at a line; the program that the file is for would refuse it too. */
export function mistake({ file, line }: Place, problem: string): UserError {
  return new UserError('policy', `${printable(pathFromLatin1(file))}:${line}: ${problem}`);
}

const LONGEST_SHOWN = 500;

/** Bytes of the file, for a message; the first of them when there are many. */
export function shown(bytes: string): string {
  return bytesStart(bytes, LONGEST_SHOWN);
}
