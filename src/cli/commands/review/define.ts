/** Options and help of `integ review`. */
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { expectSealOption, ticketOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const review = (program: AnyCommand) =>
  program
    .command('review [id]')
    .description('decide about the findings of a report in the terminal, and accept what was chosen')
    .addOption(ticketOption())
    .addOption(expectSealOption('the seal the present baseline must have'))
    .addHelpText(
      'after',
      [
        '',
        "The report is named by its id, or is the newest one ('latest'). Press ? for the keys.",
        'Findings stand in the order of the report, what packages explain on one line a package. What',
        'bears a flag, was raised or came from under another rule is never accepted with a group.',
      ].join('\n'),
    )
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ review', 'integ review 20260102T030405Z-1f2e3d4c --ticket CHG-4711'));
export type ReviewOptions = OptionsOf<typeof review>;

export const defineReview: DefineCommands = (program, bind) => {
  bind(review(program), async () => (await import('./run.ts')).runReview);
};
