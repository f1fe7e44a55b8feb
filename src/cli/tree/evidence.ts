/** The command for auditors. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FRAMEWORK_NAMES } from '../../report/evidence/framework.ts';
import { type ActionOf, EXIT_CODES, examples, formatOption } from './words.ts';

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 7 * 86_400,
  y: 365 * 86_400,
};
/** A hundred years: the clock of no host goes further back. */
const LONGEST = 100 * 365 * 86_400;

/** '90d' in seconds. */
function span(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]{1,9})([smhdwy])$/.exec(text) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? 0);
  if (seconds < 1 || seconds > LONGEST)
    throw new InvalidArgumentError('It must be a time such as 24h, 90d, 12w or 1y.');
  return seconds;
}

export function addEvidence(program: Command, action: ActionOf): void {
  program
    .command('evidence')
    .description('print what baseline and history prove of a period, for auditors')
    .addOption(
      new Option('--framework <name>', 'whose demands are answered').choices(FRAMEWORK_NAMES).makeOptionMandatory(),
    )
    .addOption(new Option('--since <time>', 'how far back: 90d, 12w, 1y').argParser(span).default(90 * 86_400, '90d'))
    .addOption(
      new Option(
        '--max-gap <time>',
        'longest time between two complete checks; default: as the framework says',
      ).argParser(span),
    )
    .option('--signers <file>', 'who must have signed the baseline, as an allowed_signers file')
    .addOption(formatOption(['text', 'html', 'json']))
    .option('--output <file>', 'write the document to a file, whole or not at all')
    .addHelpText(
      'after',
      '\nExit code: 0; 65 when the records are not to be trusted, 66 when no check was made in the period. The document',
    )
    .addHelpText('after', 'is printed then, too, and says so in its first line.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ evidence --framework pci-dss --format html --output evidence.html',
        'integ evidence --framework nist --since 1y --max-gap 25h',
        'integ evidence --framework iso --since 12w --format json',
      ),
    )
    .action(action(async () => (await import('../commands/evidence.ts')).runEvidence));
}
