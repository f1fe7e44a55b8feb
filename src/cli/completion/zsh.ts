/** The completion script for zsh, see zshcompsys(1), the function _arguments. */
import { type CommandEntry, flatten, type OptionEntry } from '../manual/describe.ts';
import { type Completion, nameOf, operandCompletion, quoted, spellings, valueCompletion } from './candidates.ts';

/** Within a specification of _arguments colons, brackets and backslashes have a meaning. */
function plain(text: string): string {
  return text.replace(/[\\:[\]]/g, '\\$&');
}

function action(completion: Completion): string {
  switch (completion.kind) {
    case 'words':
      return `(${completion.words.map(plain).join(' ')})`;
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'nothing':
      return ' ';
    default:
      return completion satisfies never;
  }
}

function optionSpecifications(option: OptionEntry): readonly string[] {
  const value = valueCompletion(option);
  const rest = value === undefined ? '' : `:${plain(option.value ?? '')}:${action(value)}`;
  return spellings(option).map((spelling) => quoted(`${spelling}[${plain(option.description)}]${rest}`));
}

function functionName({ words }: CommandEntry): string {
  return ['_integ', ...words].join('_').replaceAll('-', '_');
}

function functionLines(entry: CommandEntry, program: CommandEntry): readonly string[] {
  const general =
    entry === program ? [] : program.options.filter(({ long }) => !entry.options.some((own) => own.long === long));
  const specifications = [...entry.options, ...general].flatMap(optionSpecifications);
  const lines = specifications.map((specification) => `    ${specification} \\`);
  if (entry.commands.length === 0) {
    const operand = operandCompletion(entry);
    const name = entry.operands[0]?.name ?? '';
    const rest = operand.kind === 'nothing' ? '&& return' : quoted(`*:${plain(name)}:${action(operand)}`);
    return [`${functionName(entry)}() {`, '  _arguments \\', ...lines, `    ${rest}`, '}'];
  }
  const commands = entry.commands.map((child) => quoted(`${nameOf(child)}:${plain(child.description)}`));
  return [
    `${functionName(entry)}() {`,
    '  local context state line',
    '  typeset -A opt_args',
    '  _arguments -C \\',
    ...lines,
    "    '1: :->command' '*:: :->arguments'",
    '  case $state in',
    `    command) local -a commands=(${commands.join(' ')}); _describe command commands ;;`,
    '    arguments)',
    '      case $words[1] in',
    ...entry.commands.map((child) => `        ${nameOf(child)}) ${functionName(child)} ;;`),
    '      esac ;;',
    '  esac',
    '}',
  ];
}

export function zshCompletion(program: CommandEntry): string {
  const functions = [...flatten(program)].reverse().flatMap((entry) => [...functionLines(entry, program), '']);
  return `#compdef integ
# Completion of integ for zsh.

${functions.join('\n')}
if [ "$funcstack[1]" = _integ ]; then _integ "$@"; else compdef _integ integ; fi
`;
}
