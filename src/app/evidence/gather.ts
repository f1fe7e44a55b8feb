/** Gathers what baseline and history say of a period, for auditors. Changes neither. */
import { breakWords } from '../../baseline/history/chain.ts';
import type { History } from '../../baseline/history/history.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import { printableText } from '../../model/bytes.ts';
import type { Policy } from '../../model/rule.ts';
import { COMPENSATING_CONTROL } from '../../report/evidence/compensating.ts';
import { EVIDENCE_SCHEMA, type Evidence } from '../../report/evidence/document.ts';
import type { FrameworkName } from '../../report/evidence/framework.ts';
import { FRAMEWORKS } from '../../report/evidence/frameworks.ts';
import { judgeSchedule } from '../../report/evidence/schedule.ts';
import { FINDING_OUTCOMES, VIOLATION_OUTCOMES } from '../../report/evidence/wording.ts';
import { toTheSecond } from '../../report/words.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime, NANOSECONDS_PER_SECOND } from '../../system/host.ts';
import type { Context } from '../context.ts';
import { openBaselineSource } from '../generation/baseline-source.ts';
import { trustBaseline } from '../generation/signers.ts';
import { type HistoryPlace, openHistory } from '../history/run-history.ts';
import { verifySuccession } from '../history/succession.ts';
import { describeTool, environmentNotes } from '../tool.ts';
import { Generations, plainVerdict } from './generations.ts';
import { followRuns } from './runs.ts';
import { describeDelivery, describeRules, patternText } from './scope.ts';

export interface EvidenceRequest {
  readonly framework: FrameworkName;
  /** Seconds. */
  readonly since: number;
  /** Seconds; undefined: as the framework demands. */
  readonly maxGap?: number | undefined;
  /** A file of allowed signers. */
  readonly signers?: string | undefined;
}

/** Throws a UserError when the baseline in force is not to be trusted: then there is nothing to begin with. */
export async function gatherEvidence(context: Context, request: EvidenceRequest): Promise<Evidence> {
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
    const { history, place } = openHistory(context);
    try {
      return gather({ context, request, baseline, history, place });
    } finally {
      history.close();
    }
  } finally {
    baseline.close();
  }
}

interface Sources {
  readonly context: Context;
  readonly request: EvidenceRequest;
  readonly baseline: BaselineReader;
  readonly history: History;
  readonly place: HistoryPlace;
}

function gather(sources: Sources): Evidence {
  const { context, request, baseline, history, place } = sources;
  const { verdict: signature, loaded } = trustBaseline(context, baseline, request.signers);
  const { policy } = loaded;
  const { failures } = verifySuccession(context, baseline);
  // What is wrong with the history itself is told with its chain.
  const unlinked = failures.filter(({ code }) => code === 'UNLINKED').map(({ message }) => printableText(message));
  const seen = history.generations(place.lineage(baseline.header));
  const generations = new Generations(baseline, seen);
  try {
    return describe(sources, policy, generations, plainVerdict(signature), unlinked);
  } finally {
    generations.close();
  }
}

