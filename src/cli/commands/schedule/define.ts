/** Options and help of the commands about the nightly check. */
import { InvalidArgumentError } from 'commander';
import { SCHEDULE_NAME } from '../../../app/schedule/places.ts';
import { clockText, DEFAULT_TIME, type TimeOfDay, timeOfDay } from '../../../app/schedule/time.ts';
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { deadlineOption, maxRateOption } from '../../shared-options.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

function timeArgument(text: string): TimeOfDay {
  const time = timeOfDay(text);
  if (time === undefined) throw new InvalidArgumentError('It must be a time of day such as 02:30.');
  return time;
}

const systemdOption = () => new Option('--systemd', 'a service and a timer of systemd').conflicts('cron');
const cronOption = () => new Option('--cron', 'a file in /etc/cron.d').conflicts('systemd');
function nameArgument(text: string): string {
  if (SCHEDULE_NAME.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be of letters, digits, - and _, 32 at most, and begin with none of the last two.',
  );
}

const nameOption = () =>
  new Option('--name <name>', 'of one of several schedules, such as web; each has files of its own').argParser(
    nameArgument,
  );
const atOption = () =>
  new Option('--at <time>', 'local time at which the check begins, such as 02:30')
    .argParser(timeArgument)
    .default(DEFAULT_TIME, clockText(DEFAULT_TIME));

const show = (schedule: AnyCommand) =>
  schedule
    .command('show')
    .description('print what runs the nightly check, or what integ schedule install would write')
    .addOption(systemdOption())
    .addOption(cronOption())
    .addOption(nameOption())
    .addOption(atOption())
    .addOption(maxRateOption())
    .addOption(deadlineOption())
    .addHelpText(
      'after',
      '\nWith --systemd or --cron it prints what integ schedule install would write, whatever is installed. It also says' +
        '\nwhat would keep a check from running: a program, baseline or policy that is not there.',
    )
    .addHelpText('after', examples('integ schedule show', 'integ schedule show --cron --at 03:15'));
export type ScheduleShowOptions = OptionsOf<typeof show>;

const install = (schedule: AnyCommand) =>
  schedule
    .command('install')
    .description('print the files of a nightly check and write them: for systemd where that runs, else for cron')
    .addOption(systemdOption())
    .addOption(cronOption())
    .addOption(nameOption())
    .addOption(atOption())
    .addOption(maxRateOption())
    .addOption(deadlineOption())
    .option('--force', 'replace files of these names that integ did not write, or that were edited')
    .option('--dry-run', 'print what would be written, and write nothing')
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
        'integ schedule install --name web --at 04:00 --policy /etc/integ/web.yaml --baseline /var/lib/integ/web.db',
      ),
    );
export type ScheduleInstallOptions = OptionsOf<typeof install>;

const remove = (schedule: AnyCommand) =>
  schedule
    .command('remove')
    .description('end the nightly check and remove the files that integ wrote for it')
    .addOption(systemdOption())
    .addOption(cronOption())
    .addOption(nameOption())
    .option('--force', 'remove files of these names also when integ did not write them, or when they were edited')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ schedule remove', 'integ schedule remove --name web'));
export type ScheduleRemoveOptions = OptionsOf<typeof remove>;

export const defineSchedule: DefineCommands = (program, bind) => {
  const schedule = program.command('schedule').description('about the nightly check');
  bind(show(schedule), async () => (await import('./show.ts')).runScheduleShow);
  bind(install(schedule), async () => (await import('./install.ts')).runScheduleInstall);
  bind(remove(schedule), async () => (await import('./remove.ts')).runScheduleRemove);
};
