/** The completion script for fish, see complete(1) of fish. */
import { type CommandEntry, flatten, type OptionEntry } from '../manual/describe.ts';
import { type Completion, nameOf, operandCompletion, optionsWithValue, valueCompletion } from './candidates.ts';

/** In single quotes, in which fish knows \\\\ and \\' as escapes. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function candidates(completion: Completion): string {
  switch (completion.kind) {
    case 'words':
      return ` -x -a ${quoted(completion.words.join(' '))}`;
    case 'files':
      return ' -r -F';
    case 'directories':
      return " -x -a '(__fish_complete_directories)'";
    case 'nothing':
      return ' -x';
    default:
      return completion satisfies never;
  }
}

function optionLine(option: OptionEntry, condition: string): string {
  const { short, long, description } = option;
  const value = valueCompletion(option);
  return [
    `complete -c integ${condition} -l ${long.replace(/^--/, '')}`,
    short === undefined ? '' : ` -s ${short.replace(/^-/, '')}`,
    ` -d ${quoted(description)}`,
    value === undefined ? '' : candidates(value),
  ].join('');
}

function commandLines(entry: CommandEntry): readonly string[] {
  const { words, commands, options } = entry;
  const place = quoted(words.join(' '));
  const at = ` -n ${quoted(`__integ_at ${place}`)}`;
  const below = ` -n ${quoted(`__integ_below ${place}`)}`;
  const operand = operandCompletion(entry);
  return [
    ...commands.map((child) => `complete -c integ${at} -a ${nameOf(child)} -d ${quoted(child.description)}`),
    ...(commands.length > 0 || operand.kind === 'nothing'
      ? []
      : [`complete -c integ${below}${operand.kind === 'files' ? ' -F' : candidates(operand)}`]),
    ...options.map((option) => optionLine(option, words.length === 0 ? '' : below)),
  ];
}

export function fishCompletion(program: CommandEntry): string {
  return `# Completion of integ for fish.
# The words of the command line that are neither options nor their values.
function __integ_words
    set -l tokens (commandline -opc)
    set -l skip 0
    for token in $tokens[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $token
            case ${optionsWithValue(program).join(' ')}
                set skip 1
            case '-*'
            case '*'
                echo -- $token
        end
    end
end
function __integ_at
    test (string join ' ' -- (__integ_words) | string collect; or echo) = "$argv[1]"
end
function __integ_below
    set -l words (string join ' ' -- (__integ_words))
    test "$words" = "$argv[1]"; or string match -q -- "$argv[1] *" "$words"
end
complete -c integ -f
${flatten(program).flatMap(commandLines).join('\n')}
`;
}
