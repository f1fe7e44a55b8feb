/** `integ completion` and `integ manual`: what is made of the command tree. */
import type { CommandContext } from '../../context.ts';
import { describeCommand } from '../../manual/describe.ts';
import { buildProgram } from '../../program.ts';
import type { ManualPage, Shell } from './define.ts';

/** The tree as it is built for every run; nothing in it is run. */
function commandTree() {
  return describeCommand(buildProgram(() => undefined));
}

async function completionScript(shell: Shell): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('../../completion/bash.ts')).bashCompletion(commandTree());
    case 'zsh':
      return (await import('../../completion/zsh.ts')).zshCompletion(commandTree());
    case 'fish':
      return (await import('../../completion/fish.ts')).fishCompletion(commandTree());
    default:
      return shell satisfies never;
  }
}

export async function runCompletion(
  context: CommandContext,
  _options: object,
  [shell]: readonly [Shell],
): Promise<number> {
  context.terminal.print(await completionScript(shell));
  return 0;
}

export async function runManual(
  context: CommandContext,
  _options: object,
  [page = 'integ']: readonly [ManualPage | undefined],
): Promise<number> {
  const source =
    page === 'integ'
      ? (await import('../../manual/command-page.ts')).commandPage(commandTree())
      : (await import('../../manual/policy-page.ts')).policyPage();
  context.terminal.print(source);
  return 0;
}
