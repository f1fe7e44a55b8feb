/** `integ kit verify`: whether a rescue kit is what it was when it was made. */
import { verifyKit } from '../../../app/kit/verify.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import { jsonDocument } from '../../../report/json.ts';
import { comparisonJson, comparisonLines } from '../../comparison-text.ts';
import type { CommandContext } from '../../context.ts';
import type { KitVerifyOptions } from './define.ts';

export async function runKitVerify(
  { terminal }: CommandContext,
  { format, expect }: KitVerifyOptions,
  [folder]: readonly [string],
): Promise<number> {
  const verdict = await verifyKit(folder, expect);
  const { differences, isExpected } = verdict;
  if (format === 'json') {
    const document = { ...comparisonJson(verdict), ...(isExpected === undefined ? {} : { isExpected }) };
    for (const piece of jsonDocument(document)) terminal.print(piece);
  } else {
    const lines = comparisonLines(verdict, 'The kit agrees with its list', 'The kit does not agree with its list');
    terminal.print([...lines, `  ${EXPECTATION[String(isExpected)]}`, ''].join('\n'));
  }
  return differences.length === 0 && isExpected !== false ? 0 : SYSEXITS.untrusted;
}

const EXPECTATION: Readonly<Record<string, string>> = {
  true: 'The digest is the expected one.',
  false: 'THE DIGEST IS NOT THE EXPECTED ONE: this is another kit, or its list was replaced.',
  undefined: 'Whoever changes a kit can change its list: compare the digest with the one written down (--expect).',
};
