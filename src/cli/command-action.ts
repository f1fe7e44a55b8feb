/** How the definition of a command and what runs it are tied together. */
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { CommandContext } from './context.ts';
import type { AnyCommand } from './typed-commander.ts';

/** Runs a command and gives back the exit code. */
type CommandAction<Options, Operands> = (
  context: CommandContext,
  options: Options,
  operands: Operands,
) => Promise<number>;

/** Makes a command load its action when it runs, and not before. */
export type Bind = <Operands extends unknown[], Options extends OptionValues, Global extends OptionValues>(
  command: Command<Operands, Options, Global>,
  load: (options: Options) => Promise<CommandAction<Options, Operands>>,
) => void;

/** Adds a command, or a group of them, to the program. */
export type DefineCommands = (program: AnyCommand, bind: Bind) => void;
