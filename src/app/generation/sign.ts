/** Signs a baseline, and puts a candidate into force by its signature. */
import { existsSync } from 'node:fs';
import { copyBaseline } from '../../baseline/copy.ts';
import { candidateFile, DEFAULT_KEEP, promoteCandidate, pruneGenerations } from '../../baseline/generations.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import { judgeSignature, requireSignatureOver, type SignatureVerdict, signersOf } from '../../baseline/signature.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { compilePolicy } from '../../policy/load.ts';
import { acquireLock } from '../../system/lock.ts';
import { removeLeftovers } from '../../system/safe-write.ts';
import type { Context } from '../context.ts';
import { rememberGeneration } from '../history/run-history.ts';
import { requireSafeFile } from '../safe-files.ts';
import { openBaselineSource } from './baseline-source.ts';

const STANDARD = '-';

/** What is to be signed: the candidate when there is one. */
export function toBeSigned(file: string): { readonly subject: string; readonly isCandidate: boolean } {
  const candidate = candidateFile(file);
  const isCandidate = file !== STANDARD && existsSync(candidate);
  return { subject: isCandidate ? candidate : file, isCandidate };
}

export interface Signed {
  readonly sequence: number;
  readonly seal: string;
  readonly verdict: SignatureVerdict;
  /** Whether it was a candidate, which is in force now. */
  readonly wasCandidate: boolean;
}

/**
 * Signs the baseline, or the candidate that waits for a signature and takes force by it, while nobody else may write
 * it.
 */
export async function signBaseline(
  context: Context,
  file: string,
  signatureOver: (manifest: string) => string,
): Promise<Signed> {
  requireSafeFile(context, file, 'baseline');
  const lock = acquireLock(file, 'baseline sign', context.host);
  const unregister = context.onSignal(() => lock.release());
  try {
    return await sign(context, file, signatureOver);
  } finally {
    lock.release();
    unregister();
  }
}

async function sign(context: Context, file: string, signatureOver: (manifest: string) => string): Promise<Signed> {
  const { subject, isCandidate } = toBeSigned(file);
  const baseline = await openBaselineSource(context, { file: subject, expectSeal: undefined });
  try {
    removeLeftovers(subject);
    const current = isCandidate ? await currentOf(context, file, baseline) : undefined;
    const signature = signatureOver(baseline.manifest);
    const verdict = requireDemanded(baseline, signature, [signersOf(baseline), current?.signers ?? []]);
    const signed = { manifest: baseline.manifest, signature };
    await copyBaseline({ source: subject, target: subject, seal: baseline.seal, signed });
    if (isCandidate) putIntoForce(context, file, baseline, current?.sequence);
    return { sequence: baseline.header.sequence, seal: baseline.seal, verdict, wasCandidate: isCandidate };
  } finally {
    baseline.close();
  }
}

function putIntoForce(context: Context, file: string, candidate: BaselineReader, replaced: number | undefined): void {
  promoteCandidate(file, replaced);
  rememberGeneration(context, candidate);
  pruneGenerations(file, compilePolicy(candidate.header.policy).policy.keepGenerations ?? DEFAULT_KEEP);
}

/** What the candidate follows; undefined for a first baseline. Its signers count: no policy appoints its own. */
async function currentOf(
  context: Context,
  file: string,
  candidate: BaselineReader,
): Promise<{ readonly sequence: number; readonly signers: readonly string[] } | undefined> {
  if (!existsSync(file)) return undefined;
  const current = await openBaselineSource(context, { file, expectSeal: undefined });
  try {
    const { sequence } = current.header;
    const follows = candidate.header.previousSeal === current.seal && candidate.header.sequence > sequence;
    if (follows) return { sequence, signers: signersOf(current) };
    throw new UserError('untrusted', `${printableText(candidate.file)} does not follow the baseline in force`, {
      hint: 'it was made from another one: remove it and accept again',
    });
  } finally {
    current.close();
  }
}

/**
 * Throws a UserError `untrusted` unless the signature is one over this baseline, by one of each list that names any.
 */
function requireDemanded(
  { manifest }: BaselineReader,
  signature: string,
  demands: readonly (readonly string[])[],
): SignatureVerdict {
  const verdicts = demands
    .filter((signers) => signers.length > 0)
    .map((signers) => judgeSignature({ manifest, signature }, signers));
  const refused = verdicts.find(({ status }) => status !== 'valid');
  if (refused !== undefined) {
    throw new UserError('untrusted', `this signature would not be valid: ${refused.reason ?? 'there is none'}`, {
      hint: 'sign with a key that baseline.signers of the policy names, in the old policy and in the new one',
    });
  }
  requireSignatureOver(manifest, signature, 'the signature');
  return verdicts[0] ?? judgeSignature({ manifest, signature }, []);
}
