/** Operands and help of the commands that print what is made of the command tree itself. */
import type { DefineCommands } from '../../command-action.ts';
import { examples } from '../../help-texts.ts';
import { type AnyCommand, Argument } from '../../typed-commander.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const PAGES = ['integ', 'integ-policy'] as const;
export type ManualPage = (typeof PAGES)[number];

const completion = (program: AnyCommand) =>
  program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'the shell that is to complete').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'integ completion bash > /usr/share/bash-completion/completions/integ',
        'integ completion zsh > /usr/local/share/zsh/site-functions/_integ',
        'integ completion fish > ~/.config/fish/completions/integ.fish',
      ),
    );

const manual = (program: AnyCommand) =>
  program
    .command('manual')
    .description('print a manual page: integ(1), or integ-policy(5)')
    .addArgument(new Argument('[page]', 'name of the page').choices(PAGES))
    .addHelpText('after', examples('integ manual | man -l -', 'integ manual integ-policy | man -l -'));

export const defineDocuments: DefineCommands = (program, bind) => {
  bind(completion(program), async () => (await import('./run.ts')).runCompletion);
  bind(manual(program), async () => (await import('./run.ts')).runManual);
};
