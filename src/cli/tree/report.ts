/** The commands about stored reports. */
import type { Command } from 'commander';
import { REPORT_FORMATS } from '../../report/formats.ts';
import { type ActionOf, EXIT_CODES, examples, formatOption } from './words.ts';

export function addReport(program: Command, action: ActionOf): void {
  const report = program.command('report').description('about reports');
  report
    .command('schema')
    .description('print the JSON Schema of the report')
    .addHelpText('after', examples('integ report schema > integ-report.schema.json'))
    .action(action(async () => (await import('../commands/report.ts')).runReportSchema));

  report
    .command('list')
    .description('list the stored reports, newest first, and verify that none was removed or edited')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, or 65 when reports were removed, edited or reordered.')
    .addHelpText('after', examples('integ report list', 'integ report list --format json'))
    .action(action(async () => (await import('../commands/report.ts')).runReportList));
  report
    .command('show [id]')
    .description("print a stored report, by its id or 'latest'")
    .addOption(formatOption(REPORT_FORMATS))
    .option('--output <file>', 'write the report to a file, whole or not at all')
    .addHelpText('after', '\nExit code: 0, or 66 when there is no such report.')
    .addHelpText(
      'after',
      examples(
        'integ report show',
        'integ report show 20260102T030405Z-1f2e3d4c --format json',
        'integ report show --format html --output report.html',
        'integ report show --format markdown > ticket.md',
      ),
    )
    .action(action(async () => (await import('../commands/report.ts')).runReportShow));
  report
    .command('send [id]')
    .description(
      "send a stored report again through every channel, and before it whatever waits; by its id or 'latest'",
    )
    .addHelpText('after', '\nExit code: 0, or 69 when something could not be delivered.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ report send', 'integ report send 20260102T030405Z-1f2e3d4c'))
    .action(action(async () => (await import('../commands/notify.ts')).runReportSend));
}
