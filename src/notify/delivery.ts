/**
 * Delivers what waits in the outbox: what was tried least first, so that a message nobody takes holds up no other, and
 * within bounds, so that a server that is down holds up no check. Gives results as data; tells nobody.
 */
import { printableText } from '../model/bytes.ts';
import { errorMessage, UserError } from '../model/errors.ts';
import type { Policy } from '../model/rule.ts';
import { type Channel, type ChannelName, DeliveryError, type Message } from './channel.ts';
import { LONGEST_DELIVERY, within } from './deadline.ts';
import type { Claim, Outbox, Waiting } from './outbox.ts';

/** After so many messages in a row that a channel could not deliver for now, the others wait for a later run. */
const FAILURES_OF_A_CHANNEL = 2;
/** Milliseconds in which a channel gives back what it holds, and says what was taken, when the time is up. */
const GRACE = 2000;
/** No message is begun later than this in one run. */
const LONGEST_RUN_MILLISECONDS = 120_000;
/** The first failure is tried again by the next run whenever that is; then the pauses double. */
const FIRST_PAUSE_MILLISECONDS = 60_000;
const LONGEST_PAUSE_MILLISECONDS = 6 * 3600 * 1000;

type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed'; readonly why: string }
  /** It is never tried again unless somebody asks for its report. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It waits for a later run. */
  | { readonly kind: 'postponed'; readonly why: string }
  /** Another run delivers it at this moment, and tells how that ended. */
  | { readonly kind: 'elsewhere' };

export interface Result {
  readonly message: Waiting['message'];
  /** Id of the report. */
  readonly report: string;
  readonly outcome: Outcome;
  /** What else is to be known, such as that it may arrive twice. */
  readonly remarks: readonly string[];
}

export type LoadChannel = (name: ChannelName) => Promise<Channel>;

export interface DeliveryOptions {
  readonly policy: Policy;
  readonly load: LoadChannel;
  /** Messages of other baselines are left alone. */
  readonly baseline: string;
  /** Whether somebody asks for it: then no message waits for its pause to pass. */
  readonly isUrgent: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether to begin no other message, since the process is to end. */
  readonly isStopping: () => boolean;
  /** Milliseconds that one delivery may take. */
  readonly limit?: number;
}

/** When a message is tried again. */
function dueAt({ attempts: { count, lastAt } }: Waiting): number {
  if (count <= 1) return 0;
  return lastAt + Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** (count - 2), LONGEST_PAUSE_MILLISECONDS);
}

/**
 * Why a message was not taken; whatever else a channel throws is a defect of integ, and no reason to lose a message.
 */
function reasonOf(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  return new DeliveryError(`internal error: ${printableText(errorMessage(error))}`, false, {
    cause: error,
    isRefusal: false,
  });
}

/**
 * Delivers one message that waits nowhere, in at most `limit` milliseconds beside the pauses that the channel makes
 * itself: it ends then, whatever a channel is waiting for.
 */
