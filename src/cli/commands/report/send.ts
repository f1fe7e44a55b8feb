/** `integ report send`: a stored report again through every channel. */
import { openHistory } from '../../../app/history/run-history.ts';
import { readReport, reportOperand } from '../../../app/history/stored-report.ts';
import { Notification, onRequest } from '../../../app/notify/notification.ts';
import { requireChannels, settingsOfBaseline } from '../../../app/notify/settings.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import type { Report } from '../../../model/report.ts';
import type { CommandContext } from '../../context.ts';

export async function runReportSend(
  context: CommandContext,
  _options: object,
  [operand]: readonly [string | undefined],
): Promise<number> {
  const settings = await settingsOfBaseline(context);
  requireChannels(settings);
  const { history } = openHistory(context);
  let report: Report;
  try {
    report = readReport(history, history.find({ id: reportOperand(operand) }));
  } finally {
    history.close();
  }
  const policy = onRequest(settings.loaded.policy);
  const notification = await Notification.prepare(context, {
    report,
    policy,
    header: settings.header,
    isRequested: true,
  });
  if (notification.messages === 0) context.terminal.note('by their settings no channel tells this report');
  return (await notification.send()) ? 0 : SYSEXITS.undelivered;
}
