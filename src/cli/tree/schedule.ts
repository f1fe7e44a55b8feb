/** The commands about the nightly check. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { clockText, DEFAULT_TIME, type TimeOfDay, timeOfDay } from '../../app/schedule/time.ts';
import { deadlineOption, maxRateOption } from './throttle.ts';
import { type ActionOf, EXIT_CODES, examples } from './words.ts';

function timeArgument(text: string): TimeOfDay {
  const time = timeOfDay(text);
  if (time === undefined) throw new InvalidArgumentError('It must be a time of day such as 02:30.');
  return time;
}

const systemdOption = (): Option => new Option('--systemd', 'a service and a timer of systemd').conflicts('cron');
const cronOption = (): Option => new Option('--cron', 'a file in /etc/cron.d').conflicts('systemd');
const atOption = (): Option =>
  new Option('--at <time>', 'local time at which the check begins, such as 02:30')
    .argParser(timeArgument)
    .default(DEFAULT_TIME, clockText(DEFAULT_TIME));

export function addSchedule(program: Command, action: ActionOf): void {
  const schedule = program.command('schedule').description('about the nightly check');
  schedule
    .command('show')
    .description('print what runs the nightly check, or what integ schedule install would write')
    .addOption(systemdOption())
    .addOption(cronOption())
    .addOption(atOption())
    .addOption(maxRateOption())
    .addOption(deadlineOption())
    .addHelpText('after', examples('integ schedule show', 'integ schedule show --cron --at 03:15'))
    .action(action(async () => (await import('../commands/schedule.ts')).runScheduleShow));
  schedule
    .command('install')
    .description('print the files of a nightly check and write them: for systemd where that runs, else for cron')
    .addOption(systemdOption())
    .addOption(cronOption())
    .addOption(atOption())
    .addOption(maxRateOption())
    .addOption(deadlineOption())
    .option('--force', 'replace files of these names that integ did not write, or that were edited')
    .addHelpText(
      'after',
      '\n--policy, --baseline, --history and --jobs are handed on to every check. With --root the files go',
    )
    .addHelpText('after', 'below that directory, and no program is told. As root only.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ schedule install',
        'integ schedule install --at 03:15 --max-rate 50M --deadline 4h',
        'integ schedule install --cron --policy /etc/integ/mail.yaml',
      ),
    )
    .action(action(async () => (await import('../commands/schedule.ts')).runScheduleInstall));
  schedule
    .command('remove')
    .description('end the nightly check and remove the files that integ wrote for it')
    .addOption(systemdOption())
    .addOption(cronOption())
    .option('--force', 'remove files of these names also when integ did not write them, or when they were edited')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ schedule remove'))
    .action(action(async () => (await import('../commands/schedule.ts')).runScheduleRemove));
}
