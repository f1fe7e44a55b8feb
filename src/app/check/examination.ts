/**
 * Examines this host for a check: the scan feeds the comparison, and the requirements are judged. Whatever a check does
 * on another host instead gives the same result (remote.ts).
 */
import type { BaselineReader } from '../../baseline/reader.ts';
import { reportedFindings } from '../../check/build.ts';
import { Comparison, type ComparisonOptions, type ComparisonResult } from '../../check/comparison.ts';
import { type ContentFindings, findContents, type TextSources } from '../../check/content/findings.ts';
import { mountsToCompare } from '../../check/other-root-mounts.ts';
import { checkRequirements, type JudgedRequirements, type RequirementResult } from '../../check/requirements.ts';
import { BaselineLookup } from '../../check/stored.ts';
import { loadDigests } from '../../digest/algorithms.ts';
import { baseName, joinPath, type Path, parentPath, pathFromText, printableText } from '../../model/bytes.ts';
import { unpackContent } from '../../model/content.ts';
import type { ScanSummary } from '../../model/entry.ts';
import { type Failure, failureFrom, SystemError, UserError } from '../../model/errors.ts';
import type { RecordedPackage } from '../../model/packages.ts';
import type { PathPattern, Policy } from '../../model/rule.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { coversPath } from '../../policy/glob.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { MountScout } from '../../scan/mount-scout.ts';
import { Probe } from '../../scan/probe.ts';
import { scan } from '../../scan/scan.ts';
import type { Pace } from '../../system/pace.ts';
import { directoriesAbove, resolveLinks } from '../../system/resolve.ts';
import { readRootedFile } from '../../system/rooted-file.ts';
import type { Tree } from '../../system/tree.ts';
import { takeTurns } from '../../system/turns.ts';
import { Users } from '../../system/users.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { openTree } from '../open-tree.ts';
import { requirementStarts } from '../policy/notes.ts';
import { LiveContents } from './live-contents.ts';
import { withNulBlocks } from './nul-blocks.ts';
import { explainByPackages } from './packages.ts';

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
  /** Seconds without progress after which a file system is not waited for any more; undefined: ten minutes. */
  readonly stall: number | undefined;
  /** What the check before did not come to. */
  readonly skipped: readonly SkippedPath[];
  /** What came or went is told though rules let it be. */
  readonly tellsAll: boolean;
}

export interface Examination {
  /** Printable name of the examined host. */
  readonly host: string;
  /** Of the host that looked, where the examined system is not its own. */
  readonly by?: string;
  readonly comparison: ComparisonResult;
  readonly summary: ScanSummary;
  readonly requirements: RequirementResult;
  /** What changed inside, for rules that keep texts. */
  readonly contents: ContentFindings;
  /** Packages that explain findings, as they are now, by name. */
  readonly packages: ReadonlyMap<string, RecordedPackage>;
}

/** Whether --paths covers a path. */
export function scopeTest(scope: readonly PathPattern[] | undefined): (path: Path) => boolean {
  return (path) => scope === undefined || coversPath(scope, path);
}

export function comparisonOf(
  subject: Subject,
  prefix: NonNullable<ComparisonOptions['prefix']>,
  guard?: ComparisonOptions['guard'],
): Comparison {
  const { baseline, policy, scope, tellsAll } = subject;
  return new Comparison(baseline, {
    rules: policy.rules,
    tellsAll,
    prefix,
    ...(guard === undefined ? {} : { guard }),
    ...(scope === undefined ? {} : { scope: scopeTest(scope) }),
  });
}

/** Ends a comparison when the scan has ended. */
export async function finishComparison({ context, baseline }: Subject, comparison: Comparison, summary: ScanSummary) {
  const isSameRoot = baseline.header.root === pathFromText(context.root);
  const { recorded, found } = mountsToCompare(baseline.header.mounts, summary.mounts, isSameRoot);
  return takeTurns(comparison.finish(recorded, found));
}

/** What changed inside the files of findings; `found` gives their texts of now. */
export function contentsOf(
  { baseline, policy }: Pick<Subject, 'baseline' | 'policy'>,
  comparison: ComparisonResult,
  found: TextSources['found'],
): ContentFindings {
  return findContents(reportedFindings({ comparison }), {
    rules: policy.rules,
    recordedRules: policy.rules,
    records: comparison.records,
    recorded: (path) => recordedText(baseline, path),
    found,
  });
}

