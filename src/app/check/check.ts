/** Checks the system against its baseline: trust, examination, report, and what is stored and told of it. */
import { buildReport, reportedFindings } from '../../check/build.ts';
import { findingStates } from '../../check/finding-states.ts';
import { judgeSkipped } from '../../check/skipped.ts';
import { BaselineLookup } from '../../check/stored.ts';
import { type Path, printableText } from '../../model/bytes.ts';
import { DirectoryNodes } from '../../model/directory-nodes.ts';
import type { DirectoryNode } from '../../model/entry.ts';
import { SYSEXITS, UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { patternFromArgument } from '../../policy/glob.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { numberFindings } from '../../report/numbers.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime } from '../../system/host.ts';
import type { RemoteHost } from '../../system/remote-host.ts';
import type { Context } from '../context.ts';
import { baselineName } from '../context.ts';
import { type BaselineSource, openBaselineSource } from '../generation/baseline-source.ts';
import { isKnownHere, isVouchedFor } from '../generation/known-baseline.ts';
import { reportedSignature, trustBaseline } from '../generation/signers.ts';
import { lostHistory } from '../history/lost.ts';
import { skippedBefore, storeRun } from '../history/run-history.ts';
import { type Succession, verifySuccession } from '../history/succession.ts';
import { prepareNotice, type StoredCheck } from '../notify/notify-check.ts';
import { describeTool } from '../tool.ts';
import { VERSION } from '../version.ts';
import type { CheckInput } from './check-input.ts';
import { type Examination, examineHere, type Subject } from './examination.ts';
import { nothingExamined } from './nothing-examined.ts';
import { matchesFile } from './policy-match.ts';
import { reportId } from './report-id.ts';
import { notesOf, skippedNotes } from './run-notes.ts';
import { type ThrottleOptions, throttle } from './throttle.ts';
import { uncoveredNotes } from './uncovered.ts';

/** What is examined, and how. */
export interface CheckRequest extends ThrottleOptions {
  /** Globs of what is examined; undefined: everything. */
  readonly paths?: readonly string[] | undefined;
  /** What is reported at least. */
  readonly severity?: Severity | undefined;
  readonly expectSeal?: string | undefined;
  /** A file of allowed signers. */
  readonly signers?: string | undefined;
  /** The host that is examined when it is not this one. */
  readonly remote?: RemoteHost | undefined;
  /** Nothing but the report: no history is read or written, and nobody is told. */
  readonly isReportOnly?: boolean;
  /** What came or went is reported though rules let it be. */
  readonly newAndGone?: boolean | undefined;
}

interface CheckResult {
  readonly report: Report;
  readonly states: Iterable<FindingState>;
  /** What this check did not come to; undefined when it was not to examine everything. */
  readonly skipped: readonly SkippedPath[] | undefined;
}

/** What becomes of a report beside being stored. */
export interface Reporting {
  /** Nobody is there to read what fails: whoever is to be told of reports is told of that too. */
  readonly isUnattended: boolean;
  readonly show: (report: Report) => Promise<void>;
}

/** Makes a check, stores its report, shows it and notifies whom its policy names. The exit code. */
export async function checkAndNotify(context: Context, request: CheckRequest, reporting: Reporting): Promise<number> {
  let trusted: LoadedPolicy | undefined;
  const use = async (check: StoredCheck): Promise<number> => {
    const { report } = check;
    if (request.isReportOnly === true) {
      await reporting.show(report);
      return report.exitCode;
    }
    // In the outbox before anything is shown, so that a check that is ended while it prints loses no message.
    const notifying = await prepareNotice(context, check, reporting.isUnattended);
    let isDelivered = true;
    try {
      await reporting.show(report);
    } finally {
      isDelivered = await notifying();
    }
    if (report.unstored !== undefined && !isHistoryTold(report)) return SYSEXITS.io;
    return isDelivered ? report.exitCode : SYSEXITS.undelivered;
  };
  try {
    return await withStoredCheck(context, request, use, (loaded) => {
      trusted = loaded;
    });
  } catch (error) {
    const isNotified = reporting.isUnattended && !(error instanceof UserError && error.code === 'usage');
    if (isNotified) await (await import('../notify/failure-notice.ts')).notifyFailure(context, error, trusted);
    throw error;
  }
}

/** What is known of a baseline when no history is read. */
const NO_HISTORY: Succession = {
  notes: ['no history was read: whether a newer baseline was in force is not known (--report-only)'],
  failures: [],
};

/** Whether the report itself says that the history cannot be believed, so that it is incomplete. */
function isHistoryTold({ errors }: Report): boolean {
  return errors.some(({ operation }) => operation === 'history');
}

type WhenTrusted = (loaded: LoadedPolicy) => void;

/**
 * Makes a check, stores its report, and hands it over while the baseline is open. `whenTrusted` gets the policy of a
 * baseline that passed every test of trust and is known here, before anything is examined.
 */
