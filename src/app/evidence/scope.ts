/** What the policy in force says for the evidence: what is watched how closely, and who is told. Reads no history. */
import type { BaselineReader } from '../../baseline/reader.ts';
import { OBJECT_TYPES } from '../../model/attributes.ts';
import { pathFromLatin1, pathFromText, printable, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { expectedWords, REQUIREMENT_NAMES, REQUIREMENTS, type Requirement } from '../../model/requirement.ts';
import type { Policy, Rule } from '../../model/rule.ts';
import { CHANNEL_NAMES, type ChannelName } from '../../notify/channel.ts';
import { Outbox } from '../../notify/outbox.ts';
import type { Evidence, EvidenceRule } from '../../report/evidence/document.ts';
import type { Context } from '../context.ts';
import { outboxDirectory } from '../history/run-history.ts';

/** What a rule demands, by the names of its keys in a policy. */
function requirementsOf(requirement: Requirement = {}): Readonly<Record<string, string | boolean>> {
  const demands = REQUIREMENT_NAMES.flatMap((name): [string, string | boolean][] => {
    const words = expectedWords(requirement, name);
    return words === undefined
      ? []
      : [[REQUIREMENTS[name].key, typeof words === 'string' ? printableText(words) : words]];
  });
  return Object.fromEntries(demands);
}

function watchesOf({ watch }: Rule): readonly string[] {
  const prefix = watch.digests.filter((digest) => !watch.attributes.includes(digest));
  return [
    ...watch.attributes,
    ...(watch.growing ? ['size never shrinks'] : []),
    ...(watch.appendOnly
      ? [`recorded bytes stay the first bytes${prefix.length === 0 ? '' : ` (${prefix.join(' ')})`}`]
      : []),
  ];
}

function letsBeWords({ letsBe }: Rule): readonly string[] {
  return [
    ...(letsBe?.new === true ? ['new objects below its paths are no findings, unless they have a flag'] : []),
    ...(letsBe?.gone === true ? ['objects that went from below its paths are no findings'] : []),
  ];
}

/** The rules of the policy that the entries of a baseline refer to, with how many each governs. */
export function describeRules(baseline: BaselineReader, { rules }: Policy): readonly EvidenceRule[] {
  const counts = new Map<number, number>();
  for (const { rule } of baseline.entries()) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return rules.map((rule, index) => ({
    name: printableText(rule.name),
    severity: rule.severity,
    paths: [...rule.paths, ...rule.match].map(patternText),
    exclude: rule.exclude.map(patternText),
    watches: [...watchesOf(rule), ...letsBeWords(rule)],
    ...(Number.isFinite(rule.depth) ? { depth: rule.depth } : {}),
    types: rule.types.length === OBJECT_TYPES.length ? [] : rule.types,
    mounts: rule.crossMounts ? 'cross' : 'stay',
    requires: requirementsOf(rule.require),
    notify: rule.notify.map(printableText),
    keepsText: rule.diff !== undefined,
    objects: counts.get(index) ?? 0,
  }));
}

export function patternText({ text }: { readonly text: string }): string {
  return printable(pathFromLatin1(text));
}

type Channels = Evidence['delivery']['channels'];

/** The host of a URL alone: its path is often a secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an unreadable URL';
}

interface Destination {
  readonly destination: string;
  readonly when: string;
}

function destinationsOfEmail({ notify: { email }, rules }: Policy): readonly Destination[] {
  const ofRules = rules.filter((rule) => rule.notify.length > 0);
  return [
    ...(email === undefined ? [] : [{ destination: email.to.join(', '), when: email.when }]),
    ...ofRules.map((rule) => ({
      destination: `${rule.notify.join(', ')} (findings of rule ${rule.name})`,
      when: email?.when ?? 'changes',
    })),
  ];
}

function destinationsOfSyslog({ notify: { syslog } }: Policy): readonly Destination[] {
  if (syslog === undefined) return [];
  const { server, when } = syslog;
  if (server === undefined) return [{ destination: 'the system log of this host', when }];
  return [{ destination: `${server.protocol}://${server.host}:${server.port}`, when }];
}

const DESTINATIONS: Readonly<Record<ChannelName, (policy: Policy) => readonly Destination[]>> = {
  email: destinationsOfEmail,
  syslog: destinationsOfSyslog,
  webhook: ({ notify: { webhook } }) =>
    webhook === undefined ? [] : [{ destination: hostOf(webhook.url), when: webhook.when }],
};

function channelsOf(policy: Policy): Channels {
  return CHANNEL_NAMES.flatMap((channel) =>
    DESTINATIONS[channel](policy).map(({ destination, when }) => ({
      channel,
      destination: printable(pathFromText(destination)),
      when,
    })),
  );
}

const NOT_RECORDED =
  'What was delivered is not recorded by integ: the logs of the mail server, the log host and the receiver of the webhook tell that. A check that could not deliver ends with 69, which is not stored either; its message waits in the outbox, and leaves it only when it was taken.';

/** Who is told, and what still waits of the reports of this baseline. */
export function describeDelivery(context: Context, policy: Policy, reports: ReadonlySet<string>): Evidence['delivery'] {
  const channels = channelsOf(policy);
  try {
    const { messages, damaged } = new Outbox(outboxDirectory(context)).contents();
    const waiting = messages
      .filter(({ postmark }) => reports.has(postmark.report))
      .map(({ message, postmark, attempts }) => ({
        report: printableText(postmark.report),
        channel: message.channel,
        destination: printableText(message.destination),
        since: new Date(postmark.at).toISOString(),
        attempts: attempts.count,
        why: printableText(attempts.why),
      }));
    const state =
      waiting.length === 0 ? 'No message of a stored report waits in the outbox.' : 'These messages still wait:';
    const lost = damaged.map((what) => `A message in the outbox is damaged: ${what}`);
    return { channels, waiting, remarks: [NOT_RECORDED, ...lost, state] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { channels, waiting: [], remarks: [NOT_RECORDED, `What waits is not known: ${error.message}`] };
  }
}
