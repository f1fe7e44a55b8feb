/**
 * Whether a baseline is known on this host, so that what it says may have effects outside of its report: programs,
 * hosts, files, secrets and recipients. Only what somebody who made another one cannot forge makes it known; that it
 * was looked at before does not.
 */
import { existsSync, realpathSync } from 'node:fs';
import { relative } from 'node:path';
import type { BaselineReader } from '../../baseline/reader.ts';
import { judgeSignature } from '../../baseline/signature.ts';
import { UserError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { historyBeside, historyPlace, openToRead, ownHistories } from '../history/run-history.ts';
import { loadContextPolicy } from '../policy/load-policy.ts';

/** What was demanded of a baseline that was let through. */
export interface Demands {
  readonly expectSeal?: string | undefined;
  readonly signers?: string | undefined;
}

/** What is said of one that is not known. */
export const NOT_KNOWN = 'this baseline is not known here';
export const HOW_TO_KNOW = 'give --expect-seal or --signers, or put it into force here with accept or policy update';

/** The system that is examined says nothing about what is known where it is examined. */
function liesInExaminedRoot({ root }: Context, file: string): boolean {
  if (root === '/') return false;
  try {
    const way = relative(realpathSync(root), realpathSync(file));
    return way !== '..' && !way.startsWith('../');
  } catch {
    return true;
  }
}

function cameIntoForceHere(context: Context, seal: string): boolean {
  const { baselineFile } = context;
  const beside = baselineFile === '-' ? [] : [historyBeside(baselineFile)];
  const files = new Set([historyPlace(context).file, ...beside, ...ownHistories()]);
  return [...files].some((file) => {
    try {
      return doesVouch(context, file, seal);
    } catch (error) {
      // What cannot be read proves nothing; that it cannot has been told where the succession was verified.
      if (error instanceof UserError) return false;
      throw error;
    }
  });
}

function doesVouch(context: Context, file: string, seal: string): boolean {
  // A warning about the permissions of a directory in which there is none would say nothing.
  const history = existsSync(file) ? openToRead(context, file) : undefined;
  if (history === undefined) return false;
  try {
    return !liesInExaminedRoot(context, file) && history.cameIntoForce(seal, context.host.identity());
  } finally {
    history.close();
  }
}

/** Whether one of those signed it whom the policy file of this host names, which is not the policy in the baseline. */
function isSignedForThisHost(context: Context, baseline: BaselineReader): boolean {
  if (baseline.signature === '') return false;
  try {
    const { signers } = loadContextPolicy(context).policy;
    return judgeSignature(baseline, signers).status === 'valid';
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Whether what was demanded of it is enough for it to be known, whatever this host remembers. */
export function isVouchedFor({ expectSeal, signers }: Demands): boolean {
  return expectSeal !== undefined || signers !== undefined;
}

/**
 * For a baseline that passed what `demands` says: its seal was the expected one, or one of the signers that were named
 * signed it. Else it has to have come into force on this host, or to be signed for it.
 */
export function isKnownHere(context: Context, baseline: BaselineReader, demands: Demands): boolean {
  if (isVouchedFor(demands)) return true;
  return cameIntoForceHere(context, baseline.seal) || isSignedForThisHost(context, baseline);
}

/** Throws a UserError `untrusted` for one that is not known. */
export function requireKnownHere(context: Context, baseline: BaselineReader, what: string): void {
  if (isKnownHere(context, baseline, {})) return;
  throw new UserError('untrusted', `${what}: ${NOT_KNOWN}`, { hint: HOW_TO_KNOW });
}
