/** Turns what SQLite, zlib and the file system throw while a history is read or written into one line for the user. */
import { printableText } from '../../model/bytes.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import { MalformedRows } from '../malformed.ts';
import { writeErrorOf } from '../sqlite-failure.ts';

const READ_ONLY: readonly string[] = ['SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH'];

export function damagedHistory(file: string, what: string, cause?: unknown): UserError {
  return new UserError('untrusted', `history ${printableText(file)}: ${what}`, {
    hint: 'find out who or what changed it; put a copy known to be good in its place, or move it away to begin anew',
    cause,
  });
}

/** The UserError for a failure; a defect of integ is handed back as it is. */
export function historyFailure(file: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof MalformedRows) return damagedHistory(file, error.message, error);
  const code = errorCode(error);
  const asSystem = (name: string) => writeErrorOf(file, error, name);
  if (code.startsWith('SQLITE_BUSY')) {
    return new UserError('locked', `history ${printableText(file)} is in use by another run of integ`, {
      hint: 'wait until it has ended',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_FULL')) return asSystem('ENOSPC');
  if (READ_ONLY.some((name) => code.startsWith(name)) || code.startsWith('SQLITE_CANTOPEN')) return asSystem('EACCES');
  if (code.startsWith('SQLITE_IOERR')) return asSystem('EIO');
  const isBroken = code.startsWith('SQLITE_') || code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE';
  if (isBroken) return damagedHistory(file, 'the file is damaged', error);
  return /^E[A-Z0-9]+$/.test(code) && code !== 'EUNKNOWN' ? asSystem(code) : error;
}
