/** `integ notify …` and `integ report send`: tells people of a report because somebody asks for it. */
import { openHistory, outboxDirectory } from '../../app/history/run-history.ts';
import { readReport, reportOperand } from '../../app/history/stored-report.ts';
import {
  addressed,
  channelsOf,
  composeAll,
  deliverAtOnce,
  Notification,
  onRequest,
} from '../../app/notify/notification.ts';
import { requireChannels, settingsInForce, settingsOfBaseline, testReport } from '../../app/notify/settings.ts';
import { requireSafeFile } from '../../app/safe-files.ts';
import { printableText } from '../../model/bytes.ts';
import { SYSEXITS } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import { Outbox, type Waiting } from '../../notify/outbox.ts';
import { plain } from '../../report/plain.ts';
import type { Context } from '../context.ts';

/** A test waits in no outbox: whoever asks for it is there to see how it ends. */
export async function runNotifyTest(context: Context): Promise<number> {
  const settings = await settingsInForce(context);
  requireChannels(settings);
  context.terminal.note(`channels of ${settings.origin}`);
  const policy = onRequest(settings.loaded.policy);
  const messages = await composeAll(context, policy, testReport(context, settings));
  for (const name of channelsOf(policy).filter((channel) => !messages.some((message) => message.channel === channel))) {
    context.terminal.print(`${name}: nothing to send, by its settings\n`);
  }
  let isDelivered = true;
  for (const message of messages) {
    const why = await deliverAtOnce(context, message, policy);
    if (why !== undefined) isDelivered = false;
    context.terminal.print(
      `${why === undefined ? 'sent' : 'FAILED'} ${addressed(message)}${why === undefined ? '' : `: ${plain(why)}`}\n`,
    );
  }
  return isDelivered ? 0 : SYSEXITS.undelivered;
}

export async function runReportSend(context: Context, operands: readonly string[]): Promise<number> {
  const settings = await settingsOfBaseline(context);
  requireChannels(settings);
  const { history } = openHistory(context);
  let report: Report;
  try {
    report = readReport(history, history.find({ id: reportOperand(operands[0]) }));
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

function queueLine({ message, postmark, attempts }: Waiting): string {
  const tried = `tried ${attempts.count} ${attempts.count === 1 ? 'time' : 'times'}`;
  const why = attempts.why === '' ? '' : `, last: ${attempts.why}`;
  return plain(
    `${new Date(postmark.at).toISOString()}  report ${postmark.report} ${addressed(message)}: ${tried}${why}`,
  );
}

export async function runNotifyQueue(
  context: Context,
  _operands: readonly string[],
  { format }: { readonly format: 'text' | 'json' },
): Promise<number> {
  const { terminal } = context;
  const outbox = new Outbox(outboxDirectory(context));
  requireSafeFile(context, outbox.directory, 'outbox');
  const { messages, damaged } = outbox.contents();
  for (const what of damaged) terminal.warn(`a message in the outbox is damaged and was set aside: ${what}`);
  if (format === 'json') {
    const waiting = messages.map(({ file, message, postmark, attempts, bytes }) => ({
      file,
      id: message.id,
      channel: message.channel,
      destination: message.destination,
      baseline: postmark.baseline,
      report: postmark.report,
      since: new Date(postmark.at).toISOString(),
      bytes,
      attempts: attempts.count,
      why: attempts.why,
    }));
    const safe = (_: string, value: unknown): unknown => (typeof value === 'string' ? plain(value) : value);
    terminal.print(`${JSON.stringify({ waiting }, safe, 2)}\n`);
    return 0;
  }
  const count = messages.length === 1 ? '1 message waits' : `${messages.length} messages wait`;
  terminal.print(`${[...messages.map(queueLine), `${count} in ${printableText(outbox.directory)}`].join('\n')}\n`);
  return 0;
}
