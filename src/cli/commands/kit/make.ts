/** `integ kit make`: a rescue kit on a stick or for a CD. */
import { makeKit } from '../../../app/kit/make.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { formatCount } from '../../../report/quantities.ts';
import type { CommandContext } from '../../context.ts';
import type { KitMakeOptions } from './define.ts';

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(): number | undefined {
  const text = process.env['SOURCE_DATE_EPOCH'] ?? '';
  if (text === '') return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new UserError('usage', `SOURCE_DATE_EPOCH is no number of seconds: ${printableText(text)}`, {
    hint: 'unset it',
  });
}

export async function runKitMake(
  context: CommandContext,
  { expectSeal, signers }: KitMakeOptions,
  [target]: readonly [string],
): Promise<number> {
  const { facts, signature, objects, sha256 } = await makeKit(context, {
    target,
    expectSeal,
    signers,
    seconds: sourceDate(),
  });
  const name = printableText(target);
  const folder = target.endsWith('.iso') ? 'DIR' : name;
  context.terminal.print(
    [
      `Rescue kit made: ${name}`,
      '',
      `  baseline   ${formatCount(objects)} objects of ${facts.host}, sequence ${facts.sequence}, ${facts.createdAt}`,
      `  seal       ${facts.seal}`,
      `  signature  ${signature}`,
      `  runs on    Linux ${facts.arch}: integ ${facts.version}, Node.js ${facts.node}, glibc ${facts.libc}`,
      `  digest     ${sha256}`,
      '',
      'Next:',
      `  1. Write the digest down, away from the kit: integ kit verify ${folder} --expect DIGEST`,
      `  2. Keep the kit away from the host; make a new one when the baseline changes.`,
      `  3. When in doubt of the host: ${folder}/check, or from a rescue system ${folder}/check --root /mnt`,
      '',
    ].join('\n'),
  );
  return 0;
}
