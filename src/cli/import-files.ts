/** The configuration of another program on this host, as an import reads it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { pathBytes, pathFromLatin1, printable, printableText } from '../model/bytes.ts';
import { errorCode, errorMessage, UserError } from '../model/errors.ts';
import type { ImportFiles } from '../policy/import/files.ts';

const OWNER_MAY_RUN = 0o100;

function failure(path: string, error: unknown): UserError {
  const name = printable(pathFromLatin1(path));
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new UserError('missing', `${name}: no such file`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError('permission', `${name}: permission denied`, { hint: 'run as root', cause: error });
  }
  return new UserError('io', `${name}: ${printableText(errorMessage(error))}`, { cause: error });
}

function attempt<Result>(path: string, action: (bytes: Buffer) => Result): Result {
  try {
    return action(pathBytes(pathFromLatin1(path)));
  } catch (error) {
    throw failure(path, error);
  }
}

/** Paths have one character a byte, as has what is read. */
export const hostImportFiles: ImportFiles = {
  read: (file) => attempt(file, (bytes) => readFileSync(bytes, 'latin1')),
  list: (directory) =>
    attempt(directory, (bytes) => {
      const entries = readdirSync(bytes, { encoding: 'latin1' });
      const isFile = (name: string): boolean =>
        statSync(pathBytes(pathFromLatin1(`${directory}/${name}`)), { throwIfNoEntry: false })?.isFile() === true;
      return entries.filter(isFile).sort();
    }),
  exists: (path) => {
    try {
      statSync(pathBytes(pathFromLatin1(path)));
      return true;
    } catch (error) {
      // What AIDE cannot look at is not there for it either.
      if (errorCode(error) === 'EUNKNOWN') throw error;
      return false;
    }
  },
  isProgram: (file) => attempt(file, (bytes) => (statSync(bytes).mode & OWNER_MAY_RUN) !== 0),
  hostName: hostname().replace(/\..*$/, ''),
};
