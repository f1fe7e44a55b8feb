/** Options and help of `integ check`. */
import { SEVERITIES } from '../../../model/severity.ts';
import { REPORT_FORMATS } from '../../../report/formats.ts';
import { startThreadAhead } from '../../../scan/thread.ts';
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, EXIT_CODES_OF_COMPARISON, examples } from '../../help-texts.ts';
import {
  deadlineOption,
  expectSealOption,
  formatOption,
  maxRateOption,
  niceOption,
  outputOption,
  signersOption,
  stallOption,
} from '../../shared-options.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

const check = (program: AnyCommand) =>
  program
    .command('check')
    .description('compare the system with the baseline and report what differs')
    .addOption(formatOption(REPORT_FORMATS))
    .addOption(outputOption('the report'))
    .option('--paths <glob...>', 'examine only what these patterns cover')
    .option('--new-and-gone', 'report also what came or went where rules say new: false or gone: false')
    .addOption(new Option('--severity <min>', 'report only findings of at least this severity').choices(SEVERITIES))
    .addOption(expectSealOption('the seal the baseline must have: all of it or at least its first 16 digits'))
    .addOption(signersOption())
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addOption(stallOption())
    .addOption(deadlineOption())
    .option(
      '--unattended',
      'nobody reads the terminal: tell those of the policy file when the check fails or the baseline is not known here',
    )
    .addOption(
      new Option(
        '--report-only',
        'make the report and nothing else: read and write no history, notify nobody',
      ).conflicts('unattended'),
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
        'integ check --report-only --baseline /media/usb/mail1.db --expect-seal 0123456789abcdef',
        'integ check --host root@mail1 --baseline /srv/integ/mail1.db',
      ),
    );
export type CheckOptions = OptionsOf<typeof check>;

export const defineCheck: DefineCommands = (program, bind) => {
  bind(check(program), async ({ host }) => {
    if (host === undefined) startThreadAhead();
    return (await import('./run.ts')).runCheck;
  });
};
