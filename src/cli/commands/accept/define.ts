/** Options and help of `integ accept`. */
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { expectSealOption, reasonOption, ticketOption } from '../../shared-options.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

/** All that was given, in order. */
const gathered = (value: string, given: readonly string[] = []): readonly string[] => [...given, value];

const accept = (program: AnyCommand) =>
  program
    .command('accept [id]')
    .description('make a new baseline that holds exactly the reported state of chosen findings')
    .option('--all', 'every finding of the report')
    .addOption(
      new Option('--finding <numbers>', 'findings by the numbers before them, such as 3,7-9').argParser(gathered),
    )
    .option('--path <glob...>', 'findings at paths that these patterns or printed names cover, both ends of a move')
    .option('--rule <name...>', 'findings of these rules, both rules of a move')
    .option('--explained', 'findings that packages explain by more than the word of the package database')
    .addOption(
      new Option(
        '--only <attributes>',
        'findings in which nothing else differs, such as inode,ctime; none with a flag',
      ).argParser(gathered),
    )
    .addOption(
      new Option('--proof <whose>', "with --explained: also what rests on the package database's word").choices([
        'database',
      ]),
    )
    .addOption(reasonOption('why the changes are right; without one nothing is accepted'))
    .addOption(ticketOption())
    .addOption(expectSealOption('the seal the present baseline must have'))
    .addHelpText(
      'after',
      "\nThe report is named by its id, or is the newest one ('latest'): in a terminal that asks when the newest is",
    )
    .addHelpText(
      'after',
      'minutes old and an earlier one found something else; a script is told which one is taken, and goes on.',
    )
    .addHelpText(
      'after',
      '\nWithout --proof, --explained takes what something outside of the examined host vouches for,',
    )
    .addHelpText(
      'after',
      'and nothing does yet. --proof database also takes what only the package database of that host',
    )
    .addHelpText('after', 'says: whoever has root there can write it so that it explains what he changed.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        "integ accept --all --reason 'security updates of May' --ticket CHG-4711",
        "integ accept latest --finding 3,7-9 --reason 'new relay'",
        "integ accept latest --only inode,mtime,ctime --reason 'restored from the backup'",
        "integ accept latest --path '/etc/mail/**' --reason 'new relay'",
        "integ accept 20260102T030405Z-1f2e3d4c --rule 'System binaries' --reason 'upgrade to 12.5'",
      ),
    );
export type AcceptOptions = OptionsOf<typeof accept>;

export const defineAccept: DefineCommands = (program, bind) => {
  bind(accept(program), async () => (await import('./run.ts')).runAccept);
};