/** The text that a baseline keeps of a file. Throws a UserError when what it keeps is none. */
export function recordedText(baseline: BaselineReader, path: Path): Buffer | undefined {
  const packed = baseline.contentOf(path);
  if (packed === undefined) return undefined;
  const text = unpackContent(packed);
  if (text !== undefined) return text;
  throw new UserError('untrusted', `baseline ${printableText(baseline.file)}: a text kept in it is damaged`, {
    hint: 'take a copy known to be good; find out who or what changed the file',
  });
}

/** How many objects the scan will come by, as far as that is known. */
export function expectedObjects({ baseline, scope }: Subject): number | undefined {
  return scope === undefined ? baseline.entryCount : undefined;
}

export async function examineHere(subject: Subject): Promise<Examination> {
  const { context, policy, scope, pace, stall, skipped } = subject;
  // The first bytes of logs are digested on this thread.
  await loadDigests();
  const scout = await MountScout.send({ root: context.root, policy, scope, pace, stall });
  const tree = openTree(context, scout);
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
        skipped,
        scout,
        stall,
        progress: context.progress(expectedObjects(subject)),
        onSignal: context.onSignal,
      },
      comparison,
    );
    const compared = withNulBlocks(await finishComparison(subject, comparison, summary), tree, pace);
    const { header } = subject.baseline;
    const lookup = new BaselineLookup(subject.baseline);
    const recordedAt = (path: Path) => lookup.findPath(path)?.record;
    const { comparison: result, packages } = explainByPackages(context.root, { header, recordedAt }, compared);
    return {
      ...examinedHost(context),
      comparison: result,
      packages,
      contents: await liveContents(subject, result, scout),
      summary,
      requirements: await scout.around(() => judgeRequirements(subject.loaded.policy, scope, context, tree, { pace })),
    };
  } finally {
    tree.close();
  }
}

/** Texts are read when all is compared, and only of what differs. */
async function liveContents(
  subject: Subject,
  comparison: ComparisonResult,
  scout: MountScout,
): Promise<ContentFindings> {
  const { context, policy, pace } = subject;
  const live = await LiveContents.open(context, policy.rules, pace, scout);
  try {
    return contentsOf(subject, comparison, (path, record, settings) => live.find(path, record, settings));
  } finally {
    live.close();
  }
}

interface CountedRequirements extends JudgedRequirements {
  /** How many objects were looked at. */
  readonly examined: number;
}

export interface JudgingOptions {
  readonly pace?: Pace | undefined;
  readonly onRead?: () => void;
  /** Whether violations show the lines that are not as required; so they do when not given. */
  readonly showsLines?: boolean;
}

/** Files of which lines are expected are configuration; what is larger is not searched, and said to be so. */
const LONGEST_TEXT = 16 * 1024 * 1024;

function textOf(root: Path, path: Path): string | Failure {
  try {
    const bytes = readRootedFile(root, path, LONGEST_TEXT);
    if (bytes !== undefined) return bytes.toString('latin1');
    return { path, operation: 'open', code: 'ENOENT', message: 'it went away while it was examined' };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const failure = failureFrom(path, error);
    if (failure.code !== 'EFBIG') return failure;
    return { ...failure, message: `only the lines of files up to ${LONGEST_TEXT >> 20} MiB are searched` };
  }
}

/**
 * Judges the requirements of a policy for the objects that its paths name and --paths covers. A path may lead through
 * symbolic links, as /bin/sh does where /bin is one; it is the object at its end that is judged.
 */
export async function judgeRequirements(
  policy: Policy,
  scope: readonly PathPattern[] | undefined,
  { root, host }: Pick<Context, 'root' | 'host'>,
  tree: Tree,
  { pace, onRead, showsLines = true }: JudgingOptions = {},
): Promise<CountedRequirements> {
  const starts = await requirementStarts(policy, tree);
  const probe = new Probe(tree, pace, onRead);
  const isInScope = scopeTest(scope);
  const result = checkRequirements(policy.rules, {
    starts: (rule) =>
      (starts.byRule.get(rule.index) ?? []).filter((path) => isInScope(path) && !coversPath(rule.exclude, path)),
    examine: (path, { digests, attributes }) => {
      const directory = parentPath(path);
      const real = resolveLinks(tree, directory);
      return probe.examine(real === undefined ? path : joinPath(real, baseName(path)), digests, attributes);
    },
    target: (path) => resolveLinks(tree, path) ?? path,
    parents: (path) => directoriesAbove(tree, path),
    text: (path) => textOf(pathFromText(root), path),
    names: new Users(pathFromText(root)),
    now: host.now(),
    showsLines,
  });
  const examined = new Set(result.verdicts.map(({ path }) => path)).size;
  return { ...result, failures: [...starts.failures, ...result.failures], examined };
}
