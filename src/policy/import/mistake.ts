/** What is wrong in an imported file, for the person who asked for the import. */
import { pathFromLatin1, printable } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { Place } from './notes.ts';

/** A mistake at a line; the program that the file is for would refuse it too. */
export function mistake({ file, line }: Place, problem: string): UserError {
  return new UserError('policy', `${printable(pathFromLatin1(file))}:${line}: ${problem}`);
}

/** Bytes of the file, for a message. */
export function shown(bytes: string): string {
  return printable(pathFromLatin1(bytes));
}
