/** What the completion scripts of all shells need to know of the command tree. */
import { type CommandEntry, flatten, type OptionEntry } from '../manual/describe.ts';

/** What can stand where a value or an operand is expected. */
export type Completion =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'directories' }
  | { readonly kind: 'nothing' };

/** Names of values and operands that stand for files. Of what a pattern may cover, files are a good beginning too. */
const FILES = new Set(['file', 'path', 'glob', 'a', 'b']);

function named(name: string, choices: readonly string[]): Completion {
  if (choices.length > 0) return { kind: 'words', words: choices };
  const plain = name.replace(/\.+$/, '');
  if (plain === 'dir') return { kind: 'directories' };
  if (plain === 'id') return { kind: 'words', words: ['latest'] };
  return FILES.has(plain) ? { kind: 'files' } : { kind: 'nothing' };
}

/** What the value of an option can be; undefined for an option without one. */
export function valueCompletion({ value, choices }: OptionEntry): Completion | undefined {
  return value === undefined ? undefined : named(value, choices);
}

/** What the operands of a command can be; for a group of commands, their names. */
export function operandCompletion(entry: CommandEntry): Completion {
  if (entry.commands.length > 0) return { kind: 'words', words: entry.commands.map(nameOf) };
  const [operand] = entry.operands;
  return operand === undefined ? { kind: 'nothing' } : named(operand.name, operand.choices);
}

/** The last of its words. */
export function nameOf({ words }: CommandEntry): string {
  return words.at(-1) ?? 'integ';
}

/** Every spelling of the options that take a value, whatever the command. */
export function optionsWithValue(program: CommandEntry): readonly string[] {
  const options = flatten(program).flatMap((entry) => entry.options.filter(({ value }) => value !== undefined));
  return [...new Set(options.flatMap(spellings))];
}

export function spellings({ short, long }: OptionEntry): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

/** In single quotes, as a POSIX shell reads it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
