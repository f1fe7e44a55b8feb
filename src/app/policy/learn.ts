/** Proposes rules for what kept changing in the checks of a period, and puts nothing into force. */
import type { BaselineReader } from '../../baseline/reader.ts';
import { verifyPrefix } from '../../check/prefix.ts';
import { loadDigests } from '../../digest/algorithms.ts';
import { type Path, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { RecordBytes } from '../../model/record.ts';
import type { Policy } from '../../model/rule.ts';
import { type Learned, learn } from '../../policy/learn/learn.ts';
import { type LearnedFrom, learnedPolicy, learnedText } from '../../policy/learn/policy-text.ts';
import type { TrialCheck } from '../../policy/learn/trial.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { headline } from '../../report/headline.ts';
import { formatDuration } from '../../report/quantities.ts';
import { Probe } from '../../scan/probe.ts';
import { isoTime, milliseconds, NANOSECONDS_PER_SECOND } from '../../system/host.ts';
import { withStoredCheck } from '../check/check.ts';
import type { ThrottleOptions } from '../check/throttle.ts';
import type { Context } from '../context.ts';
import { openBaselineSource } from '../generation/baseline-source.ts';
import { isKnownHere } from '../generation/known-baseline.ts';
import { openHistory } from '../history/run-history.ts';
import { openTree } from '../open-tree.ts';
import { loadContextPolicy, policyNameFor } from './load-policy.ts';
import { trialCheck } from './trial-checks.ts';

/** Two checks are one difference, and that is no habit. */
const FEWEST_CHECKS = 3;
/** Node.js counts to 2^31 milliseconds. */
const LONGEST_TIMER = 2 ** 30;
/** How far rules may be indented in a policy file, the usual first. */
const INDENTS = [2, 0, 4, 1, 3, 6, 8];

interface Period {
  readonly checks: readonly TrialCheck[];
  readonly host: string;
  readonly notes: readonly string[];
}

export interface LearnRequest extends Pick<ThrottleOptions, 'nice' | 'maxRate'> {
  /** Seconds. */
  readonly for: number;
  /** Seconds between checks that are made now; undefined: those are used that are stored. */
  readonly every?: number | undefined;
}

export interface LearnedHere {
  readonly learned: Learned;
  readonly from: LearnedFrom;
  /** The proposals as the policy file takes them. */
  readonly text: string;
  /** What to do with them. */
  readonly advice: string;
}

/** Throws a UserError where there are too few checks to learn from. */
export async function learnHabits(context: Context, request: LearnRequest): Promise<LearnedHere> {
  requireRoom(request);
  const length = BigInt(request.for) * NANOSECONDS_PER_SECOND;
  const begun = context.host.now();
  if (request.every !== undefined) await makeChecks(context, request, begun + length, request.every);
  const since = isoTime(request.every === undefined ? begun - length : begun);
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
    const period = checksSince(context, baseline, since);
    requireEnough(period, request);
    const { policy } = compilePolicy(baseline.header.policy);
    const learned = await learnHere(context, baseline, policy, period.checks, since);
    const from = describe(period, policy);
    return { learned, from, ...appendable(context, baseline, learned, from) };
  } finally {
    baseline.close();
  }
}

function requireRoom({ for: length, every }: LearnRequest): void {
  if (every === undefined || every * (FEWEST_CHECKS - 1) <= length) return;
  const message = `in ${formatDuration(length)} there is room for no ${FEWEST_CHECKS} checks at a distance of ${formatDuration(every)}`;
  throw new UserError('usage', message, { hint: 'give a longer --for or a shorter --every' });
}

/** Checks at equal distances until the time is over, each stored. Nobody is told: that is for the nightly one. */
async function makeChecks(context: Context, request: LearnRequest, end: bigint, every: number): Promise<void> {
  context.log.note(
    `a check every ${formatDuration(every)} for ${formatDuration(request.for)}; when this is interrupted, those that ` +
      'were made stay stored: integ policy learn without --every uses them',
  );
  const step = BigInt(every) * NANOSECONDS_PER_SECOND;
  let next = context.host.now();
  // Where a check takes longer than the distance, fewer are made, but enough of them.
  for (let made = 0; made < FEWEST_CHECKS || next <= end; made += 1) {
    await waitUntil(context, next);
    const { nice, maxRate } = request;
    await withStoredCheck(context, { nice, maxRate }, async ({ report }) => {
      context.log.note(headline(report));
    });
    const now = context.host.now();
    do next += step;
    while (next <= now);
  }
}

async function waitUntil({ host }: Context, time: bigint): Promise<void> {
  for (;;) {
    const left = milliseconds(time - host.now());
    if (left <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_TIMER)));
  }
}

