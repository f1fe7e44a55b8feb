/** Who may sign: what the policy in a baseline says, and a file kept elsewhere that --signers names. */
import type { BaselineReader } from '../../baseline/reader.ts';
import { requireTrust, type SignatureVerdict } from '../../baseline/signature.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { readingProblem, readSmallFile } from '../../system/small-file.ts';
import type { Context } from '../context.ts';
import { requireSafeFile } from '../safe-files.ts';

const LONGEST_LIST = 1024 * 1024;

/** The lines of an allowed_signers file, at least one. */
export function readSigners(context: Context, file: string): readonly string[] {
  requireSafeFile(context, file, 'list of signers');
  const name = printableText(file);
  let text: string;
  try {
    text = readSmallFile(file, LONGEST_LIST).toString('utf8');
  } catch (error) {
    const { kind, reason, hint = 'name the file of allowed signers' } = readingProblem(error);
    throw new UserError(kind, `cannot read the list of signers ${name}: ${reason}`, { hint, cause: error });
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length > 0) return lines;
  throw new UserError('usage', `the list of signers ${name} names nobody`, {
    hint: 'write a name and a public key on a line: alice@example.org ssh-ed25519 AAAA…',
  });
}

/**
 * The verdict on the signature of a baseline that may be used, and its policy. The signers that the policy in it
 * demands come on top of those of `file`, since a policy that somebody put in place of another would name that
 * somebody's; it is not looked at before these are satisfied. Throws a UserError `untrusted` when a signature that is
 * demanded is not there or not valid.
 */
export function trustBaseline(
  context: Context,
  baseline: BaselineReader,
  file: string | undefined,
): { readonly verdict: SignatureVerdict; readonly loaded: LoadedPolicy } {
  const demanded = file === undefined ? undefined : requireTrust(baseline, readSigners(context, file));
  const loaded = compilePolicy(baseline.header.policy);
  const verdict = requireTrust(baseline, loaded.policy.signers);
  return { verdict: demanded ?? verdict, loaded };
}

/** The verdict in the form of a report. */
export function reportedSignature({ status, signer }: SignatureVerdict): { status: string; signer?: string } {
  return signer === undefined ? { status } : { status, signer };
}

/** The verdict in words: `valid, by alice@example.org`. */
export function signatureText({ status, signer, reason }: SignatureVerdict): string {
  if (status === 'none') return 'none';
  const detail = signer === undefined ? reason : `by ${signer}`;
  return detail === undefined ? status : `${status}, ${detail}`;
}
