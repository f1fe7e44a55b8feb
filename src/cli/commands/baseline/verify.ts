/** `integ baseline verify`: the bytes, the seal and the signature of a baseline. */
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
import { signatureText, trustBaseline } from '../../../app/generation/signers.ts';
import { printableText } from '../../../model/bytes.ts';
import { formatCount } from '../../../report/quantities.ts';
import type { CommandContext } from '../../context.ts';
import type { BaselineVerifyOptions } from './define.ts';

export async function runBaselineVerify(
  context: CommandContext,
  { expectSeal, signers }: BaselineVerifyOptions,
  [file = context.baselineFile]: readonly [string | undefined],
): Promise<number> {
  const baseline = await openBaselineSource(context, { file, expectSeal });
  try {
    const { header, seal, entryCount } = baseline;
    const { verdict } = trustBaseline(context, baseline, signers);
    const against = expectSeal === undefined ? '' : ', as expected';
    context.terminal.print(
      [
        `The baseline is intact: ${printableText(baseline.file)}`,
        `  ${formatCount(entryCount)} objects of ${printableText(header.host)}, sequence ${header.sequence}, ${printableText(header.createdAt)}`,
        `  seal ${seal}${against}`,
        `  signature ${signatureText(verdict)}`,
        ...(expectSeal === undefined
          ? ['  Compare the seal with the one you wrote down, or give it: integ baseline verify --expect-seal SEAL']
          : []),
        '',
      ].join('\n'),
    );
    return 0;
  } finally {
    baseline.close();
  }
}
