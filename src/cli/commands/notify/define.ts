/** Options and help of the commands about channels and the messages that wait. */
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { formatOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const test = (notify: AnyCommand) =>
  notify
    .command('test')
    .description('send a test message through every channel of the policy')
    .addHelpText(
      'after',
      '\nThe channels are those of the policy in the baseline, or of the policy file where there is no baseline.' +
        '\nExit code: 0, or 69 when a channel did not take its message.',
    )
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ notify test'));

const queue = (notify: AnyCommand) =>
  notify
    .command('queue')
    .description('list the messages that wait because they could not be delivered, and those that were refused')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExit code: 0. integ report send delivers them, as does every check; what was refused for good is sent once more' +
        '\nby integ report send with the id of its report.',
    )
    .addHelpText('after', examples('integ notify queue', 'integ notify queue --format json'));
export type NotifyQueueOptions = OptionsOf<typeof queue>;

const failed = (notify: AnyCommand) =>
  notify
    .command('failed')
    .description('tell by every channel that a check of systemd could not begin; its units call this')
    .argument('<unit>', 'the service of the check')
    .addHelpText(
      'after',
      '\nA check that began tells itself how it ended: then there is nothing to do. Exit code: 0, or 69 when nobody could' +
        '\nbe told.',
    )
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ notify failed integ-check.service'));

export const defineNotify: DefineCommands = (program, bind) => {
  const notify = program.command('notify').description('tell people of reports');
  bind(test(notify), async () => (await import('./test.ts')).runNotifyTest);
  bind(failed(notify), async () => (await import('./failed.ts')).runNotifyFailed);
  bind(queue(notify), async () => (await import('./queue.ts')).runNotifyQueue);
};
