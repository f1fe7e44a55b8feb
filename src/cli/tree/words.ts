/** What the parts of the command tree share: the type of an action, the texts of exit codes and examples. */
import { Option } from 'commander';
import type { Context } from '../context.ts';

/** What runs a command: gives back the exit code. */
export type Run<Options> = (context: Context, operands: readonly string[], options: Options) => Promise<number>;

export const EXIT_CODES_OF_COMPARISON = `
Exit code: the sum of 1 (something added), 2 (removed), 4 (changed or moved), 8 (a requirement violated),
16 (incomplete: something could not be examined); 0 only if none of these.`;
export const EXIT_CODES = `
Other failures: 64 usage, 65 baseline damaged or not trusted, 66 policy or baseline missing, 69 report not delivered,
70 internal error, 73 cannot create output, 74 input/output error, 75 another run holds the lock, 77 permission,
78 policy invalid, 130 and 143 after SIGINT and SIGTERM.`;

/** Makes the action of a command from what loads it: global options may stand before or after the command. */
export type ActionOf = <Options>(
  load: (options: Options) => Promise<Run<Options>>,
) => (...parameters: unknown[]) => Promise<void>;

export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

export function formatOption(formats: readonly string[]): Option {
  return new Option('--format <format>', 'how to print the result').choices([...formats]).default(formats[0]);
}
