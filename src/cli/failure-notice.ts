/**
 * Tells people that a check failed as a whole: its baseline is gone, was replaced, cannot be read. What the baseline says
 * of recipients is not to be had or not to be believed then, so those of the policy file are told.
 */
import { resolve } from 'node:path';
import { pathFromText, printableText } from '../model/bytes.ts';
import { errorMessage, UserError } from '../model/errors.ts';
import { errorExitCode, INCOMPLETE_EXIT, INTERNAL_EXIT } from '../model/exit.ts';
import type { Report } from '../model/report.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import { liveHost } from '../system/host.ts';
import type { Context } from './context.ts';
import { loadContextPolicy } from './load-policy.ts';
import { channelsOf, Notification } from './notification.ts';
import { unexaminedReport } from './unexamined-report.ts';

function failureReport(context: Context, loaded: LoadedPolicy, error: unknown): Report {
  const file = context.baselineFile === '-' ? '-' : printableText(resolve(context.baselineFile));
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

/** Never throws on account of the notice: what ends the command is the failure that it is about. */
export async function tellFailure(context: Context, error: unknown): Promise<void> {
  try {
    const loaded = loadContextPolicy(context);
    if (channelsOf(loaded.policy).length === 0) {
      context.terminal.warn('nobody is told of this failure: the policy file names no channel');
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
