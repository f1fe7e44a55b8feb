/**
 * Tells people that a check failed as a whole: its baseline is gone, was replaced, cannot be read, or the policy file
 * cannot be used. What the baseline says of recipients is mostly not to be had or not to be believed then, so those of the
 * policy file come first.
 */
import { pathFromText, printableText } from '../model/bytes.ts';
import { errorMessage, UserError } from '../model/errors.ts';
import { errorExitCode, INCOMPLETE_EXIT, INTERNAL_EXIT } from '../model/exit.ts';
import type { Report } from '../model/report.ts';
import { compilePolicy, type LoadedPolicy } from '../policy/load.ts';
import { liveHost } from '../system/host.ts';
import { openBaselineSource } from './baseline-source.ts';
import { baselineName, type Context } from './context.ts';
import { loadContextPolicy } from './load-policy.ts';
import { channelsOf, Notification } from './notification.ts';
import { unexaminedReport } from './unexamined-report.ts';

function failureReport(context: Context, loaded: LoadedPolicy, error: unknown): Report {
  const file = printableText(baselineName(context));
  const report = unexaminedReport(loaded, {
    file,
    sequence: 0,
    createdAt: '',
    seal: '',
    signature: { status: 'none' },
  });
  const isExpected = error instanceof UserError;
  const code = isExpected ? errorExitCode(error) : INTERNAL_EXIT;
  const message = isExpected ? error.message : `internal error: ${printableText(errorMessage(error))}`;
  return {
    ...report,
    failed: true,
    status: 'incomplete',
    exitCode: INCOMPLETE_EXIT,
    summary: { ...report.summary, errors: 1 },
    errors: [{ path: file, operation: 'check', code: `EXIT${code}`, message }],
    notes: isExpected && error.hint !== undefined ? [error.hint] : [],
  };
}

/** The policy in the baseline, if that is sound in itself; whether it is the one that should be there is not asked. */
function policyInBaseline(context: Context): LoadedPolicy {
  const baseline = openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
    return compilePolicy(baseline.header.policy);
  } finally {
    baseline.close();
  }
}

/**
 * Whose recipients are told: those of the policy file, or of the baseline where the file cannot be used or names nobody.
 * Who silences one of them still has to silence the other. Throws a UserError when neither says anything.
 */
function recipients(context: Context): LoadedPolicy | undefined {
  let failure: unknown;
  for (const load of [loadContextPolicy, policyInBaseline]) {
    try {
      const loaded = load(context);
      if (channelsOf(loaded.policy).length > 0) return loaded;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

/** What goes wrong with the notice is a warning: what ends the command is the failure that it is about. */
export async function tellFailure(context: Context, error: unknown): Promise<void> {
  try {
    const loaded = recipients(context);
    if (loaded === undefined) {
      context.terminal.warn('nobody is told of this failure: neither the policy file nor the baseline names a channel');
      return;
    }
    const report = failureReport(context, loaded, error);
    const header = { host: liveHost.hostName(), root: pathFromText(context.root) };
    const notification = await Notification.prepare(context, {
      report,
      policy: loaded.policy,
      header,
      isRequested: false,
    });
    await notification.send();
  } catch (failure) {
    if (!(failure instanceof UserError)) throw failure;
    context.terminal.warn(`nobody could be told of this failure: ${failure.message}`);
  }
}
