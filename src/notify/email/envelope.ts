/** The envelope of a mail (RFC 5321 section 2.3.1) as a message carries it through the outbox. */
import { DeliveryError, type Message } from '../channel.ts';

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  /** Of the machine that composed it, for addresses without one. */
  readonly domain: string;
}

export function envelopeOf({ envelope }: Message): Envelope {
  const { from, to, domain } = envelope;
  if (typeof from === 'string' && typeof domain === 'string' && Array.isArray(to) && to.length > 0) {
    return { from, to, domain };
  }
  throw new DeliveryError('the message has no envelope of a mail: another version of integ made it', false);
}
