/** `integ baseline sign`: signs the baseline, or the candidate that waits for a signature and takes force by it. */
import { readFileSync } from 'node:fs';
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
import { signBaseline, toBeSigned } from '../../../app/generation/sign.ts';
import { signatureText } from '../../../app/generation/signers.ts';
import { signManifest } from '../../../baseline/signature.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { readingProblem, readSmallFile } from '../../../system/small-file.ts';
import type { CommandContext } from '../../context.ts';
import type { BaselineSignOptions } from './define.ts';

const STANDARD = '-';
const STDIN = 0;
const LONGEST_SIGNATURE = 1024 * 1024;

export async function runBaselineSign(context: CommandContext, options: BaselineSignOptions): Promise<number> {
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
  const signed = await signBaseline(context, file, (text) =>
    key === undefined ? readSignature(signature ?? '') : signManifest(text, key),
  );
  context.terminal.print(
    [
      `Baseline signed${signed.wasCandidate ? ', and now in force' : ''}: ${printableText(file)}`,
      `  sequence ${signed.sequence}, seal ${signed.seal}`,
      `  signature ${signatureText(signed.verdict)}`,
      '',
    ].join('\n'),
  );
  return 0;
}

async function printManifest(context: CommandContext): Promise<number> {
  const { subject, isCandidate } = toBeSigned(context.baselineFile);
  const baseline = await openBaselineSource(context, { file: subject, expectSeal: undefined });
  try {
    if (isCandidate) context.terminal.note(`this is the manifest of the candidate ${printableText(subject)}`);
    context.terminal.print(baseline.manifest);
    return 0;
  } finally {
    baseline.close();
  }
}

function readSignature(file: string): string {
  try {
    return file === STANDARD ? readFileSync(STDIN, 'utf8') : readSmallFile(file, LONGEST_SIGNATURE).toString('utf8');
  } catch (error) {
    const { kind, reason, hint = 'name what ssh-keygen wrote' } = readingProblem(error);
    throw new UserError(kind, `cannot read the signature ${printableText(file)}: ${reason}`, { hint, cause: error });
  }
}
