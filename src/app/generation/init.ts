/** The first baseline of a system, or one that forgets what those before it knew. */
import { existsSync, statSync } from 'node:fs';
import { keepGeneration } from '../../baseline/generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import { BaselineWriter } from '../../baseline/writer.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { comparePaths, pathFromText, printableText } from '../../model/bytes.ts';
import type { ScanSummary } from '../../model/entry.ts';
import { type Failure, UserError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import type { Policy, StartLink } from '../../model/rule.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { MountScout } from '../../scan/mount-scout.ts';
import { scan } from '../../scan/scan.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime } from '../../system/host.ts';
import { acquireLock } from '../../system/lock.ts';
import type { Pace } from '../../system/pace.ts';
import { createDirectoryOf } from '../../system/safe-write.ts';
import { takeTurns } from '../../system/turns.ts';
import { LiveContents } from '../check/live-contents.ts';
import { packagesOf, readPackages } from '../check/packages.ts';
import { evaluateRequirements } from '../check/requirements.ts';
import { type ThrottleOptions, throttle } from '../check/throttle.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { lastGeneration, lostBaseline, MADE_ANEW } from '../history/lost.ts';
import { rememberGeneration } from '../history/run-history.ts';
import { openTree, startLinksNow } from '../open-tree.ts';
import { loadContextPolicy } from '../policy/load-policy.ts';
import { describePolicyOnSystem, type SystemNotes } from '../policy/notes.ts';
import { requireSafeFile } from '../safe-files.ts';
import { VERSION } from '../version.ts';
import { pruneOldGenerations } from './new-generation.ts';

export interface InitRequest extends ThrottleOptions {
  /** Whether a baseline that is there is replaced. */
  readonly force?: boolean | undefined;
  /** Whether a baseline that holds nothing is written. */
  readonly allowEmpty?: boolean | undefined;
}

interface Predecessor {
  /** The highest number of a generation that is or was in force. */
  readonly sequence: number;
  readonly seal: string;
  /** Number of the baseline that is there now, when it can be read: it stays as an older generation. */
  readonly present: number | undefined;
  readonly why: string;
}

export interface Initialized {
  readonly file: string;
  readonly header: BaselineHeader;
  readonly seal: string;
  readonly entries: number;
  readonly summary: ScanSummary;
  /** What the policy says of this system. */
  readonly notes: SystemNotes;
  readonly policy: Policy;
  /** What the policy requires, judged now; undefined when it requires nothing. */
  readonly requirements: Report | undefined;
  /** Nanoseconds that it took. */
  readonly duration: bigint;
}

/** Examines the system and writes its baseline. Throws UserError when there is one and it is not to be replaced. */
export async function initialize(context: Context, request: InitRequest): Promise<Initialized> {
  const file = context.baselineFile;
  if (file === '-')
    throw new UserError('usage', 'init cannot write to standard input', { hint: 'name a file with --baseline' });
  const loaded = loadContextPolicy(context);
  // Before anything is made there, and again of what was made.
  requireSafeFile(context, file, 'baseline');
  createDirectoryOf(file);
  requireSafeFile(context, file, 'baseline');
  const lock = acquireLock(file, 'init', context.host);
  const unregister = context.onSignal(() => lock.release());
  try {
    const predecessor = await predecessorOf(context, file, request.force === true);
    return await examineAndWrite(context, request, loaded, predecessor);
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
  const seen = lastGeneration(context);
  if (!isThere && seen !== undefined && !force) throw lostBaseline('cannotCreate', context, seen);
  const why = isThere ? 'replaced with init --force' : MADE_ANEW;
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
    context.log.warn(`the old baseline cannot be read and is replaced: ${error.message}`);
    return undefined;
  }
}

async function examineAndWrite(
  context: Context,
  request: InitRequest,
  loaded: LoadedPolicy,
  predecessor: Predecessor | undefined,
): Promise<Initialized> {
  const file = context.baselineFile;
  const pace = throttle(context, request);
  const started = context.host.now();
  const { stall } = request;
  const scout = await MountScout.send({ root: context.root, policy: loaded.policy, pace, stall });
  const { startLinks, notes } = await lookAround(context, loaded, scout);
  const policy = withStartLinks(loaded.policy, startLinks);
  const database = readPackages(context);
  const contents = await LiveContents.open(context, policy.rules, pace, scout);
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
        scout,
        stall,
        progress: context.progress(undefined),
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
    // With something that could not be examined, the baseline itself says that it is incomplete.
    if (summary.examined === 0 && failures.length === 0 && request.allowEmpty !== true) {
      throw nothingSelected(loaded, notes);
    }
    // Workers tell of them in any order; the baseline must not depend on it.
    failures.sort((left, right) => comparePaths(left.path, right.path));
    // What fails of it must not make a baseline that is in force look as if there were none.
    const requirements = await judgedRequirements(context, loaded, scout, pace);
    const packages = packagesOf(context, database, writer);
    const header = { ...headerOf(context, loaded, startLinks, summary, failures, started, predecessor), packages };
    if (predecessor?.present !== undefined) keepGeneration(file, predecessor.present);
    const { seal, entries } = await takeTurns(writer.finish(header));
    rememberGeneration(context, { header, seal });
    pruneOldGenerations(context, loaded.policy);
    const duration = context.host.now() - started;
    return { file, header, seal, entries, summary, notes, policy: loaded.policy, requirements, duration };
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    contents.close();
    unregister();
  }
}

/** What is violated already is nothing that a baseline makes right: every check will report it. */
async function judgedRequirements(
  context: Context,
  loaded: LoadedPolicy,
  scout: MountScout,
  pace: Pace | undefined,
): Promise<Report | undefined> {
  if (loaded.policy.rules.every((rule) => rule.require === undefined)) return undefined;
  const tree = openTree(context, scout);
  try {
    return await evaluateRequirements(context, loaded, tree, scout, pace);
  } finally {
    tree.close();
  }
}

/** A baseline of nothing would find no change for ever. */
function nothingSelected(loaded: LoadedPolicy, { lines: [reason] }: SystemNotes): UserError {
  const what = `the policy ${printableText(loaded.policy.name)} selects nothing here`;
  return new UserError('policy', reason === undefined ? what : `${what}: ${reason}`, {
    hint: 'integ policy check tells why; init --allow-empty writes a baseline of no object',
  });
}

async function lookAround(context: Context, loaded: LoadedPolicy, scout: MountScout) {
  const tree = openTree(context, scout);
  try {
    const startLinks = await startLinksNow(scout, loaded.policy, tree);
    return { startLinks, notes: await describePolicyOnSystem(loaded, tree, pathFromText(context.root), startLinks) };
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
    host: examinedHost(context).host,
    version: VERSION,
    sequence: (predecessor?.sequence ?? 0) + 1,
    createdAt: isoTime(started),
    previousSeal: predecessor?.seal ?? '',
    origin: {
      command: 'init',
      who: context.host.operator(),
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
