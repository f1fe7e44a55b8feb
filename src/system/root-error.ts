/** What is said when the directory that is to be examined as root cannot be. */
import { errorCode, errorMessage, UserError } from '../model/errors.ts';

/** `root`: printable. */
export function rootError(root: string, error: unknown): UserError {
  const kind = errorCode(error) === 'EACCES' ? 'permission' : 'missing';
  return new UserError(kind, `cannot open the root directory ${root}: ${errorMessage(error)}`, {
    hint: 'name an existing directory with --root',
    cause: error,
  });
}
