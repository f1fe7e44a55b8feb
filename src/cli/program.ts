/**
 * The command tree: names, options, help and examples (tree/ has the commands), from which everything that documents the
 * commands is made. It loads nothing of what the commands do: each action imports its module when it runs.
 */
import { Command, type HelpContext, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_POLICY_FILE } from '../app/context.ts';
import { VERSION } from '../app/version.ts';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { contextOf, type GlobalOptions } from './context.ts';
import { Terminal } from './terminal.ts';
import { addBaseline } from './tree/baseline.ts';
import { addDocuments } from './tree/documents.ts';
import { addEvidence } from './tree/evidence.ts';
import { addHash } from './tree/hash.ts';
import { addNotify } from './tree/notify.ts';
import { addPolicy } from './tree/policy.ts';
import { addReport } from './tree/report.ts';
import { addRuns } from './tree/runs.ts';
import { addSchedule } from './tree/schedule.ts';
import { type ActionOf, EXIT_CODES, EXIT_CODES_OF_COMPARISON, type Run } from './tree/words.ts';

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > 1024) throw new InvalidArgumentError('It must be 1 to 1024.');
  return value;
}

/** A command that lacks a verb says so in one line, as of other wrong usage, where commander prints the whole help. */
class Group extends Command {
  override createCommand(name?: string): Command {
    return new Group(name);
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

export function buildProgram(setExitCode: (code: number) => void): Command {
  const program = new Group('integ');

  const action: ActionOf =
    <Options>(load: (options: Options) => Promise<Run<Options>>) =>
    async (...parameters) => {
      // commander hands over the operands, the options of the command and the command itself, in this order.
      const command = parameters.at(-1) as Command;
      const globals = command.optsWithGlobals<GlobalOptions>();
      const terminal = new Terminal({
        quiet: globals.quiet === true,
        verbose: globals.verbose === true,
        color: globals.color,
        progress: globals.progress,
      });
      const options = command.opts() as Options;
      const run = await load(options);
      try {
        setExitCode(await run(contextOf(globals, terminal), command.args, options));
      } finally {
        terminal.clearProgress();
      }
    };

  program
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
      outputError: (text, write) => {
        const message = text.replace(/^error: /, 'integ: ').replace(/\n(?=\(Did)/, ' ');
        write(`${printableText(message.trimEnd())}\n`);
      },
    })
    .optionsGroup('Global options (before or after the command):')
    .addOption(
      new Option('--policy <file>', `policy file; default ${DEFAULT_POLICY_FILE}, else the built-in policy`).env(
        'INTEG_POLICY',
      ),
    )
    .addOption(
      new Option(
        '--baseline <file>',
        "baseline; '-' reads it from standard input; default /var/lib/integ/baseline.db as root, " +
          '$XDG_STATE_HOME/integ/baseline.db otherwise',
      ).env('INTEG_BASELINE'),
    )
    .addOption(
      new Option(
        '--history <file>',
        'history of reports and generations; default: beside the baseline, or history.db in the state directory when ' +
          'nothing can be written there',
      ).env('INTEG_HISTORY'),
    )
    .option('--root <dir>', 'examine the system whose root is this directory; all paths are relative to it')
    .option('--jobs <n>', 'most worker threads there may be; default: one for each processor', positiveInteger)
    .option('--allow-unsafe-permissions', 'use a baseline or policy that others may write, with a warning')
    .option('--quiet', 'print no notes and no progress')
    .option('--verbose', 'print everything in full')
    .option('--no-color', 'do not colour the output (as does the variable NO_COLOR)')
    .option('--no-progress', 'show no progress line')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText('after', '\nStart with: integ init, then every night: integ check. Details: integ help COMMAND.');

  addRuns(program, action);
  addReport(program, action);
  addEvidence(program, action);
  addNotify(program, action);
  addBaseline(program, action);
  addPolicy(program, action);
  addSchedule(program, action);
  addHash(program, action);
  addDocuments(program, action);
  return program;
}
