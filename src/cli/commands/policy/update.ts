/** `integ policy update`: puts an edited policy into force without accepting any change. */
import { originOf, type WrittenGeneration } from '../../../app/generation/new-generation.ts';
import type { PolicyChangeResult } from '../../../app/generation/policy-change.ts';
import { updatePolicy } from '../../../app/generation/update-policy.ts';
import { type Path, printable, printableText } from '../../../model/bytes.ts';
import { INCOMPLETE_EXIT } from '../../../model/exit.ts';
import { formatCount } from '../../../report/quantities.ts';
import type { CommandContext } from '../../context.ts';
import { generationLines, nextSteps } from '../../generation-text.ts';
import type { PolicyUpdateOptions } from './define.ts';

/** Paths of a list that are shown without --verbose. */
const SHOWN = 20;

export async function runPolicyUpdate(context: CommandContext, options: PolicyUpdateOptions): Promise<number> {
  const { terminal } = context;
  const origin = originOf(context, 'policy update', options);
  const { loaded, made } = await updatePolicy(context, { origin, expectSeal: options.expectSeal });
  if (made === undefined) {
    terminal.print(
      `Nothing to do: the policy is in force already: ${printableText(loaded.policy.name)}, ${loaded.sha256}\n`,
    );
    return 0;
  }
  terminal.print(updateText(made.written, made.result, terminal.isVerbose));
  return made.result.failures.length === 0 ? 0 : INCOMPLETE_EXIT;
}

function updateText(written: WrittenGeneration, result: PolicyChangeResult, isVerbose: boolean): string {
  const { kept, added, dropped, completed, differing, failures } = result;
  const [title = '', ...lines] = generationLines(written);
  const section = (heading: string, paths: readonly Path[], more = ''): string[] => {
    if (paths.length === 0) return [];
    const shown = isVerbose ? paths : paths.slice(0, SHOWN);
    const rest = paths.length - shown.length;
    return [
      '',
      `${heading}: ${formatCount(paths.length)}${more}`,
      ...shown.map((path) => `  ${printable(path)}`),
      ...(rest > 0 ? [`  … and ${formatCount(rest)} more: integ baseline diff tells them all`] : []),
    ];
  };
  const failed = failures.map(({ path, message }) => `  ${printable(path)}: ${printableText(message)}`);
  return `${[
    title,
    `  policy    ${printableText(written.header.policyName)}, sha256 ${written.header.policySha256}`,
    `  kept      ${formatCount(kept + completed)} objects as recorded`,
    ...(completed === 0
      ? []
      : [`  completed ${formatCount(completed)} of them, found unchanged, with what only the new policy watches`]),
    ...lines,
    ...section('Newly selected and examined', added),
    ...section('No longer selected', dropped),
    ...section('Not as recorded any more', differing, '; they stay findings'),
    ...(failed.length === 0 ? [] : ['', 'INCOMPLETE: newly selected and could not be examined:', ...failed]),
    '',
    nextSteps(written),
  ].join('\n')}\n`;
}
