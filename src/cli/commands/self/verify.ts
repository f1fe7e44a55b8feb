/** `integ self verify`: whether integ is what its package installed. */
import { verifySelf } from '../../../app/installation/self.ts';
import { VERSION } from '../../../app/version.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import { jsonDocument } from '../../../report/json.ts';
import { comparisonJson, comparisonLines } from '../../comparison-text.ts';
import type { CommandContext } from '../../context.ts';
import type { SelfVerifyOptions } from './define.ts';

export async function runSelfVerify({ terminal }: CommandContext, { format }: SelfVerifyOptions): Promise<number> {
  const comparison = await verifySelf();
  const lines = comparisonLines(
    comparison,
    `integ ${VERSION} is what was installed`,
    `integ ${VERSION} is not what was installed`,
  );
  const pieces =
    format === 'json'
      ? jsonDocument({ version: VERSION, ...comparisonJson(comparison) })
      : [
          ...lines,
          '  Compare the digest with that of the release: an integ that was replaced can say anything.',
          '',
        ].join('\n');
  for (const piece of typeof pieces === 'string' ? [pieces] : pieces) terminal.print(piece);
  return comparison.differences.length === 0 ? 0 : SYSEXITS.untrusted;
}
