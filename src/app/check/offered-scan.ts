/**
 * Examines the system and writes what it found, an object a line, for a check that runs on another host. It needs
 * neither baseline nor state, takes no lock, and writes nothing but its output.
 */
import { loadDigests } from '../../digest/algorithms.ts';
import { pathFromText, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { INCOMPLETE_EXIT } from '../../model/exit.ts';
import type { PathPattern, Policy, StartLink } from '../../model/rule.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { patternFromArgument } from '../../policy/glob.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { MountScout } from '../../scan/mount-scout.ts';
import { Probe } from '../../scan/probe.ts';
import { scan } from '../../scan/scan.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import type { WalkCounters } from '../../scan/walk.ts';
import { countedPace, type Pace } from '../../system/pace.ts';
import type { Tree } from '../../system/tree.ts';
import {
  failureLine,
  headerLine,
  type PrefixRequest,
  prefixLine,
  refusalLine,
  violationLine,
} from '../../wire/format.ts';
import { Malformed } from '../../wire/json.ts';
import { ReaderGone, ScanPrinter } from '../../wire/printer.ts';
import { Pulse } from '../../wire/pulse.ts';
import { decodeRequest, requestVersion } from '../../wire/request.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { openTree, startLinksNow } from '../open-tree.ts';
import { loadContextPolicy } from '../policy/load-policy.ts';
import { VERSION } from '../version.ts';
import { judgeRequirements } from './examination.ts';
import { slowest, type ThrottleOptions, throttle } from './throttle.ts';

/** What is to be scanned, whoever said so. */
interface ScanJob {
  readonly loaded: LoadedPolicy;
  /** With the targets of start links watched too. */
  readonly policy: Policy;
  readonly startLinks: readonly StartLink[];
  readonly root: string;
  readonly scope: readonly PathPattern[] | undefined;
  readonly jobs: number | undefined;
  readonly portable: boolean;
  readonly throttle: ThrottleOptions;
  /** What is to be examined first. */
  readonly skipped: readonly SkippedPath[];
  readonly prefixes: readonly PrefixRequest[];
  readonly judgesRequirements: boolean;
  /** Another integ reads what is printed: it takes nothing beyond the bounds, and waits for a sign of life. */
  readonly isRequested: boolean;
}

export interface ScanOutput {
  /** False when nobody reads any more. */
  readonly write: (text: string) => boolean;
  /** With values as a person reads them. */
  readonly isReadable: boolean;
}

/** Scans as the policy of this host says, or as `request` of another integ does. The exit code. */
export async function offerScan(
  context: Context,
  options: ThrottleOptions,
  request: Buffer | undefined,
  { write, isReadable }: ScanOutput,
): Promise<number> {
  const job =
    request === undefined ? await jobOfPolicy(context, options) : jobOfRequest(context, options, request, write);
  const printer = new ScanPrinter(write, {
    readable: isReadable,
    isBounded: job.isRequested,
    prefixes: job.prefixes,
  });
  try {
    return await print(context, job, printer, throttle(context, job.throttle));
  } catch (error) {
    // What was printed lacks its last line, by which every reader knows that it is not whole.
    if (error instanceof ReaderGone) return INCOMPLETE_EXIT;
    throw error;
  }
}

async function print(context: Context, job: ScanJob, printer: ScanPrinter, asked: Pace | undefined): Promise<number> {
  const { loaded, policy, startLinks, root, scope, jobs, portable, skipped } = job;
  await loadDigests();
  const pace = countedPace(asked);
  const pulse = job.isRequested ? new Pulse(pace, () => printer.pulse()) : undefined;
  const beat = (): void => pulse?.beat();
  const stall = job.throttle.stall;
  const scout = await MountScout.send({ root, policy, scope, pace, stall });
  const tree = openTree({ root, portable }, scout);
  try {
    printer.line(
      headerLine({
        host: examinedHost(context).host,
        version: VERSION,
        root: pathFromText(root),
        policyName: loaded.policy.name,
        policySha256: loaded.sha256,
        rules: policy.rules.map(({ name }) => name),
      }),
    );
    const shown = context.progress(undefined);
    const progress = (counters: WalkCounters): void => {
      beat();
      shown?.(counters);
    };
    const { onSignal } = context;
    const request = {
      root,
      policy,
      startLinks,
      jobs,
      scope,
      portable,
      pace,
      skipped,
      scout,
      stall,
      progress,
      onSignal,
    };
    const summary = await scan(request, printer);
    const probe = new Probe(tree, pace, beat);
    for (const { path, length, algorithms } of printer.grownLogs()) {
      const outcome = probe.digestPrefix(path, length, algorithms);
      printer.line(prefixLine({ path, length, algorithms, outcome }));
    }
    const failures = job.judgesRequirements
      ? await printRequirements(context, job, { tree, scout }, printer, pace, beat)
      : 0;
    printer.summary(summary);
    printer.flush();
    return summary.failures + failures + printer.untold === 0 ? 0 : INCOMPLETE_EXIT;
  } finally {
    pulse?.stop();
    tree.close();
  }
}

/** Returns how many objects could not be examined for the requirements. */
async function printRequirements(
  { host }: Context,
  { policy, scope, root }: ScanJob,
  { tree, scout }: { readonly tree: Tree; readonly scout: MountScout },
  printer: ScanPrinter,
  pace: Pace,
  beat: () => void,
): Promise<number> {
  let count = 0;
  for (const rule of policy.rules) {
    if (rule.require === undefined) continue;
    const only = { ...policy, rules: [rule] };
    // As the texts of files, lines stay on their host.
    const judging = { pace, onRead: beat, showsLines: false };
    const { violations, failures } = await scout.around(() =>
      judgeRequirements(only, scope, { root, host }, tree, judging),
    );
    for (const { path, expected, actual } of violations) {
      printer.line(violationLine({ path, rule: rule.index, expected, actual }));
    }
    for (const failure of failures) printer.line(failureLine(failure, false, 'requirements'));
    count += failures.length;
  }
  return count;
}

async function jobOfPolicy(context: Context, options: ThrottleOptions): Promise<ScanJob> {
  const loaded = loadContextPolicy(context);
  const scout = await MountScout.send({ root: context.root, policy: loaded.policy, stall: options.stall });
  const tree = openTree(context, scout);
  try {
    const startLinks = await startLinksNow(scout, loaded.policy, tree);
    return {
      loaded,
      policy: withStartLinks(loaded.policy, startLinks),
      startLinks,
      root: context.root,
      scope: undefined,
      jobs: context.jobs,
      portable: context.portable,
      throttle: options,
      skipped: [],
      prefixes: [],
      judgesRequirements: false,
      isRequested: false,
    };
  } finally {
    tree.close();
  }
}

function jobOfRequest(context: Context, options: ThrottleOptions, json: Buffer, write: ScanOutput['write']): ScanJob {
  try {
    const asking = requestVersion(json);
    if (asking !== VERSION) {
      write(refusalLine(context.host.hostName(), VERSION));
      throw new UserError('io', `integ ${printableText(asking)} asks for a scan, and this is integ ${VERSION}`, {
        hint: 'install the same version on both hosts',
      });
    }
    const request = decodeRequest(json);
    const loaded = compilePolicy(request.policy);
    return {
      loaded,
      policy: withStartLinks(loaded.policy, request.startLinks),
      startLinks: request.startLinks,
      root: request.root,
      scope: request.scope?.map((pattern) => patternFromArgument(pattern, '--paths')),
      jobs: request.jobs ?? context.jobs,
      portable: request.portable || context.portable,
      // Whoever lets others scan this host may be gentler with it than they are.
      throttle: { ...slowest(options, request), deadline: request.deadline, stall: request.stall },
      skipped: request.skipped,
      prefixes: request.prefixes,
      judgesRequirements: request.requirements,
      isRequested: true,
    };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new UserError('usage', `the request on standard input cannot be read: ${error.message}`, {
      hint: 'integ check --host sends one; alone use: integ scan --policy FILE',
      cause: error,
    });
  }
}
