/** Options and help of the commands about integ itself. */
import type { DefineCommands } from '../../command-action.ts';
import { examples } from '../../help-texts.ts';
import { formatOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const verify = (self: AnyCommand) =>
  self
    .command('verify')
    .description('compare the files of integ, its runtime and its native modules with the list in its package')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nAn integ that was replaced can say anything, also that it was not. Proof comes from outside: a rescue kit,\n' +
        'the digest of the list that the release prints, or the package itself (dpkg --verify, rpm --verify).',
    )
    .addHelpText('after', '\nExit code: 0, 65 when something differs, 66 when integ was not installed from a package.')
    .addHelpText('after', examples('integ self verify', 'integ self verify --format json'));
export type SelfVerifyOptions = OptionsOf<typeof verify>;

export const defineSelf: DefineCommands = (program, bind) => {
  const self = program.command('self').description('about the files of integ itself');
  bind(verify(self), async () => (await import('./verify.ts')).runSelfVerify);
};
