/** The configuration of another program on this host, as an import reads it. */
import { readdirSync, statSync } from 'node:fs';
import { pathBytes, pathFromLatin1, printable } from '../../model/bytes.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import type { ImportFiles } from '../../policy/import/files.ts';
import { readingProblem, readSmallFile } from '../../system/small-file.ts';

const OWNER_MAY_RUN = 0o100;
const LONGEST_FILE = 16 * 1024 * 1024;

function failure(path: string, error: unknown): UserError {
  const { kind, reason, hint } = readingProblem(error);
  return new UserError(kind, `${printable(pathFromLatin1(path))}: ${reason}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

function attempt<Result>(path: string, action: (bytes: Buffer) => Result): Result {
  try {
    return action(pathBytes(pathFromLatin1(path)));
  } catch (error) {
    throw failure(path, error);
  }
}

/** Paths have one character a byte, as has what is read. `hostName`: of the host whose configuration it is. */
export const importFilesOf = (hostName: string): ImportFiles => ({
  read: (file) => attempt(file, (bytes) => readSmallFile(bytes, LONGEST_FILE).toString('latin1')),
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
  hostName: hostName.replace(/\..*$/, ''),
});
