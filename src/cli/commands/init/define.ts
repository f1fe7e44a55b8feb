/** Options and help of `integ init`. */
import { startThreadAhead } from '../../../scan/thread.ts';
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { maxRateOption, niceOption, stallOption } from '../../shared-options.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

const init = (program: AnyCommand) =>
  program
    .command('init')
    .description('examine the system and write its baseline')
    .option('--force', 'replace a baseline that exists')
    .addOption(
      new Option(
        '--once',
        'do nothing where a baseline is in force, and make none where one was and is gone',
      ).conflicts('force'),
    )
    .option('--allow-empty', 'write a baseline of no object, if the policy selects nothing here')
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addOption(stallOption())
    .addHelpText('after', '\nExit code: 0, or 16 when something could not be examined and the baseline is incomplete.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ init',
        'integ init --policy mail.yaml --baseline /media/usb/mail1.db',
        'integ init --force',
        'integ init --once',
      ),
    );
export type InitOptions = OptionsOf<typeof init>;

export const defineInit: DefineCommands = (program, bind) => {
  bind(init(program), async () => {
    startThreadAhead();
    return (await import('./run.ts')).runInit;
  });
};
