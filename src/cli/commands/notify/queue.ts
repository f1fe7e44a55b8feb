/** `integ notify queue`: the messages that could not be delivered yet. */
import { outboxDirectory } from '../../../app/history/run-history.ts';
import { addressed } from '../../../app/notify/notification.ts';
import { requireSafeFile } from '../../../app/safe-files.ts';
import { printableText } from '../../../model/bytes.ts';
import { Outbox, type Waiting } from '../../../notify/outbox.ts';
import { plain } from '../../../report/plain.ts';
import { plural } from '../../../report/words.ts';
import type { CommandContext } from '../../context.ts';
import type { NotifyQueueOptions } from './define.ts';

function queueLine({ message, postmark, attempts }: Waiting): string {
  const tried = `tried ${attempts.count} ${attempts.count === 1 ? 'time' : 'times'}`;
  const why = attempts.why === '' ? '' : `, last: ${attempts.why}`;
  const state = attempts.isRefused ? 'REFUSED, not tried again: ' : '';
  return plain(
    `${new Date(postmark.at).toISOString()}  report ${postmark.report} ${addressed(message)}: ${state}${tried}${why}`,
  );
}

function refusedLines(refused: readonly Waiting[]): readonly string[] {
  if (refused.length === 0) return [];
  const reports = [...new Set(refused.map(({ postmark }) => postmark.report))];
  const which = plain(reports.length === 1 ? (reports[0] ?? '') : 'ID');
  return [`${plural(refused.length, 'message')} refused for good: integ report send ${which} tries once more`];
}

export async function runNotifyQueue(context: CommandContext, { format }: NotifyQueueOptions): Promise<number> {
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
      refused: attempts.isRefused,
      why: attempts.why,
    }));
    const safe = (_: string, value: unknown): unknown => (typeof value === 'string' ? plain(value) : value);
    terminal.print(`${JSON.stringify({ waiting }, safe, 2)}\n`);
    return 0;
  }
  const refused = messages.filter(({ attempts }) => attempts.isRefused);
  const count = messages.length - refused.length;
  const waits = `${count === 1 ? '1 message waits' : `${count} messages wait`} in ${printableText(outbox.directory)}`;
  terminal.print(`${[...messages.map(queueLine), waits, ...refusedLines(refused)].join('\n')}\n`);
  return 0;
}
