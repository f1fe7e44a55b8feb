/** `integ evidence`: gathers what baseline and history say of a period, for auditors. Changes neither. */
import { Generations, plainVerdict } from '../../app/evidence/generations.ts';
import { followRuns } from '../../app/evidence/runs.ts';
import { describeTool, environmentNotes } from '../../app/tool.ts';
import { breakWords } from '../../baseline/history/chain.ts';
import type { History } from '../../baseline/history/history.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import { printableText } from '../../model/bytes.ts';
import { SYSEXITS } from '../../model/errors.ts';
import type { Policy } from '../../model/rule.ts';
import { COMPENSATING_CONTROL } from '../../report/evidence/compensating.ts';
import { EVIDENCE_SCHEMA, type Evidence } from '../../report/evidence/document.ts';
import type { FrameworkName } from '../../report/evidence/framework.ts';
import { FRAMEWORKS } from '../../report/evidence/frameworks.ts';
import { judgeSchedule } from '../../report/evidence/schedule.ts';
import { FINDING_OUTCOMES, VIOLATION_OUTCOMES } from '../../report/evidence/wording.ts';
import { toTheSecond } from '../../report/words.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime, liveHost } from '../../system/host.ts';
import { openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { describeDelivery, describeRules, patternText } from '../evidence/scope.ts';
import { deliverText } from '../output.ts';
import { type HistoryPlace, openHistory } from '../run-history.ts';
import { trustBaseline } from '../signers.ts';
import { verifySuccession } from '../succession.ts';

interface EvidenceOptions {
  readonly framework: FrameworkName;
  /** Seconds. */
  readonly since: number;
  readonly maxGap?: number;
  readonly signers?: string;
  readonly format: 'text' | 'html' | 'json';
  readonly output?: string;
}

const NANOSECONDS = 1_000_000_000n;

/** Exit code 65 when the records are not to be trusted, 66 when no check was made in the period; the document says so. */
export async function runEvidence(
  context: Context,
  _operands: readonly string[],
  options: EvidenceOptions,
): Promise<number> {
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
    const { history, place } = openHistory(context);
    try {
      const evidence = gather({ context, options, baseline, history, place });
      await deliverText(context, await rendered(evidence, options.format), options.output);
      for (const problem of evidence.problems) context.terminal.warn(`not to be trusted: ${problem}`);
      if (evidence.problems.length > 0) return SYSEXITS.untrusted;
      if (evidence.runs.length > 0) return 0;
      context.terminal.warn(`no check was stored since ${evidence.period.since}`);
      return SYSEXITS.missing;
    } finally {
      history.close();
    }
  } finally {
    baseline.close();
  }
}

async function rendered(evidence: Evidence, format: EvidenceOptions['format']): Promise<Iterable<string>> {
  switch (format) {
    case 'text':
      return (await import('../../report/evidence/text.ts')).evidenceText(evidence);
    case 'html':
      return (await import('../../report/evidence/html.ts')).evidenceHtml(evidence);
    case 'json':
      return (await import('../../report/json.ts')).jsonDocument(evidence);
    default:
      return format satisfies never;
  }
}

interface Sources {
  readonly context: Context;
  readonly options: EvidenceOptions;
  readonly baseline: BaselineReader;
  readonly history: History;
  readonly place: HistoryPlace;
}

/** Throws a UserError when the baseline in force is not to be trusted: then there is nothing to begin with. */
function gather(sources: Sources): Evidence {
  const { context, options, baseline, history, place } = sources;
  const { verdict: signature, loaded } = trustBaseline(context, baseline, options.signers);
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
  { context, options, baseline, history, place }: Sources,
  policy: Policy,
  generations: Generations,
  signature: Evidence['baseline']['signature'],
  unlinked: readonly string[],
): Evidence {
  const framework = FRAMEWORKS[options.framework];
  const now = liveHost.now();
  const until = isoTime(now);
  const since = isoTime(now - BigInt(options.since) * NANOSECONDS);
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
  const maxGap = maxGapOf(options, framework.maxGapSeconds);
  return {
    schema: EVIDENCE_SCHEMA,
    host: printableText(header.host),
    createdAt: until,
    createdBy: printableText(liveHost.operator()),
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
  { maxGap }: EvidenceOptions,
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