export async function withStoredCheck<Result>(
  context: Context,
  request: CheckRequest,
  use: (check: StoredCheck) => Promise<Result>,
  whenTrusted?: WhenTrusted,
): Promise<Result> {
  const scope = request.paths?.map((text) => patternFromArgument(text, '--paths'));
  const pace = throttle(context, request);
  const source: BaselineSource = { file: context.baselineFile, expectSeal: request.expectSeal };
  const baseline = await openBaselineSource(context, source);
  try {
    const { verdict: signature, loaded } = trustBaseline(context, baseline, request.signers);
    const { isReportOnly = false } = request;
    const succession = isReportOnly ? NO_HISTORY : verifySuccession(context, baseline);
    const follows = succession.failures.length === 0;
    const isKnown = isReportOnly ? isVouchedFor(request) : isKnownHere(context, baseline, request);
    const asksHistory = !isReportOnly && request.remote === undefined;
    const lost = isKnown || !asksHistory ? undefined : lostHistory(context, baseline);
    if (lost !== undefined) context.log.warn(lost.message);
    if (isKnown) whenTrusted?.(loaded);
    const input: CheckInput = {
      context,
      baseline,
      loaded,
      scope,
      tellsAll: request.newAndGone === true,
      minimumSeverity: request.severity,
      limits: limitsOf(request),
      remote: request.remote,
      pace,
      stall: request.stall,
      skipped: isReportOnly ? [] : skippedBefore(context, baseline.header),
      succession: { ...succession, failures: [...succession.failures, ...(lost === undefined ? [] : [lost])] },
      signature,
      isKnown,
      isReportOnly,
    };
    const { report: made, states, skipped } = await check(input);
    if (isReportOnly) return await use({ report: made, policy: loaded.policy, header: baseline.header, isKnown });
    // Before it is printed, so that a report that cannot be printed is not lost.
    const retainDays = isKnown ? loaded.policy.retainDays : undefined;
    const report = noted(made, storeRun(context, { report: made, states, baseline, follows, retainDays, skipped }));
    return await use({ report, policy: loaded.policy, header: baseline.header, isKnown });
  } finally {
    baseline.close();
  }
}

/**
 * Whoever is told of a report that could not be stored must know that it can neither be shown again nor be accepted.
 */
function noted(report: Report, problem: string | undefined): Report {
  return problem === undefined ? report : { ...report, unstored: problem };
}

/** What restricted the run. */
function limitsOf({ paths, severity }: CheckRequest): string[] {
  return [
    ...(paths === undefined ? [] : [`--paths ${paths.map(printableText).join(' ')}`]),
    ...(severity === undefined ? [] : [`--severity ${severity}`]),
  ];
}

async function check(input: CheckInput): Promise<CheckResult> {
  const { context, baseline, loaded, scope, minimumSeverity, limits, remote } = input;
  const started = context.host.now();
  const policy = withStartLinks(loaded.policy, baseline.header.startLinks);
  const isSamePolicy = matchesFile(input);
  const { pace, stall, skipped: before } = input;
  const examination = await examine(
    { context, baseline, loaded, policy, scope, pace, stall, skipped: before, tellsAll: input.tellsAll },
    remote,
  );
  const { host, by, summary, requirements, contents, packages } = examination;
  const { failures, skipped } = judgeSkipped(examination.comparison.failures, before);
  const comparison = { ...examination.comparison, failures };
  const uncovered =
    scope === undefined
      ? []
      : uncoveredNotes({ scope, rules: loaded.policy.rules, comparison, recorded: baseline.entries() });
  const isTold = withinAny(examination.comparison.failures.map(({ path }) => path));
  const built = buildReport({
    run: {
      id: reportId(context, started),
      host,
      ...(by === undefined ? {} : { by }),
      version: VERSION,
      tool: describeTool(),
      startedAt: isoTime(started),
      finishedAt: isoTime(context.host.now()),
      baseline: describeBaseline(input),
      policy: {
        name: loaded.policy.name,
        sha256: loaded.sha256,
        matchesFile: isSamePolicy,
      },
    },
    rules: policy.rules,
    comparison,
    contents: contents.changes,
    violations: requirements.violations,
    // Where the scan could not look, its own error says so for everything below.
    failures: [
      ...input.succession.failures,
      ...requirements.failures.filter(({ path }) => !isTold(path)),
      // Of --paths that cover nothing `uncoveredNotes` has told.
      ...(scope === undefined ? nothingExamined(summary.examined, failures, NOTHING_SELECTED) : []),
    ],
    examined: { examined: summary.examined, bytes: summary.bytes },
    unavailable: summary.unavailable,
    limits,
    notes: [...notesOf(input, examination), ...uncovered, ...skippedNotes(skipped, comparison.unexamined)],
    ...(minimumSeverity === undefined ? {} : { minimumSeverity }),
  });
  const report = numberFindings(built);
  const findings = reportedFindings({ comparison, ...(minimumSeverity === undefined ? {} : { minimumSeverity }) });
  const lookup = new BaselineLookup(baseline);
  const states = findingStates(findings, {
    records: comparison.records,
    recordedMounts: baseline.header.mounts,
    foundMounts: summary.mounts,
    recordedAt: (path) => lookup.findPath(path)?.record,
    texts: contents.texts,
    packages,
  });
  return { report, states, skipped: scope === undefined ? skipped : undefined };
}

const NOTHING_SELECTED = 'the policy in the baseline selects nothing that is here';

/** Tells of a path whether it is one of these or lies below one. */
function withinAny(paths: readonly Path[]): (path: Path) => boolean {
  const nodes = new DirectoryNodes();
  const known = new Set(paths.map((path) => nodes.at(path)));
  return (path) => {
    let above: DirectoryNode | undefined = nodes.at(path);
    while (above !== undefined && !known.has(above)) above = above.parent;
    return above !== undefined;
  };
}

async function examine(subject: Subject, remote: RemoteHost | undefined): Promise<Examination> {
  if (remote === undefined) return examineHere(subject);
  const { examineThere } = await import('./remote.ts');
  return examineThere(subject, remote);
}

function describeBaseline({ context, baseline, signature }: CheckInput): Report['baseline'] {
  return {
    file: baselineName(context),
    sequence: baseline.header.sequence,
    createdAt: baseline.header.createdAt,
    seal: baseline.seal,
    signature: reportedSignature(signature),
  };
}
