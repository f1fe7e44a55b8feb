/** `integ notify …` and `integ report send`: tells people of a report because somebody asks for it. */
import { unexaminedReport } from '../../app/check/unexamined-report.ts';
import { readReport, reportOperand } from '../../app/history/stored-report.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { pathFromText, printableText } from '../../model/bytes.ts';
import { SYSEXITS, UserError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import { Outbox, type Waiting } from '../../notify/outbox.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { plain } from '../../report/plain.ts';
import { liveHost } from '../../system/host.ts';
import { openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { requireKnownHere } from '../known-baseline.ts';
import { loadContextPolicy, policyName } from '../load-policy.ts';
import { addressed, channelsOf, composeAll, deliverAtOnce, Notification, onRequest } from '../notification.ts';
import { openHistory, outboxDirectory } from '../run-history.ts';
import { requireSafeFile } from '../safe-files.ts';
import { reportedSignature, trustBaseline } from '../signers.ts';
import { requireSuccession } from '../succession.ts';

/** Whose settings count, and what a report says of the baseline that they come from. */
interface Settings {
  readonly loaded: LoadedPolicy;
  readonly header: Pick<BaselineHeader, 'host' | 'root'>;
  readonly baseline: Report['baseline'];
  /** For the person at the terminal: `the policy in baseline /var/lib/integ/baseline.db`. */
  readonly origin: string;
}

/** Throws a UserError as `check` does when the baseline is missing or not to be trusted, and when it is not known here. */
async function settingsOfBaseline(context: Context): Promise<Settings> {
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
    const { verdict, loaded } = trustBaseline(context, baseline, undefined);
    requireSuccession(context, baseline);
    requireKnownHere(context, baseline, 'nobody is told');
    const signature = reportedSignature(verdict);
    const { seal, header } = baseline;
    return {
      loaded,
      header,
      baseline: { file: baseline.file, sequence: header.sequence, createdAt: header.createdAt, seal, signature },
      origin: `the policy in baseline ${printableText(baseline.file)}`,
    };
  } finally {
    baseline.close();
  }
}

function settingsOfFile(context: Context): Settings {
  const name = policyName(context);
  return {
    loaded: loadContextPolicy(context, name),
    header: { host: liveHost.hostName(), root: pathFromText(context.root) },
    baseline: { file: '', sequence: 0, createdAt: '', seal: '', signature: { status: 'none' } },
    origin: `policy ${printableText(name)}, since there is no baseline`,
  };
}

/** Those of the baseline, as a check would use them; those of the policy file as long as there is none. */
async function settingsInForce(context: Context): Promise<Settings> {
  try {
    return await settingsOfBaseline(context);
  } catch (error) {
    if (error instanceof UserError && error.code === 'missing') return settingsOfFile(context);
    throw error;
  }
}

function requireChannels({ loaded, origin, baseline }: Settings): void {
  if (channelsOf(loaded.policy).length > 0) return;
  const update = baseline.file === '' ? '' : ', then integ policy update puts it into force';
  throw new UserError('policy', `nobody is to be told: ${origin} names no channel`, {
    hint: `add for example  notify: { email: { to: [root] } }  to the policy file${update}`,
  });
}

function testReport({ loaded, baseline }: Settings): Report {
  return {
    ...unexaminedReport(loaded, baseline),
    test: true,
    notes: ['this is a test of the notification: nothing was examined'],
  };
}

/** A test waits in no outbox: whoever asks for it is there to see how it ends. */
export async function runNotifyTest(context: Context): Promise<number> {
  const settings = await settingsInForce(context);
  requireChannels(settings);
  context.terminal.note(`channels of ${settings.origin}`);
  const policy = onRequest(settings.loaded.policy);
  const messages = await composeAll(policy, testReport(settings));
  for (const name of channelsOf(policy).filter((channel) => !messages.some((message) => message.channel === channel))) {
    context.terminal.print(`${name}: nothing to send, by its settings\n`);
  }
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

export async function runReportSend(context: Context, operands: readonly string[]): Promise<number> {
  const settings = await settingsOfBaseline(context);
  requireChannels(settings);
  const { history } = openHistory(context);
  let report: Report;
  try {
    report = readReport(history, history.find({ id: reportOperand(operands[0]) }));
  } finally {
    history.close();
  }
  const policy = onRequest(settings.loaded.policy);
  const notification = await Notification.prepare(context, {
    report,
    policy,
    header: settings.header,
    isRequested: true,
  });
  if (notification.messages === 0) context.terminal.note('by their settings no channel tells this report');
  return (await notification.send()) ? 0 : SYSEXITS.undelivered;
}

function queueLine({ message, postmark, attempts }: Waiting): string {
  const tried = `tried ${attempts.count} ${attempts.count === 1 ? 'time' : 'times'}`;
  const why = attempts.why === '' ? '' : `, last: ${attempts.why}`;
  return plain(
    `${new Date(postmark.at).toISOString()}  report ${postmark.report} ${addressed(message)}: ${tried}${why}`,
  );
}

export async function runNotifyQueue(
  context: Context,
  _operands: readonly string[],
  { format }: { readonly format: 'text' | 'json' },
): Promise<number> {
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
