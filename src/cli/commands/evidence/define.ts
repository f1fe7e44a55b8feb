/** Options and help of `integ evidence`. */
import { FRAMEWORK_NAMES } from '../../../report/evidence/framework.ts';
import type { DefineCommands } from '../../command-action.ts';
import { DAY, durationParser, YEAR } from '../../durations.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { formatOption, outputOption, signersOption } from '../../shared-options.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

/** The clock of no host goes further back than a hundred years. */
const span = durationParser({
  units: ['s', 'm', 'h', 'd', 'w', 'y'],
  longest: 100 * YEAR,
  examples: '24h, 90d, 12w or 1y',
});

const evidence = (program: AnyCommand) =>
  program
    .command('evidence')
    .description('print what baseline and history prove of a period, for auditors')
    .addOption(
      new Option('--framework <name>', 'whose demands are answered').choices(FRAMEWORK_NAMES).makeOptionMandatory(),
    )
    .addOption(new Option('--since <time>', 'how far back: 90d, 12w, 1y').argParser(span).default(90 * DAY, '90d'))
    .addOption(
      new Option(
        '--max-gap <time>',
        'longest time between two complete checks; default: as the framework says',
      ).argParser(span),
    )
    .addOption(signersOption('the baseline'))
    .addOption(formatOption(['text', 'html', 'json']))
    .addOption(outputOption('the document'))
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
    );
export type EvidenceOptions = OptionsOf<typeof evidence>;

export const defineEvidence: DefineCommands = (program, bind) => {
  bind(evidence(program), async () => (await import('./run.ts')).runEvidence);
};