/** The stored checks of this baseline since a time, as far as they examined everything. */
function checksSince(context: Context, { header }: BaselineReader, since: string): Period {
  const { history, place } = openHistory(context);
  try {
    const lineage = place.lineage(header);
    const runs = history.runs().filter((run) => run.lineage === lineage && run.startedAt >= since);
    const whole = runs.filter(({ limits }) => limits === '');
    const checks = whole.map((run) => trialCheck(history, run)).filter((check) => check !== undefined);
    const incomplete = checks.filter(({ unexamined }) => unexamined.length > 0).length;
    const counted = (count: number, what: string): string[] =>
      count === 0 ? [] : [`${count} ${count === 1 ? 'check' : 'checks'} ${what}`];
    return {
      checks,
      host: runs.at(-1)?.host ?? header.host,
      notes: [
        ...counted(runs.length - whole.length, 'with --paths or --severity not used.'),
        ...counted(whole.length - checks.length, 'that failed not used.'),
        ...counted(incomplete, 'incomplete: of what they could not examine, nothing was learned from them.'),
      ],
    };
  } finally {
    history.close();
  }
}

function requireEnough({ checks }: Period, request: LearnRequest): void {
  if (checks.length >= FEWEST_CHECKS) return;
  const found = checks.length === 1 ? '1 check is stored' : `${checks.length} checks are stored`;
  throw new UserError(
    'missing',
    `${found} of the last ${formatDuration(request.for)}, and ${FEWEST_CHECKS} are the fewest to learn from`,
    {
      hint: 'let integ check run from cron meanwhile or look back further with --for; --every 1h makes the checks now',
    },
  );
}

async function learnHere(
  context: Context,
  baseline: BaselineReader,
  policy: Policy,
  checks: readonly TrialCheck[],
  since: string,
): Promise<Learned> {
  await loadDigests();
  const tree = openTree(context);
  try {
    const probe = new Probe(tree);
    return learn({
      checks,
      since,
      digests: policy.digests,
      recorded: recordedPaths(baseline),
      keepsStart: (path, recorded) => keepsStart(probe, policy, path, recorded),
    });
  } finally {
    tree.close();
  }
}

function keepsStart(probe: Probe, policy: Policy, path: Path, recorded: RecordBytes): boolean | undefined {
  const now = probe.examine(path, []);
  if (!(now instanceof Uint8Array)) return undefined;
  const verdict = verifyPrefix(recorded, now, path, policy.digests, probe);
  return verdict.state === 'failed' ? undefined : verdict.state === 'kept';
}

function* recordedPaths(baseline: BaselineReader): Generator<Path, void, undefined> {
  for (const { path } of baseline.entries()) yield path;
}

function describe({ checks, host, notes }: Period, policy: Policy): LearnedFrom {
  const recipients = new Map(policy.rules.map(({ name, notify }) => [name, notify]));
  return {
    host,
    first: checks[0]?.finishedAt ?? '',
    last: checks.at(-1)?.finishedAt ?? '',
    checks: checks.length,
    notes,
    notify: (rule) => recipients.get(rule) ?? [],
  };
}

/** The text in the form in which the policy file takes it: every proposal must be one that the policy accepts. */
function appendable(
  context: Context,
  baseline: BaselineReader,
  learned: Learned,
  from: LearnedFrom,
): Pick<LearnedHere, 'text' | 'advice'> {
  const name = policyNameFor(context, baseline.header.policy, isKnownHere(context, baseline, {}));
  const inForce = `then: integ policy update --reason 'WHY'`;
  if (learned.proposals.length === 0) {
    return { text: learnedText(learned, from, 0), advice: 'nothing is proposed' };
  }
  const loaded = loadContextPolicy(context, name);
  if (name.startsWith('builtin:')) {
    const text = learnedPolicy(name, learnedText(learned, from, 2));
    compilePolicy([{ name: 'the proposed policy', text }, ...loaded.sources]);
    return { text, advice: `save it as a policy file, read each rule, ${inForce}` };
  }
  for (const indent of INDENTS) {
    const text = learnedText(learned, from, indent);
    if (accepts(loaded, text)) {
      return { text, advice: `append it to ${printableText(name)}, read each rule, ${inForce}` };
    }
  }
  const text = learnedText(learned, from, 2);
  compilePolicy([{ name: 'the proposed rules', text: `version: 1\nrules:\n${text}` }]);
  const advice = `put what you want of it at the end of the rules of ${printableText(name)}, ${inForce}`;
  return { text, advice };
}

function accepts({ sources, policy }: LoadedPolicy, text: string): boolean {
  const [main, ...others] = sources;
  if (main === undefined) return false;
  try {
    const joined = { name: main.name, text: `${main.text}${text}` };
    return compilePolicy([joined, ...others]).policy.rules.length > policy.rules.length;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
