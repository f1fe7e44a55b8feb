/** The manual page integ(1), made of the command tree. */
import { VERSION } from '../../app/version.ts';
import { type CommandEntry, flatten, type OperandEntry, type OptionEntry } from './describe.ts';
import { bold, italic, item, page, paragraph, section, subsection, title, verbatim } from './roff.ts';

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/integ/policy.yaml', 'the policy, see integ-policy(5); without it the built-in policy of the system counts'],
  ['/var/lib/integ/baseline.db', 'the baseline of root; that of another user is below $XDG_STATE_HOME/integ'],
  ['/var/lib/integ/baseline.db.history', 'reports, and the generations that were in force'],
  ['/var/lib/integ/baseline.db.gen-N', 'older generations of the baseline'],
  ['/var/lib/integ/baseline.db.outbox', 'messages that wait to be delivered'],
];

const VARIABLES: readonly (readonly [string, string])[] = [
  ['NO_COLOR', 'when it is set and not empty, nothing is coloured'],
  ['COLUMNS', 'how wide text is, where a terminal does not say or says otherwise'],
  ['INTEG_DEBUG', '1 prints a stack trace with an internal error'],
  ['INTEG_PORTABLE', '1 examines without calling libc: no extended attributes and no file flags'],
];

function operandText({ name, isRequired, isRepeated }: OperandEntry): string {
  const text = `${italic(name)}${isRepeated ? ' ...' : ''}`;
  return isRequired ? text : `[${text}]`;
}

function synopsis(entry: CommandEntry): string {
  const options = entry.options.some(({ long }) => long !== '--help') ? ['[options]'] : [];
  return [bold(['integ', ...entry.words].join(' ')), ...options, ...entry.operands.map(operandText)].join(' ');
}

function optionTerm({ flags }: OptionEntry): string {
  const [, names = flags, value] = /^([^<[]+?)(?:\s+([<[].*))?$/.exec(flags) ?? [];
  const shown = names.split(', ').map(bold).join(', ');
  return value === undefined ? shown : `${shown} ${italic(value.replace(/[<>]/g, ''))}`;
}

function optionText({ description, choices, fallback, variable }: OptionEntry): string {
  return [
    description,
    ...(choices.length > 0 ? [`one of ${choices.join(', ')}`] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(variable === undefined ? [] : [`variable ${variable}`]),
  ].join('; ');
}

function optionItems(options: readonly OptionEntry[]): string[] {
  const own = options.filter(({ long }) => long !== '--help');
  return own.flatMap((option) => item(optionTerm(option), optionText(option)));
}

/** Remarks that each command repeats stand once, in the section on exit codes. */
function remarksOf(entry: CommandEntry, program: CommandEntry): readonly string[] {
  const general = new Set(program.remarks.split('\n'));
  const own = entry.remarks.split('\n').filter((line) => line.trim() !== '' && !general.has(line));
  return own.length === 0 ? [] : paragraph(own.join(' '));
}

function commandLines(entry: CommandEntry, program: CommandEntry): string[] {
  return [
    subsection(['integ', ...entry.words].join(' ')),
    synopsis(entry),
    ...paragraph(`${entry.description.charAt(0).toUpperCase()}${entry.description.slice(1)}.`),
    ...optionItems(entry.options),
    ...remarksOf(entry, program),
    ...(entry.examples.length === 0 ? [] : verbatim(entry.examples)),
  ];
}

/** The page as roff source. */
export function commandPage(program: CommandEntry): string {
  const commands = flatten(program).filter(({ words, commands }) => words.length > 0 && commands.length === 0);
  const lines = [
    ...title({ name: 'integ', section: 1, about: 'file integrity monitor', version: VERSION }),
    section('SYNOPSIS'),
    `${bold('integ')} [options] ${italic('command')} [${italic('argument')} ...]`,
    section('DESCRIPTION'),
    ...paragraph(program.description),
    ...paragraphs(program.remarks, (text) => !EXIT_STATUS.test(text)),
    section('GLOBAL OPTIONS'),
    ...paragraph('These stand before or after the command.'),
    ...optionItems(program.options),
    section('COMMANDS'),
    ...commands.flatMap((entry) => commandLines(entry, program)),
    section('EXIT STATUS'),
    ...paragraphs(program.remarks, (text) => EXIT_STATUS.test(text)),
    section('ENVIRONMENT'),
    ...program.options.flatMap(({ variable, long }) =>
      variable === undefined ? [] : item(bold(variable), `stands for ${long}`),
    ),
    ...VARIABLES.flatMap(([name, text]) => item(bold(name), text)),
    section('FILES'),
    ...FILES.flatMap(([name, text]) => item(italic(name), text)),
    section('SEE ALSO'),
    `${bold('integ-policy')}(5), ${bold('ssh-keygen')}(1), ${bold('crontab')}(5), ${bold('systemd.timer')}(5)`,
  ];
  return page(lines);
}

/** The sentences about exit codes among what --help says last. */
const EXIT_STATUS = /^(?:Exit code|Other failures):/;

/** A paragraph for each line that begins with a capital, as the texts of --help are broken. */
function paragraphs(text: string, isWanted: (paragraph: string) => boolean): string[] {
  return text
    .split(/\n(?=[A-Z])/)
    .filter((part) => part.trim() !== '' && isWanted(part))
    .flatMap(paragraph);
}
