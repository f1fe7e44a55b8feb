/** `integ baseline sign`: signs the baseline, or the candidate that waits for a signature and takes force by it. */
import { existsSync, readFileSync } from 'node:fs';
import { copyBaseline } from '../../baseline/copy.ts';
import { candidateFile, DEFAULT_KEEP, promoteCandidate, pruneGenerations } from '../../baseline/generations.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import {
  judgeSignature,
  requireSignatureOver,
  type SignatureVerdict,
  signersOf,
  signManifest,
} from '../../baseline/signature.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { compilePolicy } from '../../policy/load.ts';
import { acquireLock } from '../../system/lock.ts';
import { removeLeftovers } from '../../system/safe-write.ts';
import { readingProblem, readSmallFile } from '../../system/small-file.ts';
import { openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { rememberGeneration } from '../run-history.ts';
import { requireSafeFile } from '../safe-files.ts';
import { signatureText } from '../signers.ts';

interface SignOptions {
  readonly key?: string;
  readonly manifest?: boolean;
  readonly signature?: string;
}

const STANDARD = '-';
const STDIN = 0;
const LONGEST_SIGNATURE = 1024 * 1024;

export async function runBaselineSign(
  context: Context,
  _operands: readonly string[],
  options: SignOptions,
): Promise<number> {
  const { key, signature, manifest = false } = options;
  if ([key !== undefined, signature !== undefined, manifest].filter(Boolean).length !== 1) {
    throw new UserError('usage', 'give one of --key FILE, --manifest and --signature FILE', {
      hint: '--key signs here; --manifest prints what to sign elsewhere, --signature takes the result',
    });
  }
  if (manifest) return printManifest(context);
  const file = context.baselineFile;
  if (file === STANDARD) {
    throw new UserError('usage', 'a baseline from standard input cannot be signed', {
      hint: 'name a file with --baseline, or carry the manifest: integ baseline sign --manifest --baseline -',
    });
  }
  requireSafeFile(context, file, 'baseline');
  const lock = acquireLock(file, 'baseline sign');
  const unregister = context.onSignal(() => lock.release());
  try {
    return await sign(context, file, (text) =>
      key === undefined ? readSignature(signature ?? '') : signManifest(text, key),
    );
  } finally {
    lock.release();
    unregister();
  }
}

/** What is to be signed: the candidate when there is one. */
function subjectOf(file: string): { readonly subject: string; readonly isCandidate: boolean } {
  const candidate = candidateFile(file);
  const isCandidate = file !== STANDARD && existsSync(candidate);
  return { subject: isCandidate ? candidate : file, isCandidate };
}

async function printManifest(context: Context): Promise<number> {
  const { subject, isCandidate } = subjectOf(context.baselineFile);
  const baseline = await openBaselineSource(context, { file: subject, expectSeal: undefined });
  try {
    if (isCandidate) context.terminal.note(`this is the manifest of the candidate ${printableText(subject)}`);
    context.terminal.print(baseline.manifest);
    return 0;
  } finally {
    baseline.close();
  }
}

async function sign(context: Context, file: string, signatureOver: (manifest: string) => string): Promise<number> {
  const { subject, isCandidate } = subjectOf(file);
  const baseline = await openBaselineSource(context, { file: subject, expectSeal: undefined });
  try {
    removeLeftovers(subject);
    const current = isCandidate ? await currentOf(context, file, baseline) : undefined;
    const signature = signatureOver(baseline.manifest);
    const verdict = requireDemanded(baseline, signature, [signersOf(baseline), current?.signers ?? []]);
    const signed = { manifest: baseline.manifest, signature };
    await copyBaseline({ source: subject, target: subject, seal: baseline.seal, signed });
    if (isCandidate) putIntoForce(context, file, baseline, current?.sequence);
    context.terminal.print(
      [
        `Baseline signed${isCandidate ? ', and now in force' : ''}: ${printableText(file)}`,
        `  sequence ${baseline.header.sequence}, seal ${baseline.seal}`,
        `  signature ${signatureText(verdict)}`,
        '',
      ].join('\n'),
    );
    return 0;
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

/** Throws a UserError `untrusted` unless the signature is one over this baseline, by one of each list that names any. */
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

function readSignature(file: string): string {
  try {
    return file === STANDARD ? readFileSync(STDIN, 'utf8') : readSmallFile(file, LONGEST_SIGNATURE).toString('utf8');
  } catch (error) {
    const { kind, reason, hint = 'name what ssh-keygen wrote' } = readingProblem(error);
    throw new UserError(kind, `cannot read the signature ${printableText(file)}: ${reason}`, { hint, cause: error });
  }
}
