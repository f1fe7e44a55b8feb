/**
 * Examines this host for a check: the scan feeds the comparison, and the requirements are judged. Whatever a check does
 * on another host instead gives the same result (remote.ts).
 */
import type { BaselineReader } from '../baseline/reader.ts';
import { Comparison, type ComparisonOptions, type ComparisonResult } from '../check/comparison.ts';
import { mountsToCompare } from '../check/elsewhere.ts';
import { checkRequirements, type RequirementResult } from '../check/requirements.ts';
import { loadDigests } from '../digest/algorithms.ts';
import { baseName, joinPath, type Path, parentPath, pathFromText } from '../model/bytes.ts';
import type { ScanSummary } from '../model/entry.ts';
import type { LeftOut } from '../model/left-out.ts';
import type { PathPattern, Policy } from '../model/rule.ts';
import { coversPath } from '../policy/glob.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import { Probe } from '../scan/probe.ts';
import { scan } from '../scan/scan.ts';
import { liveHost } from '../system/host.ts';
import { directoriesAbove, resolveLinks } from '../system/resolve.ts';
import { Tree } from '../system/tree.ts';
import { Users } from '../system/users.ts';
import type { Context } from './context.ts';
import { requirementStarts } from './policy-notes.ts';
import { progressReporter } from './progress.ts';

/** What is to be examined. */
export interface Subject {
  readonly context: Context;
  readonly baseline: BaselineReader;
  /** The policy of the baseline as written. */
  readonly loaded: LoadedPolicy;
  /** The same with the targets of its start links watched too: by these rules the scan runs. */
  readonly policy: Policy;
  readonly scope: readonly PathPattern[] | undefined;
  readonly pace: Pace | undefined;
  /** What the check before did not come to. */
  readonly leftOut: readonly LeftOut[];
}

export interface Examination {
  /** Printable name of the examined host. */
  readonly host: string;
  readonly comparison: ComparisonResult;
  readonly summary: ScanSummary;
  readonly requirements: RequirementResult;
}

/** Whether --paths covers a path. */
export function scopeTest(scope: readonly PathPattern[] | undefined): (path: Path) => boolean {
  return (path) => scope === undefined || coversPath(scope, path);
}

export function comparisonOf(subject: Subject, prefix: NonNullable<ComparisonOptions['prefix']>): Comparison {
  const { baseline, policy, scope } = subject;
  return new Comparison(baseline, {
    rules: policy.rules,
    prefix,
    ...(scope === undefined ? {} : { scope: scopeTest(scope) }),
  });
}

/** Ends a comparison when the scan has ended. */
export function finishComparison({ context, baseline }: Subject, comparison: Comparison, summary: ScanSummary) {
  const isSameRoot = baseline.header.root === pathFromText(context.root);
  const { recorded, found } = mountsToCompare(baseline.header.mounts, summary.mounts, isSameRoot);
  return comparison.finish(recorded, found);
}

/** How many objects the scan will come by, as far as that is known. */
export function expectedObjects({ baseline, scope }: Subject): number | undefined {
  return scope === undefined ? baseline.entryCount : undefined;
}

export async function examineHere(subject: Subject): Promise<Examination> {
  const { context, policy, scope, pace, leftOut } = subject;
  // The first bytes of logs are digested on this thread.
  await loadDigests();
  const tree = new Tree({ root: context.root, isWorker: false, portable: context.portable });
  try {
    const probe = new Probe(tree, pace);
    const comparison = comparisonOf(subject, probe);
    const summary = await scan(
      {
        root: context.root,
        policy,
        startLinks: subject.baseline.header.startLinks,
        jobs: context.jobs,
        scope,
        portable: context.portable,
        pace,
        leftOut,
        progress: progressReporter(context.terminal, expectedObjects(subject)),
        onSignal: context.onSignal,
      },
      comparison,
    );
    return {
      host: liveHost.hostName(),
      comparison: finishComparison(subject, comparison, summary),
      summary,
      requirements: await judgeRequirements(subject.loaded.policy, scope, context.root, tree, pace),
    };
  } finally {
    tree.close();
  }
}

export interface JudgedRequirements extends RequirementResult {
  /** How many objects were looked at. */
  readonly examined: number;
}

/**
 * Judges the requirements of a policy for the objects that its paths name and --paths covers. A path may lead through
 * symbolic links, as /bin/sh does where /bin is one; it is the object at its end that is judged.
 */
export async function judgeRequirements(
  policy: Policy,
  scope: readonly PathPattern[] | undefined,
  root: string,
  tree: Tree,
  pace?: Pace,
): Promise<JudgedRequirements> {
  const starts = await requirementStarts(policy, tree);
  const probe = new Probe(tree, pace);
  const isInScope = scopeTest(scope);
  let examined = 0;
  const result = checkRequirements(policy.rules, {
    starts: (rule) =>
      (starts.byRule.get(rule.index) ?? []).filter((path) => isInScope(path) && !coversPath(rule.exclude, path)),
    examine: (path, { digests, attributes }) => {
      examined += 1;
      const directory = parentPath(path);
      const real = resolveLinks(tree, directory);
      return probe.examine(real === undefined ? path : joinPath(real, baseName(path)), digests, attributes);
    },
    parents: (path) => directoriesAbove(tree, path),
    names: new Users(pathFromText(root)),
    now: liveHost.now(),
  });
  return { violations: result.violations, failures: [...starts.failures, ...result.failures], examined };
}
