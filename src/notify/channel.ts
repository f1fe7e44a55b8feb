/**
 * What the channels have in common: a report becomes messages, each with everything its delivery needs but secrets, so
 * that it can wait in the outbox and be delivered as it is by a later run. A channel writes nothing to the terminal and
 * knows nothing of the outbox.
 */
import type { Report } from '../model/report.ts';
import type { Policy } from '../model/rule.ts';

export const CHANNEL_NAMES = ['email', 'syslog', 'webhook'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

export interface Message {
  /** Unique, the same for each attempt: made of the id of the report, the channel and a number. */
  readonly id: string;
  readonly channel: ChannelName;
  /** For people: to whom or where, such as "root, admin@example.org". Printable. */
  readonly destination: string;
  /** What the channel made of the report: an RFC 5322 message, syslog lines, a JSON document. */
  readonly body: Uint8Array;
  /** What the channel needs to know beside the body, such as the envelope of a mail. */
  readonly envelope: Readonly<Record<string, string | readonly string[]>>;
}

/** What a message is made from. */
export interface Subject {
  readonly report: Report;
  /** The policy of the baseline: recipients of rules, settings of channels. */
  readonly policy: Policy;
  /** Name of the channel's machine as it is known to others. */
  readonly hostName: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A test: says so in its first words. */
  readonly isTest: boolean;
}

/** Why a message was not taken: one line, printable. */
export class DeliveryError extends Error {
  /** Whether trying again can help. */
  readonly isTemporary: boolean;

  constructor(message: string, isTemporary: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isTemporary = isTemporary;
  }
}

export interface Channel {
  readonly name: ChannelName;
  /** The messages of a report: none when the settings do not want it told. Throws nothing that depends on the report. */
  compose(subject: Subject): Promise<readonly Message[]>;
  /** Delivers one message by the settings as they are now. Throws a DeliveryError when it was not taken. */
  deliver(message: Message, policy: Policy): Promise<void>;
}
