/** `integ notify queue`: the messages that could not be delivered yet. */
import { outboxDirectory } from '../../../app/history/run-history.ts';
import { addressed } from '../../../app/notify/notification.ts';
import { requireSafeFile } from '../../../app/safe-files.ts';
import { printableText } from '../../../model/bytes.ts';
import { Outbox, type Waiting } from '../../../notify/outbox.ts';
import { plain } from '../../../report/plain.ts';
import type { CommandContext } from '../../context.ts';
import type { NotifyQueueOptions } from './define.ts';

function queueLine({ message, postmark, attempts }: Waiting): string {
  const tried = `tried ${attempts.count} ${attempts.count === 1 ? 'time' : 'times'}`;
  const why = attempts.why === '' ? '' : `, last: ${attempts.why}`;
  return plain(
    `${new Date(postmark.at).toISOString()}  report ${postmark.report} ${addressed(message)}: ${tried}${why}`,
  );
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
