/** `integ check`: compares the system with the baseline and reports what differs. */
import type { BaselineReader } from '../../baseline/reader.ts';
import { buildReport } from '../../check/build.ts';
import { Comparison, type ComparisonResult } from '../../check/comparison.ts';
import { checkRequirements, type RequirementResult } from '../../check/requirements.ts';
import { isWithin, type Path, pathFromText } from '../../model/bytes.ts';
import type { ScanSummary } from '../../model/entry.ts';
import { UserError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import type { PathPattern, Policy } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import { coversPath, patternFromArgument } from '../../policy/glob.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { Probe } from '../../scan/probe.ts';
import { scan } from '../../scan/scan.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime, liveHost } from '../../system/host.ts';
import { Tree } from '../../system/tree.ts';
import { Users } from '../../system/users.ts';
import { type BaselineSource, openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { loadContextPolicy } from '../load-policy.ts';
import { deliver, type OutputOptions } from '../output.ts';
import { requirementStarts } from '../policy-notes.ts';
import { progressReporter } from '../progress.ts';
import { reportId } from '../report-id.ts';
import { VERSION } from '../version.ts';

interface CheckOptions extends OutputOptions {
  readonly paths?: readonly string[];
  readonly severity?: Severity;
  readonly expectSeal?: string;
}

interface CheckInput {
  readonly context: Context;
  readonly baseline: BaselineReader;
  readonly loaded: LoadedPolicy;
  readonly scope: readonly PathPattern[] | undefined;
  readonly minimumSeverity: Severity | undefined;
}

export async function runCheck(context: Context, _operands: readonly string[], options: CheckOptions): Promise<number> {
  const scope = options.paths?.map((text) => patternFromArgument(text, '--paths'));
  const source: BaselineSource = { file: context.baselineFile, expectSeal: options.expectSeal };
  const baseline = openBaselineSource(source);
  try {
    const loaded = compilePolicy(baseline.header.policy);
    const report = await check({ context, baseline, loaded, scope, minimumSeverity: options.severity });
    await deliver(context, report, options);
    return report.exitCode;
  } finally {
    baseline.close();
  }
}

async function check(input: CheckInput): Promise<Report> {
  const { context, baseline, loaded, scope, minimumSeverity } = input;
  const started = liveHost.now();
  const policy = withStartLinks(loaded.policy, baseline.header.startLinks);
  const tree = new Tree({ root: context.root, isWorker: false, portable: context.portable });
  try {
    const probe = new Probe(tree);
    const { comparison, summary } = await compare(input, policy, probe);
    const requirements = await judgeRequirements(input, probe, tree);
    // Where the scan could not look, its own error says so for everything below.
    const isTold = (path: Path): boolean => comparison.failures.some((failure) => isWithin(path, failure.path));
    return buildReport({
      run: {
        id: reportId(started),
        host: liveHost.hostName(),
        version: VERSION,
        startedAt: isoTime(started),
        finishedAt: isoTime(liveHost.now()),
        baseline: describeBaseline(baseline),
        policy: {
          name: loaded.policy.name,
          sha256: loaded.sha256,
          matchesFile: matchesFile(context, loaded.sha256),
        },
      },
      rules: policy.rules,
      comparison,
      violations: requirements.violations,
      failures: requirements.failures.filter(({ path }) => !isTold(path)),
      examined: { examined: summary.examined, bytes: summary.bytes },
      unavailable: summary.unavailable,
      notes: notesOf(context, baseline, scope),
      ...(minimumSeverity === undefined ? {} : { minimumSeverity }),
    });
  } finally {
    tree.close();
  }
}

async function compare(
  { context, baseline, scope }: CheckInput,
  policy: Policy,
  probe: Probe,
): Promise<{ readonly comparison: ComparisonResult; readonly summary: ScanSummary }> {
  const comparison = new Comparison(baseline, {
    rules: policy.rules,
    prefix: probe,
    ...(scope === undefined ? {} : { scope: (path: Path) => coversPath(scope, path) }),
  });
  const summary = await scan(
    {
      root: context.root,
      policy,
      jobs: context.jobs,
      scope,
      portable: context.portable,
      progress: progressReporter(context.terminal, scope === undefined ? baseline.entryCount : undefined),
    },
    comparison,
  );
  return { comparison: comparison.finish(baseline.header.mounts, summary.mounts), summary };
}

async function judgeRequirements(
  { context, loaded, scope }: CheckInput,
  probe: Probe,
  tree: Tree,
): Promise<RequirementResult> {
  const starts = await requirementStarts(loaded.policy, tree);
  const isInScope = (path: Path): boolean => scope === undefined || coversPath(scope, path);
  const result = checkRequirements(
    loaded.policy.rules,
    {
      starts: (rule) => (starts.byRule.get(rule.index) ?? []).filter(isInScope),
      examine: (path, digests) => probe.examine(path, digests),
    },
    new Users(pathFromText(context.root)),
  );
  return { violations: result.violations, failures: [...starts.failures, ...result.failures] };
}

function describeBaseline(baseline: BaselineReader): Report['baseline'] {
  return {
    file: baseline.file,
    sequence: baseline.header.sequence,
    createdAt: baseline.header.createdAt,
    seal: baseline.seal,
    signature: { status: 'none' },
  };
}

/** Whether the policy on disk is still the one in the baseline. One that cannot be loaded is not. */
function matchesFile(context: Context, sha256: string): boolean {
  try {
    return loadContextPolicy(context).sha256 === sha256;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function notesOf(context: Context, baseline: BaselineReader, scope: readonly PathPattern[] | undefined): string[] {
  const { header } = baseline;
  const notes: string[] = [];
  if (header.host !== liveHost.hostName()) {
    notes.push(`the baseline was made on host ${header.host}, this is ${liveHost.hostName()}`);
  }
  if (scope !== undefined) notes.push('only what --paths covers was examined');
  if (header.failures.length > 0) {
    notes.push(`the baseline is incomplete: ${header.failures.length} objects could not be examined when it was made`);
  }
  if (context.portable) notes.push('extended attributes and file flags were not examined (INTEG_PORTABLE=1)');
  return notes;
}
