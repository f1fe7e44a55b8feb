/** `integ report show`: prints a stored report. */
import { openHistory } from '../../../app/history/run-history.ts';
import { readReport, reportOperand } from '../../../app/history/stored-report.ts';
import type { CommandContext } from '../../context.ts';
import { deliver, deliverText } from '../../output.ts';
import type { ReportShowOptions } from './define.ts';

export async function runReportShow(
  context: CommandContext,
  options: ReportShowOptions,
  [operand]: readonly [string | undefined],
): Promise<number> {
  const { history } = openHistory(context);
  try {
    const run = history.find({ id: reportOperand(operand) });
    // As it was stored, whatever this version would write.
    if (options.format === 'json') await deliverText(context, history.report(run), options.output);
    else await deliver(context, readReport(history, run), options);
    return 0;
  } finally {
    history.close();
  }
}
