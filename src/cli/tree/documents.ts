/** The commands that print what is made of the command tree itself. */
import { Argument, type Command } from 'commander';
import { type ActionOf, examples } from './words.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const PAGES = ['integ', 'integ-policy'] as const;
export type ManualPage = (typeof PAGES)[number];

export function addDocuments(program: Command, action: ActionOf): void {
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
    )
    .action(action(async () => (await import('../commands/documents.ts')).runCompletion));
  program
    .command('manual')
    .description('print a manual page: integ(1), or integ-policy(5)')
    .addArgument(new Argument('[page]', 'name of the page').choices(PAGES))
    .addHelpText('after', examples('integ manual | man -l -', 'integ manual integ-policy | man -l -'))
    .action(action(async () => (await import('../commands/documents.ts')).runManual));
}
