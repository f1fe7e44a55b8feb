/** Whether the policy that a baseline was made by is still the one on disk. */
import { UserError } from '../../model/errors.ts';
import { ownKit } from '../../system/own-kit.ts';
import { isPolicy, loadContextPolicy, policyName, policyNameFor } from '../policy/load-policy.ts';
import { UnsafeFileError } from '../safe-files.ts';
import type { CheckInput } from './check-input.ts';

/** Whether the policy on disk is still the one in the baseline. One that cannot be loaded is not. */
export function matchesFile(input: CheckInput): boolean {
  const { context, baseline, loaded, isKnown } = input;
  if (!isHeldAgainstFile(input)) return true;
  try {
    const name = policyNameFor(context, baseline.header.policy, isKnown);
    return isKnown ? isPolicy(context, name, loaded) : loadContextPolicy(context, name).sha256 === loaded.sha256;
  } catch (error) {
    // Who can change the file must not be able to keep a check from being made that has no effect.
    if (error instanceof UserError && (input.isReportOnly || !(error instanceof UnsafeFileError))) return false;
    throw error;
  }
}

/**
 * The policy file of this host says nothing about another one, unless it was named for this check; and a baseline that
 * is not known here names no file to be read.
 */
export function isHeldAgainstFile({ context, baseline, remote, isKnown }: CheckInput): boolean {
  if (context.policyFile !== undefined) return true;
  // Where a rescue kit examines a disk, the files of the system that runs are of neither.
  if (context.root !== '/' && ownKit() !== undefined) return false;
  return remote === undefined && (isKnown || policyName(context) === baseline.header.policy[0]?.name);
}
