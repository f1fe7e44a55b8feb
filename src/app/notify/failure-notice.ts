/**
 * Tells people what the baseline of a check must not choose recipients for: that the check failed as a whole (the
 * baseline is gone, was replaced, cannot be read), or its report where the baseline is not known on this host. Whom to
 * tell comes from what stands outside of the refused file.
 */
import { olderGenerations } from '../../baseline/generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import type { PolicySource } from '../../model/baseline.ts';
import { pathFromText, printableText } from '../../model/bytes.ts';
import { errorMessage, UserError } from '../../model/errors.ts';
import { errorExitCode, INCOMPLETE_EXIT, INTERNAL_EXIT } from '../../model/exit.ts';
import type { FailureCode } from '../../model/failure-codes.ts';
import type { Report } from '../../model/report.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { unexaminedReport } from '../check/unexamined-report.ts';
import { baselineName, type Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { openBaselineSource } from '../generation/baseline-source.ts';
import { isKnownHere } from '../generation/known-baseline.ts';
import { trustBaseline } from '../generation/signers.ts';
import { loadContextPolicy } from '../policy/load-policy.ts';
import { addressed, channelsOf, composeAll, deliverAtOnce, Notification } from './notification.ts';

function failureReport(context: Context, loaded: LoadedPolicy, error: unknown): Report {
  const file = printableText(baselineName(context));
  const report = unexaminedReport(context, loaded, {
    file,
    sequence: 0,
    createdAt: '',
    seal: '',
    signature: { status: 'none' },
  });
  const isExpected = error instanceof UserError;
  const code = isExpected ? errorExitCode(error) : INTERNAL_EXIT;
  const failureCode: FailureCode = `EXIT${code}`;
  const message = isExpected ? error.message : `internal error: ${printableText(errorMessage(error))}`;
  return {
    ...report,
    failed: true,
    status: 'incomplete',
    exitCode: INCOMPLETE_EXIT,
    summary: { ...report.summary, errors: 1 },
    errors: [{ path: file, operation: 'check', code: failureCode, message }],
    notes: isExpected && error.hint !== undefined ? [error.hint] : [],
  };
}

/**
 * The newest generation beside the baseline that came into force on this host. The file that a check refused is none of
 * them under any name: what failed a test of trust is used for nothing.
 */
async function lastInForceHere(context: Context): Promise<LoadedPolicy | undefined> {
  const { baselineFile } = context;
  if (baselineFile === '-') return undefined;
  const refused = await refusedSeal(baselineFile);
  for (const { file } of olderGenerations(baselineFile)) {
    try {
      const generation = await openBaselineSource(context, { file, expectSeal: undefined });
      try {
        const { loaded } = trustBaseline(context, generation, undefined);
        if (generation.seal !== refused && isKnownHere(context, generation, {})) return loaded;
      } finally {
        generation.close();
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return undefined;
}

/** Seal of the file that was refused; undefined where it is no baseline that is whole. */
async function refusedSeal(file: string): Promise<string | undefined> {
  try {
    const reader = await BaselineReader.openInTurns(file);
    reader.close();
    return reader.seal;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Told where no policy says whom to tell. */
const SYSTEM_LOG_ALONE: readonly PolicySource[] = [
  {
    name: 'builtin:system-log',
    // No policy is without a rule.
    text: 'version: 1\nname: system log\nrules: [{ name: none, paths: [/], watch: nothing }]\nnotify: { syslog: {} }\n',
  },
];

/**
 * Whose recipients are told: those of the policy file, or else of `trusted`, a baseline that nothing is wrong with, or
 * else of the generation that was in force before. Undefined when none of these names anybody.
 */
async function recipients(context: Context, trusted: LoadedPolicy | undefined): Promise<LoadedPolicy | undefined> {
  const sources = [() => loadContextPolicy(context), () => trusted, () => lastInForceHere(context)];
  for (const load of sources) {
    try {
      const loaded = await load();
      if (loaded !== undefined && channelsOf(loaded.policy).length > 0) return loaded;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.log.warn(`whom the policy file names is not told: ${error.message}`);
    }
  }
  return undefined;
}

/** Whether somebody was told. What goes wrong with it is a warning: what ends a check is the failure itself. */
export async function notifyFailure(
  context: Context,
  error: unknown,
  trusted: LoadedPolicy | undefined,
): Promise<boolean> {
  return notify(context, trusted, (loaded) => failureReport(context, loaded, error));
}

/**
 * Tells those of a report whom the baseline that it is about does not choose. Whether they were told; what went wrong
 * is a warning.
 */
export async function notifyElsewhere(context: Context, report: Report): Promise<boolean> {
  return notify(context, undefined, () => report);
}

async function notify(
  context: Context,
  trusted: LoadedPolicy | undefined,
  reportFor: (loaded: LoadedPolicy) => Report,
): Promise<boolean> {
  try {
    const loaded = await recipients(context, trusted);
    if (loaded === undefined) return await notifySystemLog(context, reportFor);
    const header = { host: examinedHost(context).host, root: pathFromText(context.root) };
    const report = reportFor(loaded);
    const occasion = { report, policy: loaded.policy, header, isRequested: false };
    return await (await Notification.prepare(context, occasion)).send();
  } catch (failure) {
    if (!(failure instanceof UserError)) throw failure;
    context.log.warn(`nobody could be told: ${failure.message}`);
    return false;
  }
}

/** In no outbox: a later run, by a policy without a system log, could not deliver it. */
async function notifySystemLog(context: Context, reportFor: (loaded: LoadedPolicy) => Report): Promise<boolean> {
  const { log } = context;
  log.warn('neither the policy file nor a generation before names whom to tell: only the system log is told');
  const loaded = compilePolicy(SYSTEM_LOG_ALONE);
  let isTold = true;
  for (const message of await composeAll(context, loaded.policy, reportFor(loaded))) {
    const why = await deliverAtOnce(context, message, loaded.policy);
    if (why === undefined) continue;
    log.warn(`not delivered ${addressed(message)}: ${why}`);
    isTold = false;
  }
  return isTold;
}
