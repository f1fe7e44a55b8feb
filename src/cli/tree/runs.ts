/** The commands that examine a system, and those that judge what was found: init, check, scan, accept, review. */
import { type Command, Option } from 'commander';
import { SEVERITIES } from '../../model/severity.ts';
import { REPORT_FORMATS } from '../../report/formats.ts';
import { startThreadAhead } from '../../scan/thread.ts';
import { deadlineOption, maxRateOption, niceOption } from './throttle.ts';
import { type ActionOf, EXIT_CODES, EXIT_CODES_OF_COMPARISON, examples, formatOption } from './words.ts';

export function addRuns(program: Command, action: ActionOf): void {
  program
    .command('init')
    .description('examine the system and write its baseline')
    .option('--force', 'replace a baseline that exists')
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addHelpText('after', '\nExit code: 0, or 16 when something could not be examined and the baseline is incomplete.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples('integ init', 'integ init --policy mail.yaml --baseline /media/usb/mail1.db', 'integ init --force'),
    )
    .action(
      action(async () => {
        startThreadAhead();
        return (await import('../commands/init.ts')).runInit;
      }),
    );

  program
    .command('check')
    .description('compare the system with the baseline and report what differs')
    .addOption(formatOption(REPORT_FORMATS))
    .option('--output <file>', 'write the report to a file, whole or not at all')
    .option('--paths <glob...>', 'examine only what these patterns cover')
    .addOption(new Option('--severity <min>', 'report only findings of at least this severity').choices(SEVERITIES))
    .option('--expect-seal <hex>', 'the seal the baseline must have: all of it or at least its first 16 digits')
    .option('--signers <file>', 'who must have signed it, as an allowed_signers file')
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addOption(deadlineOption())
    .option(
      '--unattended',
      'nobody reads the terminal: tell those of the policy file when the check fails or the baseline is not known here',
    )
    .option('--host <[user@]host>', 'examine this host over ssh; the baseline stays here')
    .option('--remote-command <command>', 'how integ is called on that host', 'integ')
    .option('--ssh-config <file>', 'configuration of ssh for --host (ssh -F), with port, key and known hosts')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ check',
        'integ check --format json --output /var/log/integ/today.json',
        'integ check --format html --output today.html',
        "integ check --paths '/etc/mail/**' --severity high",
        'ssh vault cat mail1.db | integ check --baseline - --expect-seal 0123456789abcdef',
        'integ check --nice --max-rate 50M --deadline 4h',
        'integ check --host root@mail1 --baseline /srv/integ/mail1.db',
      ),
    )
    .action(
      action(async ({ host }: { readonly host?: string }) => {
        if (host === undefined) startThreadAhead();
        return (await import('../commands/check.ts')).runCheck;
      }),
    );

  program
    .command('scan')
    .description('examine the system and print what was found, an object a line')
    .option('--stdin-policy', 'read from standard input what to examine, as integ check --host sends it')
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addHelpText(
      'after',
      '\nExit code: 0, or 16 when something could not be examined. The output is whole only with its',
    )
    .addHelpText('after', 'last line, the summary. With --verbose each line has the attributes as text too.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ scan > today.ndjson', 'integ scan --policy mail.yaml --verbose'))
    .action(
      action(async () => {
        startThreadAhead();
        return (await import('../commands/scan.ts')).runScan;
      }),
    );

  program
    .command('accept [id]')
    .description('make a new baseline that holds exactly the reported state of chosen findings')
    .option('--all', 'every finding of the report')
    .option('--path <glob...>', 'findings at paths that these patterns cover, both ends of a move')
    .option('--rule <name...>', 'findings of these rules, both rules of a move')
    .option('--explained', 'findings that packages explain by more than the word of the package database')
    .addOption(
      new Option('--proof <whose>', "with --explained: also what rests on the package database's word").choices([
        'database',
      ]),
    )
    .option('--reason <text>', 'why the changes are right; without one nothing is accepted')
    .option('--ticket <text>', 'number of a ticket or change, kept with the reason')
    .option('--expect-seal <hex>', 'the seal the present baseline must have')
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
        "integ accept latest --path '/etc/mail/**' --reason 'new relay'",
        "integ accept 20260102T030405Z-1f2e3d4c --rule 'System binaries' --reason 'upgrade to 12.5'",
      ),
    )
    .action(action(async () => (await import('../commands/accept.ts')).runAccept));

  program
    .command('review [id]')
    .description('decide about the findings of a report in the terminal, and accept what was chosen')
    .option('--ticket <text>', 'number of a ticket or change, kept with the reason')
    .option('--expect-seal <hex>', 'the seal the present baseline must have')
    .addHelpText('after', "\nThe report is named by its id, or is the newest one ('latest'). Press ? for the keys.")
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ review', 'integ review 20260102T030405Z-1f2e3d4c --ticket CHG-4711'))
    .action(action(async () => (await import('../commands/review.ts')).runReview));
}