function describe(
  { context, request, baseline, history, place }: Sources,
  policy: Policy,
  generations: Generations,
  signature: Evidence['baseline']['signature'],
  unlinked: readonly string[],
): Evidence {
  const framework = FRAMEWORKS[request.framework];
  const now = context.host.now();
  const until = isoTime(now);
  const since = isoTime(now - BigInt(request.since) * NANOSECONDS_PER_SECOND);
  const { header } = baseline;
  const lineage = place.lineage(header);
  const stored = history.runs();
  const own = stored.filter((run) => run.lineage === lineage);
  const breaks = history.verify();
  const followed = followRuns(history, own, generations, { since, until, sequence: header.sequence });
  const listed = generations.list();
  // Where the chain is broken, something else may have removed them.
  const pruned = breaks.length === 0 && (stored[0]?.number ?? 1) > 1;
  const recordedSince = firstOf([
    ...own.slice(0, 1).map(({ startedAt }) => startedAt),
    // After older reports were removed, generations say nothing about checks.
    ...(pruned ? [] : listed.map(({ createdAt }) => createdAt)),
  ]);
  const maxGap = maxGapOf(request, framework.maxGapSeconds);
  return {
    schema: EVIDENCE_SCHEMA,
    host: printableText(header.host),
    createdAt: until,
    createdBy: printableText(context.host.operator()),
    tool: describeTool(),
    framework,
    period: { since, until, ...(recordedSince === undefined ? {} : { recordedSince }) },
    problems: [
      ...breaks.map((found) => printableText(breakWords(found))),
      ...generations.problems,
      ...unlinked,
      // What was edited has been told as a break.
      ...(breaks.length > 0 ? [] : followed.problems),
    ],
    chain: {
      intact: breaks.length === 0,
      breaks: breaks.map(({ number, what }) => ({ number, what: printableText(what) })),
      runs: stored.length,
      ...ends(stored),
      pruned,
      ...(policy.retainDays === undefined ? {} : { retainDays: policy.retainDays }),
    },
    baseline: {
      file: printableText(baseline.file),
      sequence: header.sequence,
      createdAt: header.createdAt,
      seal: baseline.seal,
      signature,
      objects: baseline.entryCount,
      failures: header.failures.length,
      signers: policy.signers.map(printableText),
    },
    policy: {
      name: printableText(header.policyName),
      sha256: header.policySha256,
      sources: header.policy.map(({ name }) => printableText(name)),
      ignore: policy.ignore.map(patternText),
      digests: policy.digests,
      changes: listed
        .filter(({ command, createdAt }) => command !== 'accept' && Date.parse(createdAt) >= Date.parse(since))
        .map(({ seal, source, signature: verdict, policySha256, ...note }) => note),
    },
    schedule: judgeSchedule(followed.scheduled, { since, until, recordedSince, maxGap }),
    delivery: describeDelivery(context, policy, new Set(own.map(({ id }) => id))),
    summary: {
      runs: followed.runs.length,
      findings: tally(FINDING_OUTCOMES, followed.findings),
      violations: tally(VIOLATION_OUTCOMES, followed.violations),
    },
    compensatingControl: COMPENSATING_CONTROL,
    notes: notesOf(since, recordedSince, generations),
    rules: describeRules(baseline, withStartLinks(policy, header.startLinks)),
    generations: listed,
    runs: followed.runs,
    violations: followed.violations,
    findings: followed.findings,
  };
}

function maxGapOf(
  { maxGap }: EvidenceRequest,
  demanded: number | undefined,
): { readonly seconds: number; readonly from: 'framework' | 'option' } | undefined {
  if (maxGap !== undefined) return { seconds: maxGap, from: 'option' };
  return demanded === undefined ? undefined : { seconds: demanded, from: 'framework' };
}

function firstOf(times: readonly string[]): string | undefined {
  // A time that somebody edited may be none.
  const known = times.filter((time) => !Number.isNaN(Date.parse(time)));
  return known.sort((left, right) => Date.parse(left) - Date.parse(right))[0];
}

function ends(runs: readonly { readonly number: number }[]): { readonly firstRun?: number; readonly lastRun?: number } {
  const [first] = runs;
  const last = runs.at(-1);
  return first === undefined || last === undefined ? {} : { firstRun: first.number, lastRun: last.number };
}

function tally<Name extends string>(
  names: readonly Name[],
  list: readonly { readonly fate: { readonly is: Name } }[],
): Readonly<Record<Name | 'total', number>> {
  const counts = new Map<string, number>([...names, 'total'].map((name) => [name, 0]));
  for (const { fate } of list) counts.set(fate.is, (counts.get(fate.is) ?? 0) + 1);
  counts.set('total', list.length);
  // Every name was put in above.
  return Object.fromEntries(counts) as Record<Name | 'total', number>;
}

function notesOf(since: string, recordedSince: string | undefined, generations: Generations): string[] {
  const isLonger = recordedSince !== undefined && Date.parse(recordedSince) > Date.parse(since);
  return [
    ...(isLonger ? [`Of the time before ${toTheSecond(recordedSince)} nothing is recorded, and nothing is said.`] : []),
    ...(generations.hasCandidate
      ? ['A generation waits for its signature and is not in force: integ baseline sign.']
      : []),
    ...environmentNotes(),
  ];
}
