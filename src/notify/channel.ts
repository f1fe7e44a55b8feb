/**
 * What the channels have in common: a report becomes messages, each with everything its delivery needs but secrets, so
 * that it can wait in the outbox and be delivered as it is by a later run. A channel writes nothing to the terminal and
 * knows nothing of the outbox.
 */
import type { Path } from '../model/bytes.ts';
import type { NotifyWhen } from '../model/notify.ts';
import type { Report, ReportChange } from '../model/report.ts';
import type { Policy } from '../model/rule.ts';
import { atLeast, type Severity } from '../model/severity.ts';
import { explanationOf } from '../report/explained.ts';

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
  /** The same in other words, each shorter than the one before: for a receiver to whom the body is too large. */
  readonly smaller?: readonly Uint8Array[];
  /** What the channel needs to know beside the body, such as the envelope of a mail. */
  readonly envelope: Readonly<Record<string, string | readonly string[]>>;
}

/** What a message is made from. */
export interface MessageSource {
  readonly report: Report;
  /** The policy of the baseline: recipients of rules, settings of channels. */
  readonly policy: Policy;
  /** Name of the rule that governs an object at a path, as reports have it. */
  readonly ruleAt: (path: Path) => string | undefined;
  /** Name of the channel's machine as it is known to others. */
  readonly hostName: string;
  /** The same fully qualified; undefined where it has no such name. */
  readonly qualifiedName: () => Promise<string | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A test: says so in its first words. */
  readonly isTest: boolean;
}

/** What a channel is to be used for. */
interface Wish {
  readonly when: NotifyWhen;
  /** Of findings, at least; undefined: any. */
  readonly severity?: Severity;
}

/** Whether the settings of a channel want the report told. An incomplete one is told whatever was found in the rest. */
export function isWanted(wish: Wish, { report, isTest }: Pick<MessageSource, 'report' | 'isTest'>): boolean {
  if (wish.when === 'never') return false;
  if (wish.when === 'always' || isTest || report.status === 'incomplete') return true;
  if (report.status === 'clean') return false;
  return report.violations.some(({ severity }) => isAsSevere(wish, severity)) || report.changes.some(isTold(wish));
}

function isAsSevere({ severity: minimum }: Wish, severity: Severity): boolean {
  return minimum === undefined || atLeast(severity, minimum);
}

function isTold(wish: Wish): (change: ReportChange) => boolean {
  return (change) =>
    change.consequence !== true &&
    isAsSevere(wish, change.severity) &&
    (wish.when !== 'unexplained' || explanationOf(change) === undefined);
}

/** Why a message was not taken: one line, printable. */
export class DeliveryError extends Error {
  /** Whether trying again can help. */
  readonly isTemporary: boolean;
  /** Whether the receiver will not take this message whatever anybody mends here. */
  readonly isRefusal: boolean;
  /** Whether a smaller one may be taken. */
  readonly isTooLarge: boolean;
  /** What is still to be delivered, when a part of the message was taken; undefined: all of it. Has the same id. */
  readonly rest: Message | undefined;

  /** Whether time was used up in waiting: for the delivery as a whole, or for one step of it. */
  readonly isOutOfTime: boolean;

  constructor(
    message: string,
    isTemporary: boolean,
    options?: ErrorOptions & {
      readonly rest?: Message;
      readonly isOutOfTime?: boolean;
      readonly isTooLarge?: boolean;
      /** False where it is no use to try again before a setting is mended. */
      readonly isRefusal?: boolean;
    },
  ) {
    super(message, options);
    this.isTemporary = isTemporary;
    this.isRefusal = options?.isRefusal ?? !isTemporary;
    this.isTooLarge = options?.isTooLarge ?? false;
    this.rest = options?.rest;
    this.isOutOfTime = options?.isOutOfTime ?? false;
  }
}

export interface Channel {
  readonly name: ChannelName;
  /**
   * The messages of a report: none when the settings do not want it told. Throws nothing that depends on the report.
   */
  compose(source: MessageSource): Promise<readonly Message[]>;
  /**
   * Delivers one message by the settings as they are now. Throws a DeliveryError when it was not taken, and soon when
   * the signal says that the time is up: then every connection and program of the delivery is ended.
   */
  deliver(message: Message, policy: Policy, signal?: AbortSignal): Promise<void>;
  /** Milliseconds of a delivery in which nobody is waited for but ourselves: they come on top of what it may take. */
  ownPauses?(message: Message, policy: Policy): number;
}
