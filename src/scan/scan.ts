/** A scan: a policy and a tree become one stream of entries and failures. It knows nothing of baselines. */
import { availableParallelism } from 'node:os';
import { comparePaths, isWithin, type Path, pathFromText, printable, ROOT } from '../model/bytes.ts';
import type { MountPoint, ScanSink, ScanSummary, Unavailable } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import type { PathPattern, Policy, StartLink } from '../model/rule.ts';
import type { SkippedPath } from '../model/skipped.ts';
import { coversPath } from '../policy/glob.ts';
import { Selector } from '../policy/select.ts';
import { type Mount, mountOf, readMounts } from '../system/mounts.ts';
import type { Pace } from '../system/pace.ts';
import { Tree } from '../system/tree.ts';
import { findBlindLinks } from './blind-links.ts';
import { MountScout, STALL } from './mount-scout.ts';
import { planStarts, startPaths } from './plan.ts';
import type { MountSeen } from './protocol.ts';
import { shapeOf } from './shape.ts';
import { Walk, type WalkCounters } from './walk.ts';

export interface ScanRequest {
  /** Directory on this host that is examined as root; absolute. */
  readonly root: string;
  /** With the targets of its start links watched too (start-links.ts). */
  readonly policy: Policy;
  /** The start links that the policy was completed with. */
  readonly startLinks: readonly StartLink[];
  /** Number of worker threads; undefined: as many as there are processors. */
  readonly jobs: number | undefined;
  /** Examine only what these patterns cover. */
  readonly scope: readonly PathPattern[] | undefined;
  readonly portable: boolean;
  /** Undefined: as fast as it goes, to the end. */
  readonly pace?: Pace | undefined;
  /** What is to be examined first, as earlier scans did not come to it. */
  readonly skipped?: readonly SkippedPath[];
  /** Who has asked which mounts answer; undefined: nobody yet. */
  readonly scout?: MountScout | undefined;
  /** Seconds without progress after which a file system is not waited for any more; undefined: ten minutes. */
  readonly stall?: number | undefined;
  readonly progress: ((counters: WalkCounters) => void) | undefined;
  /** Registers what must be done before a signal may end the process; the result unregisters it. */
  readonly onSignal?: (stop: () => Promise<void>) => () => void;
}

/** More threads than this only wait for each other and for the disk. */
const MOST_WORKERS = 32;

/** Scans a tree into a sink. Calls of the sink happen on this thread. Rejects when the sink throws. */
export async function scan(request: ScanRequest, sink: ScanSink): Promise<ScanSummary> {
  const mounts = readMounts(pathFromText(request.root));
  const scout = request.scout ?? (await MountScout.send(request));
  const starts = startPaths(request.policy);
  const selector = new Selector(request.policy, request.scope);
  const isWalked = (path: Path): boolean => {
    const isSilent = scout.silent.some((mount) => isWithin(path, mount.path));
    return !isSilent && (path === ROOT || selector.concerns(path));
  };
  const walk = new Walk({
    sink,
    jobs: Math.min(request.jobs ?? availableParallelism(), MOST_WORKERS),
    settings: {
      root: request.root,
      portable: request.portable,
      policy: request.policy,
      scope: request.scope,
      pace: request.pace,
      mountPoints: scout.mounts.map(({ path }) => path),
      silent: scout.silent.map(({ path }) => path),
    },
    stall: request.stall ?? STALL,
    avoided: scout.avoided,
    shapeKeys: request.policy.rules.map((rule) => JSON.stringify(shapeOf(rule.watch))),
    progress: request.progress,
    skipped: request.skipped ?? [],
  });
  const unregister = request.onSignal?.(() => walk.stop());
  const blind = await scout.around(() => blindFailures(request, scout));
  for (const failure of blind) sink.failure(failure, false);
  const silent = scout.failures;
  for (const failure of silent) sink.failure(failure, true);
  const result = await walk.run(planStarts(starts.filter(isWalked), mounts)).finally(() => unregister?.());
  const seen: MountSeen[] = [
    ...starts.flatMap((path) => mountOf(mounts, path)?.path ?? ROOT).map((path) => ({ path, entered: true })),
    ...result.mountsSeen,
  ];
  return {
    examined: result.examined,
    bytes: result.bytes,
    failures: result.failures + blind.length + silent.length,
    mounts: mountPoints(seen, mounts),
    unavailable: result.unavailable
      .map(({ attribute, path }) => unavailable(attribute, mountOf(mounts, path), path))
      .sort((left, right) => comparePaths(left.example, right.example)),
  };
}

/** Paths behind which the walk will see nothing. */
function blindFailures({ root, portable, policy, startLinks, scope }: ScanRequest, { avoided }: MountScout): Failure[] {
  const tree = new Tree({ root, isWorker: false, portable, avoided });
  try {
    return findBlindLinks(policy, startLinks, tree)
      .filter(({ path }) => scope === undefined || coversPath(scope, path))
      .map(({ path, target, recorded }) => ({
        path,
        operation: 'open',
        code: 'ELOOP',
        message:
          recorded === undefined
            ? `leads through a symbolic link to ${printable(target)}, which no rule selects: name that path`
            : `leads to ${printable(target)} now and was recorded to lead to ${printable(recorded)}: nobody looked ` +
              'there',
      }));
  } finally {
    tree.close();
  }
}

/** What is mounted at the places a walk met, each once, in byte order. */
function mountPoints(seen: readonly MountSeen[], mounts: readonly Mount[]): MountPoint[] {
  const entered = new Map<string, MountSeen>();
  for (const place of seen) {
    if (entered.get(place.path)?.entered !== true) entered.set(place.path, place);
  }
  return [...entered.values()]
    .map(({ path, entered: isEntered }) => {
      const mount = mounts.find((candidate) => candidate.path === path);
      return {
        path,
        type: mount?.type ?? 'unknown',
        source: mount?.source ?? 'unknown',
        options: mount?.options ?? '',
        entered: isEntered,
      };
    })
    .sort((left, right) => comparePaths(left.path, right.path));
}

function unavailable(attribute: string, mount: Mount | undefined, example: Unavailable['example']): Unavailable {
  return { attribute, fileSystem: mount?.type ?? 'unknown', example };
}
