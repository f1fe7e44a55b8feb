/** Options and help of `integ scan`. */
import { startThreadAhead } from '../../../scan/thread.ts';
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { maxRateOption, niceOption, stallOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const scan = (program: AnyCommand) =>
  program
    .command('scan')
    .description('examine the system and print what was found, an object a line')
    .option('--stdin-policy', 'read from standard input what to examine, as integ check --host sends it')
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addOption(stallOption())
    .addHelpText(
      'after',
      '\nExit code: 0, or 16 when something could not be examined. The output is whole only with its',
    )
    .addHelpText('after', 'last line, the summary. With --verbose each line has the attributes as text too.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ scan > today.ndjson', 'integ scan --policy mail.yaml --verbose'));
export type ScanOptions = OptionsOf<typeof scan>;

export const defineScan: DefineCommands = (program, bind) => {
  bind(scan(program), async () => {
    startThreadAhead();
    return (await import('./run.ts')).runScan;
  });
};
