/** The options of integ itself, which stand before or after the command. */
import type { Command } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';
import { DEFAULT_POLICY_FILE } from '../app/context.ts';
import { Option, type OptionsOf } from './typed-commander.ts';

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > 1024) throw new InvalidArgumentError('It must be 1 to 1024.');
  return value;
}

export function addGlobalOptions(program: Command) {
  return program
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
    .option('--no-progress', 'show no progress line');
}

export type GlobalOptions = OptionsOf<typeof addGlobalOptions>;
