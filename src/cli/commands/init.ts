/** `integ init`: examines the system and writes its baseline. */
import { existsSync, statSync } from 'node:fs';
import { describePolicyOnSystem, type SystemNotes } from '../../app/policy/notes.ts';
import { VERSION } from '../../app/version.ts';
import { keepGeneration } from '../../baseline/generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import { BaselineWriter } from '../../baseline/writer.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { comparePaths, pathFromText, printable, printableText } from '../../model/bytes.ts';
import type { ScanSummary } from '../../model/entry.ts';
import { type Failure, type StoredFailure, UserError } from '../../model/errors.ts';
import { INCOMPLETE_EXIT } from '../../model/exit.ts';
import type { Policy, StartLink } from '../../model/rule.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { scan } from '../../scan/scan.ts';
import { findStartLinks, withStartLinks } from '../../scan/start-links.ts';
import { isoTime, liveHost } from '../../system/host.ts';
import { acquireLock } from '../../system/lock.ts';
import type { Pace } from '../../system/pace.ts';
import { createDirectoryOf } from '../../system/safe-write.ts';
import { Tree } from '../../system/tree.ts';
import { takeTurns } from '../../system/turns.ts';
import type { Context } from '../context.ts';
import { LiveContents } from '../live-contents.ts';
import { loadContextPolicy } from '../load-policy.ts';
import { pruneOldGenerations } from '../new-generation.ts';
import { packagesOf, readPackages } from '../packages.ts';
import { formatBytes, formatCount, formatDuration, progressReporter } from '../progress.ts';
import { highestSeen, rememberGeneration } from '../run-history.ts';
import { requireSafeFile } from '../safe-files.ts';
import { type ThrottleOptions, throttle } from '../throttle.ts';

interface InitOptions extends ThrottleOptions {
  readonly force?: boolean;
}

interface Predecessor {
  /** The highest number of a generation that is or was in force. */
  readonly sequence: number;
  readonly seal: string;
  /** Number of the baseline that is there now, when it can be read: it stays as an older generation. */
  readonly present: number | undefined;
  readonly why: string;
}

const HOW_TO_SEE_ALL = 'Run as root, or with the capability CAP_DAC_READ_SEARCH, to examine all of it.';
/** Failures shown before the rest is only counted; all are in the baseline. */
const FAILURES_SHOWN = 20;

export async function runInit(context: Context, _operands: readonly string[], options: InitOptions): Promise<number> {
  const file = context.baselineFile;
  if (file === '-')
    throw new UserError('usage', 'init cannot write to standard input', { hint: 'name a file with --baseline' });
  const loaded = loadContextPolicy(context);
  // Before anything is made there, and again of what was made.
  requireSafeFile(context, file, 'baseline');
  createDirectoryOf(file);
  requireSafeFile(context, file, 'baseline');
  const lock = acquireLock(file, 'init');
  const unregister = context.onSignal(() => lock.release());
  try {
    const predecessor = await predecessorOf(context, file, options.force === true);
    return await initialize(context, file, loaded, predecessor, throttle(context, options));
  } finally {
    lock.release();
    unregister();
  }
}

/** What the new baseline follows. Throws when there is one and it is not to be replaced. */
async function predecessorOf(context: Context, file: string, force: boolean): Promise<Predecessor | undefined> {
  const isThere = existsSync(file);
  if (isThere && !force) {
    throw new UserError('cannotCreate', `there is a baseline already: ${printableText(file)}`, {
      hint: 'integ check compares with it; integ init --force replaces it and forgets what it knew',
    });
  }
  const old = isThere && statSync(file).isFile() ? await readOld(context, file) : undefined;
  // Numbers go on after the highest one seen, so that a baseline that was removed and made anew has not gone back.
  const seen = highestSeen(context, { host: liveHost.hostName(), root: pathFromText(context.root) });
  const why = isThere ? 'replaced with init --force' : 'made anew: the one before is gone';
  if (old !== undefined && old.sequence >= (seen?.sequence ?? 0)) return { ...old, present: old.sequence, why };
  return seen && { sequence: seen.sequence, seal: seen.seal, present: old?.sequence, why };
}