export async function deliverOnce(
  message: Message,
  policy: Policy,
  load: LoadChannel,
  limit = LONGEST_DELIVERY,
): Promise<DeliveryError | undefined> {
  const [deadline, end] = [new AbortController(), new AbortController()];
  const timers: NodeJS.Timeout[] = [];
  const start = (pauses: number): void => {
    for (const timer of timers.splice(0)) clearTimeout(timer);
    timers.push(setTimeout(() => deadline.abort(), limit + pauses));
    timers.push(setTimeout(() => end.abort(), limit + pauses + GRACE));
  };
  const deliver = async (): Promise<void> => {
    const channel = await load(message.channel);
    start(channel.ownPauses?.(message, policy) ?? 0);
    await channel.deliver(message, policy, deadline.signal);
  };
  start(0);
  try {
    await within(end.signal, deliver());
    return undefined;
  } catch (error) {
    return deadline.signal.aborted ? outOfTime(error, limit) : reasonOf(error);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** The time was up: what the channel says of that, and what it had delivered by then. */
function outOfTime(error: unknown, limit: number): DeliveryError {
  const { message, rest } = error instanceof DeliveryError ? error : { message: 'it was not taken', rest: undefined };
  const why = `${message} (the attempt was ended after ${limit / 1000} seconds)`;
  return new DeliveryError(why, true, { isOutOfTime: true, cause: error, ...(rest === undefined ? {} : { rest }) });
}

/** Runs an action on the outbox whose failure does not keep a message from being delivered. */
function tryNoting(remarks: string[], what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    remarks.push(`${what}: ${error.message}`);
  }
}

/**
 * Counts, for each channel, how many messages in a row could not be delivered for now. One that used up its time is
 * enough: the others go to the same server, and would each take as long.
 */
class Patience {
  readonly #failures = new Map<ChannelName, number>();

  isOver(channel: ChannelName): boolean {
    return (this.#failures.get(channel) ?? 0) >= FAILURES_OF_A_CHANNEL;
  }

  note(channel: ChannelName, error: DeliveryError | undefined): void {
    const before = this.#failures.get(channel) ?? 0;
    const failures = error?.isOutOfTime === true ? FAILURES_OF_A_CHANNEL : before + 1;
    this.#failures.set(channel, error?.isTemporary === true ? failures : 0);
  }
}

async function deliverClaimed(
  claim: Claim,
  options: DeliveryOptions,
  patience: Patience,
): Promise<Pick<Result, 'outcome' | 'remarks'>> {
  const { message } = claim;
  const remarks: string[] = [];
  if (claim.mayBeDelivered) remarks.push(`an attempt was cut off before, so it may arrive twice, as ${message.id}`);
  tryNoting(remarks, 'its attempt was not noted', () => claim.begin(options.now()));
  const error = await deliverOnce(message, options.policy, options.load, options.limit);
  patience.note(message.channel, error);
  if (error === undefined) {
    tryNoting(remarks, 'it was delivered and will be again', () => claim.delivered());
    return { outcome: { kind: 'sent' }, remarks };
  }
  const { message: why, rest, isRefusal } = error;
  tryNoting(remarks, 'its failure was not noted', () => claim.failed({ why, rest, isRefusal }));
  return { outcome: { kind: isRefusal ? 'refused' : 'failed', why }, remarks };
}

/** Delivers what waits for a baseline, and gives a result for each of its messages as soon as there is one. */
export async function* deliverWaiting(
  outbox: Outbox,
  messages: readonly Waiting[],
  options: DeliveryOptions,
): AsyncGenerator<Result, void, undefined> {
  const began = options.now();
  const patience = new Patience();
  const isOurs = ({ postmark, attempts }: Waiting): boolean =>
    postmark.baseline === options.baseline && !attempts.isRefused;
  const own = messages.filter(isOurs);
  // Sorting is stable: among those tried equally often the oldest is first.
  for (const waiting of own.sort((left, right) => left.attempts.count - right.attempts.count)) {
    const { message, postmark, attempts } = waiting;
    const result = { message, report: postmark.report, remarks: [] };
    const postponed = (why: string): Result => ({ ...result, outcome: { kind: 'postponed', why } });
    const now = options.now();
    if (options.isStopping()) return;
    if (patience.isOver(message.channel)) yield postponed(`${message.channel} does not deliver at the moment`);
    else if (now - began > LONGEST_RUN_MILLISECONDS) yield postponed('delivering took too long');
    else if (!options.isUrgent && dueAt(waiting) > now) yield postponed(attempts.why);
    else {
      const claim = outbox.claim(waiting.file);
      if (claim === undefined) {
        yield { ...result, outcome: { kind: 'elsewhere' } };
        continue;
      }
      try {
        yield { ...result, ...(await deliverClaimed(claim, options, patience)) };
      } finally {
        claim.release();
      }
    }
  }
}
