/**
 * The command tree: names, options, help and examples, from which everything that documents the commands is made. It
 * loads nothing of what the commands do: each action imports its module when it runs.
 */
import type { HelpContext } from '@commander-js/extra-typings';
import { VERSION } from '../app/version.ts';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { Bind, DefineCommands } from './command-action.ts';
import { defineAccept } from './commands/accept/define.ts';
import { defineBaseline } from './commands/baseline/define.ts';
import { defineCheck } from './commands/check/define.ts';
import { defineDocuments } from './commands/documents/define.ts';
import { defineEvidence } from './commands/evidence/define.ts';
import { defineHash } from './commands/hash/define.ts';
import { defineInit } from './commands/init/define.ts';
import { defineKit } from './commands/kit/define.ts';
import { defineNotify } from './commands/notify/define.ts';
import { definePolicy } from './commands/policy/define.ts';
import { defineReport } from './commands/report/define.ts';
import { defineReview } from './commands/review/define.ts';
import { defineScan } from './commands/scan/define.ts';
import { defineSchedule } from './commands/schedule/define.ts';
import { defineSelf } from './commands/self/define.ts';
import { contextOf } from './context.ts';
import { addGlobalOptions } from './global-options.ts';
import { habitHint } from './habits.ts';
import { EXIT_CODES, EXIT_CODES_OF_COMPARISON } from './help-texts.ts';
import { rawOutput, Terminal } from './terminal.ts';
import { type AnyCommand, Command } from './typed-commander.ts';

/** In the order of --help. */
const COMMANDS: readonly DefineCommands[] = [
  defineInit,
  defineCheck,
  defineScan,
  defineAccept,
  defineReview,
  defineReport,
  defineEvidence,
  defineNotify,
  defineBaseline,
  definePolicy,
  defineSchedule,
  defineKit,
  defineSelf,
  defineHash,
  defineDocuments,
];

/** A command that lacks a verb says so in one line, as of other wrong usage, where commander prints the whole help. */
class OneLineCommand extends Command {
  override createCommand(name?: string): OneLineCommand {
    return new OneLineCommand(name);
  }

  override help(context?: HelpContext | ((text: string) => string)): never {
    if (typeof context === 'function') return super.help(context);
    // What follows `help` where that is the operand.
    const [, topic] = this.args;
    // `integ` alone is how a newcomer asks what it is.
    if (context?.error !== true || (this.parent === null && topic === undefined)) return super.help(context);
    const message =
      topic === undefined ? `${this.name()} needs one of its commands` : `unknown command '${printableText(topic)}'`;
    const name = this.parent === null ? this.name() : `${this.parent.name()} ${this.name()}`;
    const verbs = this.commands.map((command) => command.name()).join(', ');
    throw new UserError('usage', message, { hint: `${verbs}; ${name} --help tells what each does` });
  }
}

/** A complaint of commander on one line, with what the same is called here where somebody types out of habit. */
function withHint(complaint: string): string {
  const [, typed = ''] = /^unknown (?:option|command) '([^']*)'/.exec(complaint) ?? [];
  const hint = habitHint(typed);
  if (hint === undefined) return complaint.replace(/\n(?=\(Did)/, ' ');
  return `${complaint.replace(/\n\(Did.*/s, '')} (hint: ${hint})`;
}

export function buildProgram(setExitCode: (code: number) => void): AnyCommand {
  const base = new OneLineCommand('integ')
    .description('File integrity monitor: compares a system with a sealed baseline of it.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .showSuggestionAfterError(true)
    .exitOverride((error) => {
      throw error;
    })
    .configureOutput({
      ...rawOutput,
      outputError: (text, write) => {
        write(`integ: ${printableText(withHint(text.replace(/^error: /, '').trimEnd()))}\n`);
      },
    });
  const program = addGlobalOptions(base)
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText('after', '\nStart with: integ init, then every night: integ check. Details: integ help COMMAND.');

  const bind: Bind = (command, load) => {
    command.action(async () => {
      const globals = program.opts();
      const terminal = new Terminal({
        quiet: globals.quiet === true,
        verbose: globals.verbose === true,
        color: globals.color,
        progress: globals.progress,
      });
      const options = command.opts();
      const run = await load(options);
      try {
        setExitCode(await run(contextOf(globals, terminal), options, command.processedArgs));
      } finally {
        terminal.clearProgress();
      }
    });
  };
  for (const define of COMMANDS) define(program, bind);
  return program;
}
