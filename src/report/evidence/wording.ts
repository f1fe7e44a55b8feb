/** The words of the evidence: its first line, what became of a finding, who did what. */
import { plain } from '../plain.ts';
import { plural, toTheSecond } from '../words.ts';
import type { Doubt, Evidence, FindingOutcome, GenerationNote, ViolationOutcome } from './document.ts';
import type { Gap, Schedule } from './schedule.ts';

/** In the order in which they concern an auditor. */
export const FINDING_OUTCOMES: readonly FindingOutcome['is'][] = [
  ...(['open', 'no longer reported', 'superseded', 'reported otherwise', 'undone', 'accepted'] as const),
];
export const VIOLATION_OUTCOMES: readonly ViolationOutcome['is'][] = ['open', 'no longer reported', 'mended'];

function day(time: string): string {
  return time.slice(0, 10);
}

/** Of a time without a check: hours where days would be rough. */
export function duration(seconds: number): string {
  if (seconds < 120) return plural(seconds, 'second');
  if (seconds < 2 * 3600) return plural(Math.floor(seconds / 60), 'minute');
  if (seconds < 72 * 3600) return plural(Math.floor(seconds / 3600), 'hour');
  return plural(Math.floor(seconds / 86_400), 'day');
}

/** The first line: what there is to be worried about, if anything. */
export function evidenceHeadline(evidence: Evidence): string {
  const { host, framework, period, problems, runs, summary } = evidence;
  const subject = `${host}, ${framework.title}, ${day(period.since)} to ${day(period.until)}`;
  const [problem] = problems;
  if (problem !== undefined) return plain(`NOT TO BE TRUSTED: ${problem}: ${subject}`);
  if (runs.length === 0) return plain(`NO CHECKS in the period: ${subject}`);
  const open = summary.findings.open;
  const violated = summary.violations.open;
  return plain(
    [
      `EVIDENCE: ${subject}: ${plural(runs.length, 'check')}`,
      scheduleVerdict(evidence.schedule) + recordedOnly(evidence),
      `${plural(open, 'finding')} open`,
      ...(violated === 0 ? [] : [`${plural(violated, 'violation')} open`]),
    ].join('; '),
  );
}

/** A period of which only the end is recorded is not to look like one that is covered whole. */
function recordedOnly({ period: { since, recordedSince } }: Evidence): string {
  const isShorter = recordedSince !== undefined && Date.parse(recordedSince) > Date.parse(since);
  return isShorter ? ` (recorded since ${day(recordedSince)} only)` : '';
}

export function scheduleVerdict({ kept, gaps, completeRuns }: Schedule): string {
  if (kept === undefined) return 'schedule not judged';
  if (kept) return 'schedule kept';
  if (gaps.length === 0 && completeRuns === 0) return 'SCHEDULE NOT KEPT, no complete check';
  return `SCHEDULE NOT KEPT, ${plural(gaps.length, 'gap')}`;
}

export function gapWords({ from, to, seconds, after, before }: Gap): string {
  const ends = [
    after === undefined ? 'from the start of the records' : `after run ${after}`,
    before === undefined ? 'to the end of the period' : `before run ${before}`,
  ];
  return `${duration(seconds)}: ${toTheSecond(from)} to ${toTheSecond(to)}, ${ends.join(', ')}`;
}

/** `generation 3 (accept by ann, 2026-11-22: new relay; ticket CHG-1)`. */
export function generationWords({ sequence, command, who, createdAt, why, ticket }: GenerationNote): string {
  if (command === '') return `generation ${sequence} (of which nothing is remembered)`;
  const reason = ticket === undefined ? why : `${why}; ticket ${ticket}`;
  return `generation ${sequence} (${command} by ${who}, ${toTheSecond(createdAt)}: ${reason})`;
}

const DOUBTS: Readonly<Record<Doubt, string>> = {
  restricted: 'a later check did not report it, but was restricted',
  'not examined': 'a later check did not report it, but could not examine it',
  consequence: 'a later check reported it only as following from something in it',
  'older baseline': 'a later check did not report it, but compared with an older baseline',
};

function openWords({ ageDays, doubt }: { readonly ageDays: number; readonly doubt?: Doubt }): string {
  return `STILL OPEN, for ${plural(ageDays, 'day')}${doubt === undefined ? '' : `; ${DOUBTS[doubt]}`}`;
}

function sinceWords(generations: readonly GenerationNote[]): string {
  const list = generations.map(generationWords).join(', or ');
  return `no longer a finding since ${list === '' ? 'another baseline' : list}`;
}

export function findingOutcomeWords(outcome: FindingOutcome): string {
  switch (outcome.is) {
    case 'open':
      return openWords(outcome);
    case 'accepted':
      return `accepted: ${generationWords(outcome.generation)} records exactly the reported state`;
    case 'superseded': {
      const records = { true: 'which records the reported state', false: 'which records another state', unknown: '' };
      const what = records[String(outcome.records) as keyof typeof records];
      return `superseded: the baseline was made anew as ${generationWords(outcome.generation)}${what === '' ? '' : `, ${what}`}`;
    }
    case 'undone':
      return `undone: no longer differs from what was recorded, by run ${outcome.run} of ${toTheSecond(outcome.at)}`;
    case 'reported otherwise':
      return `reported as ${outcome.as} since run ${outcome.run} of ${toTheSecond(outcome.at)}`;
    case 'no longer reported':
      return `${sinceWords(outcome.generations)}; whether its reported state was accepted is not proved`;
    default:
      return outcome satisfies never;
  }
}

export function violationOutcomeWords(outcome: ViolationOutcome): string {
  switch (outcome.is) {
    case 'open':
      return openWords(outcome);
    case 'mended':
      return `mended by run ${outcome.run} of ${toTheSecond(outcome.at)}`;
    case 'no longer reported':
      return `${sinceWords(outcome.generations)}: another policy was in force then`;
    default:
      return outcome satisfies never;
  }
}

export function signatureStatus(
  signature: { readonly status: string; readonly signer?: string; readonly reason?: string } | undefined,
): string {
  if (signature === undefined) return 'not known';
  if (signature.status === 'none') return 'not signed';
  const detail = signature.signer === undefined ? signature.reason : `by ${signature.signer}`;
  return detail === undefined ? `signature ${signature.status}` : `signature ${signature.status}, ${detail}`;
}
