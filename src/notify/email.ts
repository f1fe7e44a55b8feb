/**
 * The mail channel: one message to those who get the whole report, and one to each recipient of rules who is not among
 * them, in which nothing of other rules is to be seen.
 */
import { printableText } from '../model/bytes.ts';
import { EMAIL_DEFAULTS, type EmailSettings } from '../model/notify.ts';
import type { Report } from '../model/report.ts';
import type { Policy } from '../model/rule.ts';
import { DEFAULT_SEVERITY } from '../model/severity.ts';
import { reportForRules } from '../report/for-rules.ts';
import { jsonReport } from '../report/json.ts';
import { plain } from '../report/plain.ts';
import { type Channel, isWanted, type Message, type MessageSource } from './channel.ts';
import { LONGEST_DELIVERY } from './deadline.ts';
import { mailDomain } from './email/addresses.ts';
import { sendFitting } from './email/fitting.ts';
import { type AttachmentState, type Edition, FORMS } from './email/letter.ts';
import { type Header, mimeMessage } from './email/mime.ts';
import { sendBySendmail } from './email/sendmail.ts';
import { sendBySmtp } from './email/smtp.ts';

/** Of a policy in which only rules name recipients. */
const FOR_RULES_ALONE: EmailSettings = {
  to: [],
  transport: { sendmail: EMAIL_DEFAULTS.sendmail },
  when: EMAIL_DEFAULTS.when,
  attach: EMAIL_DEFAULTS.attach,
};

function settingsOf({ notify }: Policy): EmailSettings {
  return notify.email ?? FOR_RULES_ALONE;
}

/** Who gets what: `rules` as reports name them, undefined for the whole report. */
interface Copy {
  readonly to: readonly string[];
  readonly rules: readonly string[] | undefined;
  readonly report: Report;
}

/** Addresses that differ only in case are one mailbox wherever mail is delivered today. */
function mailbox(address: string): string {
  return address.toLowerCase();
}

/** For each recipient who is named by rules and gets no whole report, the names of these rules. */
function rulesByRecipient({ rules }: Policy, to: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const whole = new Set(to.map(mailbox));
  const addresses = new Map<string, string>();
  const names = new Map<string, Set<string>>();
  for (const rule of rules) {
    for (const address of rule.notify) {
      if (whole.has(mailbox(address))) continue;
      const known = addresses.get(mailbox(address)) ?? address;
      addresses.set(mailbox(address), known);
      const own = names.get(known) ?? new Set();
      names.set(known, own.add(printableText(rule.name)));
    }
  }
  return new Map([...names].map(([address, own]) => [address, [...own]]));
}

function copiesOf({ report, policy, ruleAt }: MessageSource, to: readonly string[]): readonly Copy[] {
  const severities = new Map(policy.rules.map(({ name, severity }) => [printableText(name), severity]));
  const severityOf = (rule: string) => severities.get(rule) ?? DEFAULT_SEVERITY;
  const ofRules = [...rulesByRecipient(policy, to)].map(([address, rules]) => ({
    to: [address],
    rules,
    report: reportForRules(report, { rules: new Set(rules), ruleAt, severityOf }),
  }));
  return [...(to.length === 0 ? [] : [{ to, rules: undefined, report }]), ...ofRules];
}

/** The report as JSON unless it is larger than `limit` bytes. */
function attachmentOf(report: Report, limit: number): AttachmentState {
  if (limit === 0) return { kind: 'none' };
  const pieces: string[] = [];
  let bytes = 0;
  for (const piece of jsonReport(report)) {
    bytes += Buffer.byteLength(piece);
    if (bytes > limit) return { kind: 'omitted', limit };
    pieces.push(piece);
  }
  return { kind: 'attached', name: `integ-${plain(report.id)}.json`, json: pieces.join('') };
}

/** The mail, and below it the smaller ones that say the same under the same Message-ID. */
async function shrinking(
  edition: Omit<Edition, 'form'>,
  header: Header,
): Promise<readonly [Uint8Array, ...Uint8Array[]]> {
  const whole = await mimeMessage({ ...edition, form: 'whole' }, header);
  const smaller: Uint8Array[] = [];
  for (const form of FORMS.slice(1)) {
    const body = await mimeMessage({ ...edition, form }, header);
    if (body.length < (smaller.at(-1) ?? whole).length) smaller.push(body);
  }
  return [whole, ...smaller];
}

export const emailChannel: Channel = {
  name: 'email',

  async compose(source: MessageSource): Promise<readonly Message[]> {
    const { policy, report: whole, now, isTest } = source;
    const settings = settingsOf(policy);
    const copies = [...copiesOf(source, settings.to).entries()];
    const wanted = copies.filter(([, { report }]) => isWanted(settings, { report, isTest }));
    // The name of this machine may have to be looked up in the network: not for nothing.
    if (wanted.length === 0) return [];
    const domain = await mailDomain({ ...source, setting: settings.hostname, from: settings.from });
    const from = settings.from ?? `integ@${domain}`;
    const messages: Message[] = [];
    for (const [index, { to, report, rules }] of wanted) {
      const id = `${whole.id}-email-${index + 1}`;
      const attachment = attachmentOf(report, settings.attach);
      const edition = { report, rules, isTest, attachment, subject: settings.subject, severity: settings.severity };
      const [body, ...smaller] = await shrinking(edition, { id, domain, from, to, date: now });
      const destination = printableText(to.join(', '));
      messages.push({ id, channel: 'email', destination, body, smaller, envelope: { from, to, domain } });
    }
    return messages;
  },

  async deliver(message: Message, policy: Policy, signal = AbortSignal.timeout(LONGEST_DELIVERY)): Promise<void> {
    const { transport } = settingsOf(policy);
    await sendFitting(message, (fitting) =>
      'smtp' in transport
        ? sendBySmtp(fitting, transport.smtp, signal)
        : sendBySendmail(fitting, transport.sendmail, signal),
    );
  },
};
