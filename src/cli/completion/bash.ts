/** The completion script for bash (4 and later), see bash(1), "Programmable Completion". */
import { type CommandEntry, flatten } from '../manual/describe.ts';
import {
  type Completion,
  operandCompletion,
  optionsWithValue,
  quoted,
  spellings,
  valueCompletion,
} from './candidates.ts';

function reply(completion: Completion): string {
  switch (completion.kind) {
    case 'words':
      return `words=${quoted(completion.words.join(' '))}`;
    case 'files':
      return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return';
    case 'directories':
      return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return';
    case 'nothing':
      return 'return';
    default:
      return completion satisfies never;
  }
}

/** Cases of `$command $option` for the values of options; those of the program hold for every command. */
function valueCases(program: CommandEntry): readonly string[] {
  return flatten(program).flatMap(({ words, options }) =>
    options.flatMap((option) => {
      const completion = valueCompletion(option);
      if (completion === undefined) return [];
      const command = words.length === 0 ? '*' : quoted(words.join(' '));
      const patterns = spellings(option).map((spelling) => `${command}' ${spelling}'`);
      return [`    ${patterns.join(' | ')}) ${reply(completion)} ;;`];
    }),
  );
}

function commandCases(program: CommandEntry): readonly string[] {
  const general = program.options.map(({ long }) => long);
  return flatten(program).flatMap((entry) => {
    const options = [...new Set([...entry.options.map(({ long }) => long), ...general])];
    return [
      `    ${quoted(entry.words.join(' '))})`,
      `      if [[ $current == -* ]]; then words=${quoted(options.join(' '))}`,
      `      else ${reply(operandCompletion(entry))}; fi ;;`,
    ];
  });
}

export function bashCompletion(program: CommandEntry): string {
  const known = flatten(program).filter(({ words }) => words.length > 0);
  return `# Completion of integ for bash.
_integ() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' words='' word i
  COMPREPLY=()
  # bash takes --option=value apart at the equals sign.
  if [[ $current == '=' ]]; then current=''
  elif [[ $previous == '=' ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${optionsWithValue(program).join(' | ')}) ((i++)) ;;
      -* | '=') ;;
      *)
        case "\${command:+$command }$word" in
          ${known.map(({ words }) => quoted(words.join(' '))).join(' | ')}) command="\${command:+$command }$word" ;;
        esac ;;
    esac
  done
  case "$command $previous" in
${valueCases(program).join('\n')}
  esac
  if [[ -z $words ]]; then
    case $command in
${commandCases(program).join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _integ integ
`;
}
