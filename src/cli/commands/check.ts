/** `integ check`: compares the system with the baseline and reports what differs. */
import type { BaselineReader } from '../../baseline/reader.ts';
import type { SignatureVerdict } from '../../baseline/signature.ts';
import { buildReport, reportedFindings } from '../../check/build.ts';
import { findingStates } from '../../check/finding-states.ts';
import { BaselineLookup } from '../../check/stored.ts';
import { isWithin, type Path, pathFromText, printable, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { Report } from '../../model/report.ts';
import type { PathPattern } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import { patternFromArgument } from '../../policy/glob.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime, liveHost } from '../../system/host.ts';
import { type RemoteHost, remoteHost } from '../../system/remote-host.ts';
import { type BaselineSource, openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { type Examination, examineHere, type Subject } from '../examination.ts';
import { loadContextPolicy, policyNameFor } from '../load-policy.ts';
import { deliver, type OutputOptions } from '../output.ts';
import { reportId } from '../report-id.ts';
import { type Succession, storeRun, verifySuccession } from '../run-history.ts';
import { UnsafeFileError } from '../safe-files.ts';
import { reportedSignature, trustBaseline } from '../signers.ts';
import { describeTool, environmentNotes } from '../tool.ts';
import { uncoveredNotes } from '../uncovered.ts';
import { VERSION } from '../version.ts';

interface CheckOptions extends OutputOptions {
  readonly paths?: readonly string[];
  readonly severity?: Severity;
  readonly expectSeal?: string;
  readonly signers?: string;
  readonly host?: string;
  readonly remoteCommand: string;
  readonly sshConfig?: string;
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
  /** Remarks on whether this is the baseline that should be there. */
  readonly succession: Succession;
  /** Of a baseline that may be used. */
  readonly signature: SignatureVerdict;
}

interface CheckResult {
  readonly report: Report;
  readonly states: Iterable<FindingState>;
}

export async function runCheck(context: Context, _operands: readonly string[], options: CheckOptions): Promise<number> {
  const scope = options.paths?.map((text) => patternFromArgument(text, '--paths'));
  const remote = options.host === undefined ? undefined : remoteHost(options.host, options);
  const source: BaselineSource = { file: context.baselineFile, expectSeal: options.expectSeal };
  const baseline = openBaselineSource(context, source);
  try {
    const loaded = compilePolicy(baseline.header.policy);
    const signature = trustBaseline(context, baseline, loaded.policy.signers, options.signers);
    const succession = verifySuccession(context, baseline);
    const input: CheckInput = {
      context,
      baseline,
      loaded,
      scope,
      minimumSeverity: options.severity,
      limits: limitsOf(options),
      remote,
      succession,
      signature,
    };
    const { report, states } = await check(input);
    // Before it is printed, so that a report that cannot be printed is not lost.
    storeRun(context, { report, states, baseline, retainDays: loaded.policy.retainDays });
    await deliver(context, report, options);
    return report.exitCode;
  } finally {
    baseline.close();
  }
}

/** What restricted the run. */
function limitsOf({ paths, severity }: CheckOptions): string[] {
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
  const { host, comparison, summary, requirements } = await examine(
    { context, baseline, loaded, policy, scope },
    remote,
  );
  const uncovered =
    scope === undefined
      ? []
      : uncoveredNotes({ scope, rules: loaded.policy.rules, comparison, recorded: baseline.entries() });
  // Where the scan could not look, its own error says so for everything below.
  const isTold = (path: Path): boolean => comparison.failures.some((failure) => isWithin(path, failure.path));
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
    violations: requirements.violations,
    failures: [...input.succession.failures, ...requirements.failures.filter(({ path }) => !isTold(path))],
    examined: { examined: summary.examined, bytes: summary.bytes },
    unavailable: summary.unavailable,
    limits,
    notes: [...notesOf(input, host), ...uncovered],
    ...(minimumSeverity === undefined ? {} : { minimumSeverity }),
  });
  const findings = reportedFindings({ comparison, ...(minimumSeverity === undefined ? {} : { minimumSeverity }) });
  const lookup = new BaselineLookup(baseline);
  const states = findingStates(findings, {
    records: comparison.records,
    recordedMounts: baseline.header.mounts,
    foundMounts: summary.mounts,
    recordedAt: (path) => lookup.findPath(path)?.record,
  });
  return { report, states };
}

async function examine(subject: Subject, remote: RemoteHost | undefined): Promise<Examination> {
  if (remote === undefined) return examineHere(subject);
  const { examineThere } = await import('../remote.ts');
  return examineThere(subject, remote);
}

function describeBaseline({ baseline, signature }: CheckInput): Report['baseline'] {
  return {
    file: baseline.file,
    sequence: baseline.header.sequence,
    createdAt: baseline.header.createdAt,
    seal: baseline.seal,
    signature: reportedSignature(signature),
  };
}

/** Whether the policy on disk is still the one in the baseline. One that cannot be loaded is not. */
function matchesFile({ context, baseline, loaded, remote }: CheckInput): boolean {
  // The policy file of this host says nothing about another one, unless it was named for this check.
  if (remote !== undefined && context.policyFile === undefined) return true;
  try {
    return loadContextPolicy(context, policyNameFor(context, baseline.header.policy)).sha256 === loaded.sha256;
  } catch (error) {
    if (error instanceof UserError && !(error instanceof UnsafeFileError)) return false;
    throw error;
  }
}

function notesOf({ context, baseline, scope, remote, succession }: CheckInput, host: string): string[] {
  const { header } = baseline;
  const notes: string[] = [...succession.notes, ...environmentNotes()];
  if (remote !== undefined) {
    notes.push(`examined over ssh at ${remote.destination}: true as far as integ and the kernel there can be trusted`);
    if (context.policyFile === undefined) notes.push('the policy was not compared with a file: none was named');
  }
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
