/**
 * The command tree as plain data, for what is made of it: manual pages and completion scripts. Whatever --help says
 * comes from the same objects.
 */
import { EventEmitter } from 'node:events';
import type { Argument, Option } from '@commander-js/extra-typings';
import type { AnyCommand } from '../typed-commander.ts';

export interface OptionEntry {
  /** As --help shows them: "--format <format>". */
  readonly flags: string;
  /** "-a"; undefined for most. */
  readonly short: string | undefined;
  /** "--format". */
  readonly long: string;
  /** Name of its value; undefined when it takes none. */
  readonly value: string | undefined;
  readonly description: string;
  readonly choices: readonly string[];
  /** Value when it is not given; undefined when there is none or the description says it. */
  readonly fallback: string | undefined;
  /** Variable of the environment that stands for it. */
  readonly variable: string | undefined;
}

export interface OperandEntry {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
  readonly choices: readonly string[];
}

export interface CommandEntry {
  /** Words after the name of the program: empty for the program itself. */
  readonly words: readonly string[];
  readonly description: string;
  readonly operands: readonly OperandEntry[];
  readonly options: readonly OptionEntry[];
  readonly commands: readonly CommandEntry[];
  /** What --help says below the options: exit codes and remarks. */
  readonly remarks: string;
  /** Command lines. */
  readonly examples: readonly string[];
}

const EXAMPLES = 'Examples:\n';
const PROMPT = '  $ ';

function optionEntry(option: Option): OptionEntry {
  const value = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return {
    flags: option.flags,
    short: option.short ?? undefined,
    long: option.long ?? option.flags,
    value: option.required || option.optional ? (value ?? 'value') : undefined,
    description: option.description,
    choices: option.argChoices ?? [],
    fallback: typeof option.defaultValue === 'string' ? option.defaultValue : undefined,
    variable: option.envVar,
  };
}

function operandEntry(argument: Argument): OperandEntry {
  return {
    name: argument.name(),
    isRequired: argument.required,
    isRepeated: argument.variadic,
    choices: argument.argChoices ?? [],
  };
}

/** What was added to the help of a command after its options. */
function textAfter(command: AnyCommand): string {
  let text = '';
  const write = (piece: string): void => {
    text += piece;
  };
  // A command emits the event itself when it prints help; its declared type does not say that it can.
  if (command instanceof EventEmitter) command.emit('afterHelp', { error: false, command, write });
  return text;
}

export function describeCommand(command: AnyCommand, words: readonly string[] = []): CommandEntry {
  const [remarks = '', shown = ''] = textAfter(command).split(EXAMPLES);
  return {
    words,
    description: command.description(),
    operands: command.registeredArguments.map(operandEntry),
    options: command.createHelp().visibleOptions(command).map(optionEntry),
    commands: command.commands.map((child) => describeCommand(child, [...words, child.name()])),
    remarks: remarks.trim(),
    examples: shown
      .split('\n')
      .filter((line) => line.startsWith(PROMPT))
      .map((line) => line.slice(PROMPT.length)),
  };
}

/** A command and all below it, each before those below it. */
export function flatten(entry: CommandEntry): readonly CommandEntry[] {
  return [entry, ...entry.commands.flatMap(flatten)];
}
