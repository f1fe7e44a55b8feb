/** A policy file of the host that integ runs on, as bytes: whose it is and what it says is looked at elsewhere. */
import { printableText } from '../../model/bytes.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import { LONGEST_POLICY } from '../../policy/load.ts';
import { readingProblem, readSmallFile } from '../../system/small-file.ts';

const ANOTHER = 'name another one with --policy, or --policy builtin:default for the one shipped for this system';

/** Throws a UserError (missing, permission, policy, io) that names the file. */
export function readPolicyFile(file: string): Uint8Array {
  try {
    return readSmallFile(file, LONGEST_POLICY);
  } catch (error) {
    const { kind, reason, hint } = readingProblem(error);
    // What is there, and is no text that could be a policy, is a mistake in what was named.
    const isNone = errorCode(error) === 'EINVAL' || errorCode(error) === 'EFBIG';
    const mend = kind === 'missing' ? ANOTHER : hint;
    throw new UserError(isNone ? 'policy' : kind, `policy ${printableText(file)}: ${reason}`, {
      ...(mend === undefined ? {} : { hint: mend }),
      cause: error,
    });
  }
}
