/**
 * Tells people of a report: composes the messages of every channel of a policy, puts them into the outbox, delivers
 * what waits there, and says what became of it. A channel is loaded when it is needed.
 */
import { resolve } from 'node:path';
import type { BaselineHeader } from '../../model/baseline.ts';
import { type Path, printable, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import type { Policy } from '../../model/rule.ts';
import { CHANNEL_NAMES, type ChannelName, type Message } from '../../notify/channel.ts';
import { deliverOnce, deliverWaiting, type Result } from '../../notify/delivery.ts';
import { Outbox } from '../../notify/outbox.ts';
import { governingRule } from '../../policy/explain.ts';
import { plain } from '../../report/plain.ts';
import { writeFileAtomically } from '../../system/safe-write.ts';
import type { Context } from '../context.ts';
import { lastCompleteRun, outboxDirectory } from '../history/run-history.ts';
import { requireSafeFile } from '../safe-files.ts';
import { guardedChannels, loadChannel, nowMilliseconds } from './channels.ts';

const METRICS_MODE = 0o644;
/** How long a signal waits for the delivery that is under way. */
const LONGEST_WAIT_MILLISECONDS = 5000;

/** The channels that a policy names, by itself or in one of its rules. */
export function channelsOf({ notify, rules }: Policy): readonly ChannelName[] {
  const isNamed = (name: ChannelName): boolean =>
    notify[name] !== undefined || (name === 'email' && rules.some((rule) => rule.notify.length > 0));
  return CHANNEL_NAMES.filter(isNamed);
}

/** The same policy for somebody who asks for a report to be sent: a clean one is, too. What is `never` stays so. */
export function onRequest(policy: Policy): Policy {
  const always = CHANNEL_NAMES.flatMap((name) => {
    const settings = policy.notify[name];
    return settings === undefined || settings.when === 'never' ? [] : [[name, { ...settings, when: 'always' }]];
  });
  return { ...policy, notify: { ...policy.notify, ...Object.fromEntries(always) } };
}

/** What tells the messages of a baseline from those of others in an outbox that they share. */
function baselineKey({ baselineFile }: Context, { host, root }: Pick<BaselineHeader, 'host' | 'root'>): string {
  return baselineFile === '-' ? `- ${host} ${printable(root)}` : resolve(baselineFile);
}

export async function composeAll(context: Context, policy: Policy, report: Report): Promise<readonly Message[]> {
  const subject = {
    report,
    policy,
    ruleAt: (path: Path) => {
      const rule = governingRule(policy, path);
      return rule === undefined ? undefined : printableText(rule.name);
    },
    hostName: context.host.hostName(),
    qualifiedName: () => context.host.qualifiedName(),
    now: nowMilliseconds(context),
    isTest: report.test === true,
  };
  const messages: Message[] = [];
  for (const name of channelsOf(policy)) {
    const channel = await loadChannel(context, name);
    messages.push(...(await channel.compose(subject)));
  }
  return messages;
}

/** Delivers a message that waits nowhere; why not, or undefined. */
export async function deliverAtOnce(context: Context, message: Message, policy: Policy): Promise<string | undefined> {
  return (await deliverOnce(message, policy, guardedChannels(context)))?.message;
}

export interface Occasion {
  readonly report: Report;
  /** Whose settings count. */
  readonly policy: Policy;
  readonly header: Pick<BaselineHeader, 'host' | 'root'>;
  /** Whether somebody asked for the delivery, and waits for it. */
  readonly isRequested: boolean;
}

/** The messages of a report, made durable and not yet delivered. */
export class Notification {
  /** How many were composed. */
  readonly messages: number;
  readonly #context: Context;
  readonly #occasion: Occasion;
  readonly #outbox: Outbox | undefined;
  /** Those that the outbox did not take. */
  #homeless: readonly Message[] = [];
  #isComplete = true;

  private constructor(context: Context, occasion: Occasion, messages: number) {
    this.messages = messages;
    this.#context = context;
    this.#occasion = occasion;
    this.#outbox = this.#usableOutbox();
  }

  /** Puts the messages of a report into the outbox. What cannot be put there is a warning, and is sent nevertheless. */
  static async prepare(context: Context, occasion: Occasion): Promise<Notification> {
    const messages = await composeAll(context, occasion.policy, occasion.report);
    const notification = new Notification(context, occasion, messages.length);
    notification.#add(messages);
    return notification;
  }

  /** Delivers whatever waits, of this report and older ones, and tells so. Whether nothing waits any more. */
  async send(): Promise<boolean> {
    let isStopping = false;
    const sending = this.#sendAll(() => isStopping);
    const ended = sending.catch(() => undefined);
    const forget = this.#context.onSignal(() => {
      isStopping = true;
      return Promise.race([ended, new Promise((end) => setTimeout(end, LONGEST_WAIT_MILLISECONDS))]);
    });
    try {
      await sending;
    } finally {
      forget();
    }
    return this.#isComplete;
  }

  #usableOutbox(): Outbox | undefined {
    const outbox = new Outbox(outboxDirectory(this.#context));
    try {
      requireSafeFile(this.#context, outbox.directory, 'outbox');
      return outbox;
    } catch (error) {
      this.#undone(error, 'nothing waits in the outbox or goes out of it');
      return undefined;
    }
  }

  #add(messages: readonly Message[]): void {
    const { report, header } = this.#occasion;
    const postmark = {
      baseline: baselineKey(this.#context, header),
      report: report.id,
      at: nowMilliseconds(this.#context),
    };
    this.#homeless = messages.filter((message) => {
      try {
        this.#outbox?.add(message, postmark);
        return this.#outbox === undefined;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        this.#context.log.warn(`the message ${addressed(message)} cannot wait in the outbox: ${error.message}`);
        return true;
      }
    });
  }

  async #sendAll(isStopping: () => boolean): Promise<void> {
    for (const message of this.#homeless) {
      const error = await deliverOnce(message, this.#occasion.policy, guardedChannels(this.#context));
      if (error === undefined) this.#tellSent(message, this.#occasion.report.id);
      else this.#missed(`not delivered ${addressed(message)}: ${error.message}${this.#againHint()}`);
    }
    if (this.#outbox === undefined) return;
    try {
      await this.#empty(this.#outbox, isStopping);
    } catch (error) {
      this.#undone(error, 'the outbox cannot be used');
    }
  }

  async #empty(outbox: Outbox, isStopping: () => boolean): Promise<void> {
    const { policy, header, isRequested } = this.#occasion;
    outbox.clean(nowMilliseconds(this.#context));
    const { messages, damaged } = outbox.contents();
    for (const what of damaged) this.#missed(`a message in the outbox is damaged and was set aside: ${what}`);
    const results = deliverWaiting(outbox, messages, {
      policy,
      load: guardedChannels(this.#context),
      baseline: baselineKey(this.#context, header),
      isUrgent: isRequested,
      now: () => nowMilliseconds(this.#context),
      isStopping,
    });
    let postponed = 0;
    for await (const result of results) {
      this.#tell(result);
      if (result.outcome.kind === 'postponed') postponed += 1;
    }
    if (postponed > 0) {
      const what = postponed === 1 ? '1 more message waits' : `${postponed} more messages wait`;
      this.#missed(`${what} in ${printableText(outbox.directory)} for a later run`);
    }
  }

  #tell({ message, report, outcome, remarks }: Result): void {
    const { log } = this.#context;
    const which = report === this.#occasion.report.id ? '' : ` (report ${printableText(report)})`;
    for (const remark of remarks) log.warn(`message ${addressed(message)}${which}: ${remark}`);
    switch (outcome.kind) {
      case 'sent':
        this.#tellSent(message, report);
        return;
      case 'failed':
        this.#missed(`not delivered ${addressed(message)}${which}: ${outcome.why}; it waits in the outbox`);
        return;
      case 'refused':
        this.#missed(
          `refused ${addressed(message)}${which}: ${outcome.why}; it is not tried again (hint: integ notify queue lists it, and ${sendCommand(report)} sends it once more)`,
        );
        return;
      case 'elsewhere':
        log.note(`another run delivers the message ${addressed(message)}${which} at this moment`);
        return;
      case 'postponed':
        return;
      default:
        outcome satisfies never;
    }
  }

  #tellSent(message: Result['message'], report: string): void {
    const which =
      report === this.#occasion.report.id ? 'sent' : `report ${printableText(report)}, which had waited, sent`;
    this.#context.log.note(`${which} ${addressed(message)}`);
  }

  #againHint(): string {
    const { report } = this.#occasion;
    return report.test === true ? '' : `; send it with: ${sendCommand(report.id)}`;
  }

  /** A failure that is for the user and does not end the command. */
  #undone(error: unknown, what: string): void {
    if (!(error instanceof UserError)) throw error;
    this.#missed(`${what}: ${error.message}${error.hint === undefined ? '' : ` (hint: ${error.hint})`}`);
  }

  #missed(text: string): void {
    this.#isComplete = false;
    this.#context.log.warn(text);
  }
}

/**
 * Writes the figures of a check of everything, readable for whoever collects them. One that was restricted says nothing
 * of the whole and leaves the file as it is. Whether that could be done; what went wrong is a warning.
 */
export async function writeMetrics(
  context: Context,
  { notify }: Policy,
  report: Report,
  header: BaselineHeader,
): Promise<boolean> {
  if (notify.metrics === undefined || report.limits !== undefined) return true;
  const { prometheusReport } = await import('../../report/prometheus.ts');
  const lastComplete = lastCompleteRun(context, header);
  const figures = prometheusReport(report, lastComplete === undefined ? {} : { lastComplete });
  try {
    writeFileAtomically(notify.metrics.file, figures, METRICS_MODE);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.log.warn(`the metrics were not written: ${error.message}`);
    return false;
  }
}

function sendCommand(report: string): string {
  return `integ report send ${printableText(report)}`;
}

/** How and where to: `by email to root`. */
export function addressed({ channel, destination }: Pick<Message, 'channel' | 'destination'>): string {
  return `by ${channel} to ${plain(destination)}`;
}
