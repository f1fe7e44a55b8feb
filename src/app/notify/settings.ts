/**
 * Whose settings count when somebody asks for a notification: those of the baseline, or of the policy file without one.
 */
import type { BaselineHeader } from '../../model/baseline.ts';
import { pathFromText, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { unexaminedReport } from '../check/unexamined-report.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { openBaselineSource } from '../generation/baseline-source.ts';
import { requireKnownHere } from '../generation/known-baseline.ts';
import { reportedSignature, trustBaseline } from '../generation/signers.ts';
import { requireSuccession } from '../history/succession.ts';
import { loadContextPolicy, policyName } from '../policy/load-policy.ts';
import { channelsOf } from './notification.ts';

/** Whose settings count, and what a report says of the baseline that they come from. */
export interface NoticeSettings {
  readonly loaded: LoadedPolicy;
  readonly header: Pick<BaselineHeader, 'host' | 'root'>;
  readonly baseline: Report['baseline'];
  /** For the person at the terminal: `the policy in baseline /var/lib/integ/baseline.db`. */
  readonly origin: string;
}

/**
 * Throws a UserError as `check` does when the baseline is missing or not to be trusted, and when it is not known here.
 */
export async function settingsOfBaseline(context: Context): Promise<NoticeSettings> {
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

function settingsOfFile(context: Context): NoticeSettings {
  const name = policyName(context);
  return {
    loaded: loadContextPolicy(context, name),
    header: { host: examinedHost(context).host, root: pathFromText(context.root) },
    baseline: { file: '', sequence: 0, createdAt: '', seal: '', signature: { status: 'none' } },
    origin: `policy ${printableText(name)}, since there is no baseline`,
  };
}

/** Those of the baseline, as a check would use them; those of the policy file as long as there is none. */
export async function settingsInForce(context: Context): Promise<NoticeSettings> {
  try {
    return await settingsOfBaseline(context);
  } catch (error) {
    if (error instanceof UserError && error.code === 'missing') return settingsOfFile(context);
    throw error;
  }
}

/** Throws a UserError `policy` where these settings name nobody. */
export function requireChannels({ loaded, origin, baseline }: NoticeSettings): void {
  if (channelsOf(loaded.policy).length > 0) return;
  const update = baseline.file === '' ? '' : ', then integ policy update puts it into force';
  throw new UserError('policy', `nobody is to be told: ${origin} names no channel`, {
    hint: `add for example  notify: { email: { to: [root] } }  to the policy file${update}`,
  });
}

/** A report of nothing, to try the channels with. */
export function testReport(context: Context, { loaded, baseline }: NoticeSettings): Report {
  return {
    ...unexaminedReport(context, loaded, baseline),
    test: true,
    notes: ['this is a test of the notification: nothing was examined'],
  };
}
