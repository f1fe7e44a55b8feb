/** Turns what SQLite and the file system throw while a baseline is read or written into one line for the user. */
import { printableText } from '../model/bytes.ts';
import { errorCode, errorMessage, UserError } from '../model/errors.ts';
import { writeError } from '../system/safe-write.ts';
import { MalformedRows } from './malformed.ts';

/** What SQLite calls the failures of the system underneath, by the beginning of its code. */
const SYSTEM_CODES: readonly (readonly [sqlite: string, system: string])[] = [
  ['SQLITE_FULL', 'ENOSPC'],
  ['SQLITE_READONLY', 'EROFS'],
  ['SQLITE_PERM', 'EACCES'],
  ['SQLITE_CANTOPEN', 'EIO'],
  ['SQLITE_IOERR', 'EIO'],
];

/** The symbolic errno behind an error of SQLite or Node; undefined when the error tells of a defect. */
function systemCode(error: unknown): string | undefined {
  const code = errorCode(error);
  if (/^E[A-Z0-9]+$/.test(code) && code !== 'EUNKNOWN') return code;
  return SYSTEM_CODES.find(([sqlite]) => code.startsWith(sqlite))?.[1];
}

/** The UserError for a failure to write that the system calls `code`. */
export function writeErrorOf(file: string, error: unknown, code: string): UserError {
  return writeError(file, Object.assign(new Error(errorMessage(error), { cause: error }), { code }));
}

/** The UserError for a failure to write; a defect of integ is handed back as it is. */
export function writeFailure(file: string, error: unknown): unknown {
  const code = systemCode(error);
  return code === undefined || error instanceof UserError ? error : writeErrorOf(file, error, code);
}

export function untrusted(file: string, what: string, hint: string, cause?: unknown): UserError {
  return new UserError('untrusted', `baseline ${printableText(file)}: ${what}`, { hint, cause });
}

const DAMAGED_HINT = 'take a copy known to be good; find out who or what changed the file';

/** The file is a baseline, but not as integ left it. */
export function damaged(file: string, what: string, cause?: unknown): UserError {
  return untrusted(file, what, DAMAGED_HINT, cause);
}

/** The UserError for a failure to read; a defect of integ is handed back as it is. */
export function readFailure(file: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof MalformedRows) return damaged(file, error.message, error);
  const name = printableText(file);
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError('missing', `there is no baseline ${name}`, {
        hint: 'make one with integ init, or name another with --baseline',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new UserError('permission', `baseline ${name}: permission denied`, {
        hint: 'run as the user who owns it',
        cause: error,
      });
    case undefined:
      // Whatever else SQLite refuses to read was not written by integ: tables and queries are ours.
      return errorCode(error).startsWith('SQLITE_') ? damaged(file, 'the file is damaged', error) : error;
    default:
      return new UserError('io', `baseline ${name}: ${printableText(errorMessage(error))}`, {
        hint: 'look for disk errors in the log of the kernel',
        cause: error,
      });
  }
}
