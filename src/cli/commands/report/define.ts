/** Options and help of the commands about stored reports. */
import { REPORT_FORMATS } from '../../../report/formats.ts';
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { formatOption, outputOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const schema = (report: AnyCommand) =>
  report
    .command('schema')
    .description('print the JSON Schema of the report')
    .addHelpText('after', examples('integ report schema > integ-report.schema.json'));

const list = (report: AnyCommand) =>
  report
    .command('list')
    .description('list the stored reports, newest first, and verify that none was removed or edited')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, or 65 when reports were removed, edited or reordered.')
    .addHelpText('after', examples('integ report list', 'integ report list --format json'));
export type ReportListOptions = OptionsOf<typeof list>;

const show = (report: AnyCommand) =>
  report
    .command('show [id]')
    .description("print a stored report, by its id or 'latest'")
    .addOption(formatOption(REPORT_FORMATS))
    .addOption(outputOption('the report'))
    .addHelpText('after', '\nExit code: 0, or 66 when there is no such report.')
    .addHelpText(
      'after',
      examples(
        'integ report show',
        'integ report show 20260102T030405Z-1f2e3d4c --format json',
        'integ report show --format html --output report.html',
        'integ report show --format markdown > ticket.md',
      ),
    );
export type ReportShowOptions = OptionsOf<typeof show>;

const send = (report: AnyCommand) =>
  report
    .command('send [id]')
    .description(
      "send a stored report again through every channel, and before it whatever waits; by its id or 'latest'",
    )
    .addHelpText('after', '\nExit code: 0, or 69 when something could not be delivered.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ report send', 'integ report send 20260102T030405Z-1f2e3d4c'));

export const defineReport: DefineCommands = (program, bind) => {
  const report = program.command('report').description('about reports');
  bind(schema(report), async () => (await import('./schema.ts')).runReportSchema);
  bind(list(report), async () => (await import('./list.ts')).runReportList);
  bind(show(report), async () => (await import('./show.ts')).runReportShow);
  bind(send(report), async () => (await import('./send.ts')).runReportSend);
};
