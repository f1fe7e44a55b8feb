/**
 * The syslog channel: a report as RFC 5424 lines, to the system log of this host or to a log host, at most so many a
 * second. What was taken before a delivery was interrupted is not sent again where that can be known.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode, errorMessage } from '../model/errors.ts';
import type { SyslogSettings } from '../model/notify.ts';
import type { Policy } from '../model/rule.ts';
import { type Channel, DeliveryError, isWanted, type Message, type MessageSource } from './channel.ts';
import { LONGEST_DELIVERY, within } from './deadline.ts';
import type { Carrier } from './syslog-carrier.ts';
import { syslogLines } from './syslog-findings.ts';
import { LocalLog } from './syslog-local.ts';
import { openRemoteLog, serverName } from './syslog-remote.ts';

const SYSTEM_LOG = '/dev/log';

function linesOf({ body }: Message): readonly string[] {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function bodyOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8');
}

/** Hands over a batch and waits, so that no second sees more than `rate` lines. */
async function sendAll(lines: readonly string[], carrier: Carrier, rate: number, signal: AbortSignal): Promise<void> {
  for (let index = 0; index < lines.length; index += carrier.batch) {
    if (index > 0) await within(signal, wait((carrier.batch * 1000) / rate));
    await carrier.send(lines.slice(index, index + carrier.batch));
  }
  await carrier.close();
}

/** The error with what remains, when a part of the message was taken. */
function interrupted(error: unknown, message: Message, lines: readonly string[], taken: number): unknown {
  if (taken === 0 || (!(error instanceof DeliveryError) && errorCode(error) !== 'ETIMEDOUT')) return error;
  const rest = { ...message, body: bodyOf(lines.slice(taken)) };
  const { isTemporary, isOutOfTime } =
    error instanceof DeliveryError ? error : { isTemporary: true, isOutOfTime: true };
  return new DeliveryError(errorMessage(error), isTemporary, { cause: error, rest, isOutOfTime });
}

/** The channel with the socket of another system log than that of this host. */
export function syslogChannelAt(socket: string): Channel {
  const open = async ({ server, rate }: SyslogSettings, signal: AbortSignal): Promise<Carrier> =>
    server === undefined ? new LocalLog(socket, signal) : openRemoteLog(server, rate, signal);
  return {
    name: 'syslog',

    async compose(source: MessageSource): Promise<readonly Message[]> {
      const { syslog } = source.policy.notify;
      if (syslog === undefined || !isWanted(syslog, source)) return [];
      return [
        {
          id: `${source.report.id}-syslog`,
          channel: 'syslog',
          destination: syslog.server === undefined ? 'the system log' : serverName(syslog.server),
          body: bodyOf(syslogLines(source, syslog)),
          envelope: {},
        },
      ];
    },

    async deliver(
      message: Message,
      { notify: { syslog } }: Policy,
      signal = AbortSignal.timeout(LONGEST_DELIVERY),
    ): Promise<void> {
      if (syslog === undefined) throw new DeliveryError('the policy has no syslog any more', false);
      const lines = linesOf(message);
      const carrier = await open(syslog, signal);
      try {
        await sendAll(lines, carrier, syslog.rate, signal);
      } catch (error) {
        throw interrupted(error, message, lines, carrier.taken);
      } finally {
        carrier.abandon();
      }
    },

    ownPauses: (message: Message, { notify: { syslog } }: Policy): number =>
      syslog === undefined ? 0 : (linesOf(message).length * 1000) / syslog.rate,
  };
}

export const syslogChannel: Channel = syslogChannelAt(SYSTEM_LOG);
