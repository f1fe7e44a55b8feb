/** `integ notify test`: a message through every channel, to see whether it arrives. */
import { addressed, channelsOf, composeAll, deliverAtOnce, onRequest } from '../../../app/notify/notification.ts';
import { requireChannels, settingsInForce, testReport } from '../../../app/notify/settings.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import type { Policy } from '../../../model/rule.ts';
import type { Message } from '../../../notify/channel.ts';
import { plain } from '../../../report/plain.ts';
import { isQualified } from '../../../system/qualified-name.ts';
import type { CommandContext } from '../../context.ts';

/** Servers elsewhere refuse mail of a host that has no name there. The local mailer has names of its own. */
function warnOfName({ terminal }: CommandContext, { notify }: Policy, messages: readonly Message[]): void {
  if (notify.email === undefined || 'sendmail' in notify.email.transport) return;
  for (const domain of new Set(messages.map(({ envelope }) => envelope['domain']))) {
    if (typeof domain !== 'string' || isQualified(domain)) continue;
    terminal.warn(
      `this host has no fully qualified name, so mail comes from ${domain}: name it in /etc/hosts, or with notify.email.hostname`,
    );
  }
}

/** A test waits in no outbox: whoever asks for it is there to see how it ends. */
export async function runNotifyTest(context: CommandContext): Promise<number> {
  const settings = await settingsInForce(context);
  requireChannels(settings);
  context.terminal.note(`channels of ${settings.origin}`);
  const policy = onRequest(settings.loaded.policy);
  const messages = await composeAll(context, policy, testReport(context, settings));
  for (const name of channelsOf(policy).filter((channel) => !messages.some((message) => message.channel === channel))) {
    context.terminal.print(`${name}: nothing to send, by its settings\n`);
  }
  warnOfName(context, policy, messages);
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
