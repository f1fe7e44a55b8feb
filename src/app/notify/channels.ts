/** The channels by their names, each loaded when it is needed. */
import { UserError } from '../../model/errors.ts';
import type { Policy } from '../../model/rule.ts';
import { type Channel, type ChannelName, DeliveryError } from '../../notify/channel.ts';
import { namedFiles } from '../../notify/named-files.ts';
import { milliseconds } from '../../system/host.ts';
import type { Context } from '../context.ts';
import { requireSafeFile } from '../safe-files.ts';

/** Since 1970 UTC. */
export function nowMilliseconds({ host }: Context): number {
  return milliseconds(host.now());
}

export async function loadChannel(context: Context, name: ChannelName): Promise<Channel> {
  switch (name) {
    case 'email':
      return (await import('../../notify/email.ts')).emailChannel;
    case 'syslog':
      return (await import('../../notify/syslog.ts')).syslogChannel;
    case 'webhook':
      return (await import('../../notify/webhook.ts')).webhookChannel(() => nowMilliseconds(context));
    default:
      return name satisfies never;
  }
}

/** Channels that use no program, authorities or secret that others could have changed. */
export function guardedChannels(context: Context): (name: ChannelName) => Promise<Channel> {
  const guard = (name: ChannelName, policy: Policy): void => {
    for (const { file, kind } of namedFiles(policy.notify, name)) {
      try {
        requireSafeFile(context, file, kind);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const hint = error.hint === undefined ? '' : ` (hint: ${error.hint})`;
        throw new DeliveryError(`${error.message}${hint}`, true, { cause: error });
      }
    }
  };
  return async (name) => {
    const channel = await loadChannel(context, name);
    return {
      ...channel,
      deliver: async (message, policy, signal) => {
        guard(name, policy);
        await channel.deliver(message, policy, signal);
      },
    };
  };
}