async function readOld(
  context: Context,
  file: string,
): Promise<{ readonly sequence: number; readonly seal: string } | undefined> {
  try {
    const old = await BaselineReader.openInTurns(file);
    try {
      return { sequence: old.header.sequence, seal: old.seal };
    } finally {
      old.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.terminal.warn(`the old baseline cannot be read and is replaced: ${error.message}`);
    return undefined;
  }
}

async function initialize(
  context: Context,
  file: string,
  loaded: LoadedPolicy,
  predecessor: Predecessor | undefined,
  pace: Pace | undefined,
): Promise<number> {
  const started = liveHost.now();
  const { startLinks, notes } = await lookAround(context, loaded.policy);
  const policy = withStartLinks(loaded.policy, startLinks);
  const database = readPackages(context);
  const contents = await LiveContents.open(context, policy.rules, pace);
  const writer = BaselineWriter.create(file, policy.rules);
  const unregister = context.onSignal(() => writer.abort());
  const failures: Failure[] = [];
  try {
    const summary = await scan(
      {
        root: context.root,
        policy,
        startLinks,
        jobs: context.jobs,
        scope: undefined,
        portable: context.portable,
        pace,
        progress: progressReporter(context.terminal, undefined),
        onSignal: context.onSignal,
      },
      {
        entry: (entry) => {
          writer.add(entry);
          const kept = contents.contentOf(entry);
          if (kept !== undefined) writer.keepContent(kept.path, kept.content);
        },
        listed: () => undefined,
        failure: (failure) => failures.push(failure),
      },
    );
    // Workers tell of them in any order; the baseline must not depend on it.
    failures.sort((left, right) => comparePaths(left.path, right.path));
    const packages = packagesOf(context, database, writer);
    const header = { ...headerOf(context, loaded, startLinks, summary, failures, started, predecessor), packages };
    if (predecessor?.present !== undefined) keepGeneration(file, predecessor.present);
    const { seal, entries } = await takeTurns(writer.finish(header));
    rememberGeneration(context, { header, seal });
    pruneOldGenerations(context, loaded.policy);
    printResult(context, { file, header, seal, entries, summary, notes, policy: loaded.policy });
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    contents.close();
    unregister();
  }
  return failures.length === 0 ? 0 : INCOMPLETE_EXIT;
}

async function lookAround(context: Context, policy: Policy) {
  const tree = new Tree({ root: context.root, isWorker: false, portable: context.portable });
  try {
    const startLinks = findStartLinks(policy, tree);
    return { startLinks, notes: await describePolicyOnSystem(policy, tree, startLinks) };
  } finally {
    tree.close();
  }
}

function headerOf(
  context: Context,
  loaded: LoadedPolicy,
  startLinks: readonly StartLink[],
  summary: ScanSummary,
  failures: readonly Failure[],
  started: bigint,
  predecessor: Predecessor | undefined,
): Omit<BaselineHeader, 'packages'> {
  return {
    host: liveHost.hostName(),
    version: VERSION,
    sequence: (predecessor?.sequence ?? 0) + 1,
    createdAt: isoTime(started),
    previousSeal: predecessor?.seal ?? '',
    origin: {
      command: 'init',
      who: liveHost.operator(),
      why: predecessor?.why ?? 'first baseline',
    },
    root: pathFromText(context.root),
    policyName: loaded.policy.name,
    policySha256: loaded.sha256,
    policy: loaded.sources,
    startLinks,
    mounts: summary.mounts,
    unavailable: summary.unavailable,
    failures,
  };
}

interface InitResult {
  readonly file: string;
  readonly header: BaselineHeader;
  readonly seal: string;
  readonly entries: number;
  readonly summary: ScanSummary;
  readonly notes: SystemNotes;
  readonly policy: Policy;
}

function printResult(context: Context, result: InitResult): void {
  const { terminal } = context;
  const { file, header, seal, entries, summary, notes } = result;
  const seconds = Number(liveHost.now() - BigInt(Date.parse(header.createdAt)) * 1_000_000n) / 1e9;
  const isComplete = header.failures.length === 0;
  const lines = [
    isComplete
      ? `Baseline written: ${formatCount(entries)} objects`
      : `INCOMPLETE baseline written: ${formatCount(entries)} objects, ${formatCount(header.failures.length)} could not be examined`,
    '',
    `  file      ${printableText(file)}`,
    `  host      ${header.host}`,
    `  policy    ${printableText(header.policyName)} (${printableText(header.policy[0]?.name ?? '')}, ${result.policy.rules.length} ${result.policy.rules.length === 1 ? 'rule' : 'rules'})`,
    `  sequence  ${header.sequence}`,
    `  read      ${formatBytes(Number(summary.bytes))} in ${formatDuration(seconds)} (${formatCount(Math.round(entries / Math.max(seconds, 0.001)))} objects/s)`,
    `  seal      ${seal}`,
    '',
    ...notes.lines,
    ...mountLines(summary),
    ...summary.unavailable.map(
      ({ attribute, fileSystem, example }) =>
        `Not to be had on ${fileSystem}: ${attribute} (for example ${printable(example)})`,
    ),
    ...failureLines(header.failures, terminal.isVerbose),
    ...(result.policy.signers.length === 0
      ? []
      : [
          'The policy demands a signature: integ check refuses this baseline until integ baseline sign has signed it.',
          '',
        ]),
    'Next:',
    '  1. Write the seal down, off this host: integ check --expect-seal takes it.',
    '  2. Keep a copy of the baseline on another host or on read-only media.',
    '  3. Every night: integ check',
  ];
  terminal.print(`${lines.join('\n')}\n`);
}

function mountLines(summary: ScanSummary): string[] {
  return summary.mounts
    .filter((mount) => !mount.entered)
    .map((mount) => `Not entered, another file system: ${printable(mount.path)} (${mount.type})`);
}

function failureLines(failures: readonly StoredFailure[], all: boolean): string[] {
  if (failures.length === 0) return [];
  const shown = all ? failures : failures.slice(0, FAILURES_SHOWN);
  const lines = shown.map(({ path, message }) => `  ${printable(path)}: ${printableText(message)}`);
  const rest = failures.length - shown.length;
  if (rest > 0) lines.push(`  and ${formatCount(rest)} more: see integ baseline show, or integ init --verbose`);
  const isDenied = failures.some(({ code }) => code === 'EACCES' || code === 'EPERM');
  return [
    'Could not be examined (of a directory, nothing below it either):',
    ...lines,
    ...(isDenied ? [`  ${HOW_TO_SEE_ALL}`] : []),
    '',
  ];
}
