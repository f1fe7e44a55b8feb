/** The commands about telling people of reports. */
import type { Command } from 'commander';
import { type ActionOf, EXIT_CODES, examples, formatOption } from './words.ts';

export function addNotify(program: Command, action: ActionOf): void {
  const notify = program.command('notify').description('tell people of reports');
  notify
    .command('test')
    .description('send a test message through every channel of the policy')
    .addHelpText(
      'after',
      '\nThe channels are those of the policy in the baseline, or of the policy file where there is no baseline.' +
        '\nExit code: 0, or 69 when a channel did not take its message.',
    )
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ notify test'))
    .action(action(async () => (await import('../commands/notify.ts')).runNotifyTest));
  notify
    .command('queue')
    .description('list the messages that wait because they could not be delivered')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0. integ report send delivers them, as does every check.')
    .addHelpText('after', examples('integ notify queue', 'integ notify queue --format json'))
    .action(action(async () => (await import('../commands/notify.ts')).runNotifyQueue));
}
