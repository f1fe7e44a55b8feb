/** `integ check`: compares the system with the baseline and reports what differs. */
import { reportId } from '../../app/check/report-id.ts';
import { uncoveredNotes } from '../../app/check/uncovered.ts';
import { describeTool, environmentNotes } from '../../app/tool.ts';
import { VERSION } from '../../app/version.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import type { SignatureVerdict } from '../../baseline/signature.ts';
import { buildReport, reportedFindings } from '../../check/build.ts';
import { findingStates } from '../../check/finding-states.ts';
import { judgeSkipped } from '../../check/skipped.ts';
import { BaselineLookup } from '../../check/stored.ts';
import { type Path, parentPath, pathFromText, printable, printableText, ROOT } from '../../model/bytes.ts';
import { SYSEXITS, UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { Report } from '../../model/report.ts';
import type { PathPattern } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { patternFromArgument } from '../../policy/glob.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime, liveHost } from '../../system/host.ts';
import type { Pace } from '../../system/pace.ts';
import { type RemoteHost, remoteHost } from '../../system/remote-host.ts';
import { type BaselineSource, openBaselineSource } from '../baseline-source.ts';
import { baselineName, type Context } from '../context.ts';
import { type Examination, examineHere, type Subject } from '../examination.ts';
import { isKnownHere } from '../known-baseline.ts';
import { isPolicy, policyName, policyNameFor } from '../load-policy.ts';
import { deliver, type OutputOptions } from '../output.ts';
import { skippedBefore, storeRun } from '../run-history.ts';
import { UnsafeFileError } from '../safe-files.ts';
import { reportedSignature, trustBaseline } from '../signers.ts';
import { type Succession, verifySuccession } from '../succession.ts';
import { NOT_NOTIFIED, prepareTelling, type StoredCheck, wantsNotice } from '../telling.ts';
import { type ThrottleOptions, throttle } from '../throttle.ts';

/** What is examined, and how. */
interface ExaminationOptions extends ThrottleOptions {
  readonly paths?: readonly string[];
  readonly severity?: Severity;
  readonly expectSeal?: string;
  readonly signers?: string;
  readonly host?: string;
  readonly remoteCommand: string;
  readonly sshConfig?: string;
}

interface CheckOptions extends OutputOptions, ExaminationOptions {
  readonly unattended?: boolean;
}

interface CheckInput {
  readonly context: Context;
  readonly baseline: BaselineReader;
  readonly loaded: LoadedPolicy;
  readonly scope: readonly PathPattern[] | undefined;
  readonly minimumSeverity: Severity | undefined;
  readonly limits: readonly string[];
  /** The host that is examined when it is not this one. */
  readonly remote: RemoteHost | undefined;
  readonly pace: Pace | undefined;
  /** What the check before did not come to. */
  readonly skipped: readonly SkippedPath[];
  /** Remarks on whether this is the baseline that should be there. */
  readonly succession: Succession;
  /** Of a baseline that may be used. */
  readonly signature: SignatureVerdict;
  /** Whether what the baseline says may have effects outside of the report. */
  readonly isKnown: boolean;
}

interface CheckResult {
  readonly report: Report;
  readonly states: Iterable<FindingState>;
  /** What this check did not come to; undefined when it was not to examine everything. */
  readonly skipped: readonly SkippedPath[] | undefined;
}

export async function runCheck(context: Context, _operands: readonly string[], options: CheckOptions): Promise<number> {
  let trusted: LoadedPolicy | undefined;
  try {
    return await checkAndTell(context, options, (loaded) => {
      trusted = loaded;
    });
  } catch (error) {
    const isTold = options.unattended === true && !(error instanceof UserError && error.code === 'usage');
    if (isTold) await (await import('../failure-notice.ts')).tellFailure(context, error, trusted);
    throw error;
  }
}

type WhenTrusted = (loaded: LoadedPolicy) => void;

async function checkAndTell(context: Context, options: CheckOptions, whenTrusted: WhenTrusted): Promise<number> {
  const use = async (check: StoredCheck): Promise<number> => {
    const { report } = check;
    // In the outbox before anything is printed, so that a check that is ended while it prints loses no message.
    const telling = await prepareTelling(context, check, options.unattended === true);
    let isTold = true;
    try {
      await deliver(context, report, options);
    } finally {
      isTold = await telling();
    }
    return isTold ? report.exitCode : SYSEXITS.undelivered;
  };
  return withStoredCheck(context, options, use, whenTrusted);
}

/**
 * Makes a check, stores its report, and hands it over while the baseline is open. `whenTrusted` gets the policy of a
 * baseline that passed every test of trust and is known here, before anything is examined.
 */
export async function withStoredCheck<Result>(
  context: Context,
  options: ExaminationOptions,
  use: (check: StoredCheck) => Promise<Result>,
  whenTrusted?: WhenTrusted,
): Promise<Result> {
  const scope = options.paths?.map((text) => patternFromArgument(text, '--paths'));
  const remote = remoteOf(options);
  const pace = throttle(context, options);
  const source: BaselineSource = { file: context.baselineFile, expectSeal: options.expectSeal };
  const baseline = await openBaselineSource(context, source);
  try {
    const { verdict: signature, loaded } = trustBaseline(context, baseline, options.signers);
    const succession = verifySuccession(context, baseline);
    const follows = succession.failures.length === 0;
    const isKnown = isKnownHere(context, baseline, options);
    if (isKnown) whenTrusted?.(loaded);
    const input: CheckInput = {
      context,
      baseline,
      loaded,
      scope,
      minimumSeverity: options.severity,
      limits: limitsOf(options),
      remote,
      pace,
      skipped: skippedBefore(context, baseline.header),
      succession,
      signature,
      isKnown,
    };
    const { report: made, states, skipped } = await check(input);
    // Before it is printed, so that a report that cannot be printed is not lost.
    const retainDays = isKnown ? loaded.policy.retainDays : undefined;
    const report = noted(made, storeRun(context, { report: made, states, baseline, follows, retainDays, skipped }));
    return await use({ report, policy: loaded.policy, header: baseline.header, isKnown });
  } finally {
    baseline.close();
  }
}

/** Whoever is told of a report that could not be stored must know that it can neither be shown again nor be accepted. */
function noted(report: Report, problem: string | undefined): Report {
  return problem === undefined ? report : { ...report, notes: [...report.notes, problem] };
}

function remoteOf(options: ExaminationOptions): RemoteHost | undefined {
  const { host } = options;
  return host === undefined ? undefined : remoteHost(host, options);
}

/** What restricted the run. */
function limitsOf({ paths, severity }: ExaminationOptions): string[] {
  return [
    ...(paths === undefined ? [] : [`--paths ${paths.map(printableText).join(' ')}`]),
    ...(severity === undefined ? [] : [`--severity ${severity}`]),
  ];
}

async function check(input: CheckInput): Promise<CheckResult> {
  const { context, baseline, loaded, scope, minimumSeverity, limits, remote } = input;
  const started = liveHost.now();
  const policy = withStartLinks(loaded.policy, baseline.header.startLinks);
  const isSamePolicy = matchesFile(input);
  const { pace, skipped: before } = input;
  const examination = await examine({ context, baseline, loaded, policy, scope, pace, skipped: before }, remote);
  const { host, summary, requirements, contents, packages } = examination;
  const { failures, skipped } = judgeSkipped(examination.comparison.failures, before);
  const comparison = { ...examination.comparison, failures };
  const uncovered =
    scope === undefined
      ? []
      : uncoveredNotes({ scope, rules: loaded.policy.rules, comparison, recorded: baseline.entries() });
  const isTold = withinAny(examination.comparison.failures.map(({ path }) => path));
  const report = buildReport({
    run: {
      id: reportId(started),
      host,
      version: VERSION,
      tool: describeTool(),
      startedAt: isoTime(started),
      finishedAt: isoTime(liveHost.now()),
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
    failures: [...input.succession.failures, ...requirements.failures.filter(({ path }) => !isTold(path))],
    examined: { examined: summary.examined, bytes: summary.bytes },
    unavailable: summary.unavailable,
    limits,
    notes: [...notesOf(input, host), ...uncovered, ...skippedNotes(skipped, comparison.unexamined)],
    ...(minimumSeverity === undefined ? {} : { minimumSeverity }),
  });
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

/** Tells of a path whether it is one of these or lies below one. */
function withinAny(paths: readonly Path[]): (path: Path) => boolean {
  const known = new Set(paths);
  return (path) => {
    let above = path;
    while (!known.has(above) && above !== ROOT) above = parentPath(above);
    return known.has(above);
  };
}

function skippedNotes(skipped: readonly SkippedPath[], unexamined: number): string[] {
  if (skipped.length === 0) return [];
  return [
    `the deadline passed before ${skipped.length} files and directories were examined, so that ${unexamined} recorded ` +
      'objects were not looked at; the next check begins with these',
  ];
}

async function examine(subject: Subject, remote: RemoteHost | undefined): Promise<Examination> {
  if (remote === undefined) return examineHere(subject);
  const { examineThere } = await import('../remote.ts');
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

/** Whether the policy on disk is still the one in the baseline. One that cannot be loaded is not. */
function matchesFile(input: CheckInput): boolean {
  const { context, baseline, loaded, isKnown } = input;
  if (!isHeldAgainstFile(input)) return true;
  try {
    const name = policyNameFor(context, baseline.header.policy, isKnown);
    return isPolicy(context, name, loaded);
  } catch (error) {
    if (error instanceof UserError && !(error instanceof UnsafeFileError)) return false;
    throw error;
  }
}

/**
 * The policy file of this host says nothing about another one, unless it was named for this check; and a baseline that is
 * not known here names no file to be read.
 */
function isHeldAgainstFile({ context, baseline, remote, isKnown }: CheckInput): boolean {
  if (context.policyFile !== undefined) return true;
  return remote === undefined && (isKnown || policyName(context) === baseline.header.policy[0]?.name);
}

function notesOf(input: CheckInput, host: string): string[] {
  const { context, baseline, loaded, scope, remote, succession, isKnown } = input;
  const { header } = baseline;
  const notes: string[] = [...succession.notes, ...environmentNotes()];
  if (!isKnown && wantsNotice(loaded.policy)) notes.push(NOT_NOTIFIED);
  if (remote !== undefined) {
    notes.push(`examined over ssh at ${remote.destination}: true as far as integ and the kernel there can be trusted`);
  }
  if (!isHeldAgainstFile(input)) notes.push('the policy was not compared with a file: none was named');
  if (header.host !== host) {
    notes.push(`the baseline was made on host ${header.host}, this is ${host}`);
  }
  if (header.root !== pathFromText(context.root)) {
    notes.push(
      `the baseline was made of ${printable(header.root)}, this is ${printableText(context.root)}: ` +
        'of mounts only their presence and type was compared',
    );
  }
  if (scope !== undefined) notes.push('only what --paths covers was examined');
  if (header.failures.length > 0) {
    notes.push(`the baseline is incomplete: ${header.failures.length} objects could not be examined when it was made`);
  }
  if (context.portable) notes.push('extended attributes and file flags were not examined (INTEG_PORTABLE=1)');
  return notes;
}
