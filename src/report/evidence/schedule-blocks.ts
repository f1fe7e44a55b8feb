/** The checks of the period and the gaps between them, as blocks. */
import { grouped, plural, toTheSecond } from '../words.ts';
import { type Block, bounded, type Entry, paragraph, warning } from './blocks.ts';
import type { Evidence, EvidenceRun } from './document.ts';
import { duration, gapWords, scheduleVerdict, signatureStatus } from './wording.ts';

function runRow(run: EvidenceRun): readonly string[] {
  const { number, startedAt, status, exitCode, sequence, limits, unreadable, matchesFile } = run;
  const count = (value: number | undefined): string => (value === undefined ? '?' : grouped(value));
  const remarks = [
    ...(limits === '' ? [] : [`only ${limits}`]),
    ...(matchesFile === false ? ['the policy file was not the policy in the baseline'] : []),
    ...(unreadable === undefined ? [] : [unreadable]),
  ];
  return [
    String(number),
    toTheSecond(startedAt),
    `${status} (${exitCode})`,
    count(run.examined),
    count(run.findings),
    count(run.violations),
    count(run.errors),
    String(sequence),
    signatureStatus(run.signature),
    remarks.join('; '),
  ];
}

export function schedule({ schedule: judged, framework, runs }: Evidence): readonly Block[] {
  const { maxGapSeconds, maxGapFrom, completeRuns, longestGap, gaps } = judged;
  const demanded =
    maxGapSeconds === undefined
      ? 'nobody named an interval: give one with --max-gap'
      : `a complete check at least every ${duration(maxGapSeconds)}${maxGapFrom === 'option' ? ' (--max-gap)' : ''}`;
  const incomplete = runs.filter(({ errors = 0, status }) => errors > 0 || status === 'incomplete');
  return [
    {
      is: 'facts',
      facts: [
        ['verdict', scheduleVerdict(judged)],
        ['demanded', demanded],
        ['framework', framework.frequency],
        ['checks', `${grouped(runs.length)}, of which ${grouped(completeRuns)} examined everything`],
        ['longest gap', longestGap === undefined ? 'none is known' : gapWords(longestGap)],
      ],
    },
    ...(gaps.length === 0 ? [] : [warning(`Too long without a complete check: ${plural(gaps.length, 'gap')}`)]),
    ...bounded(gaps, 'gaps', (shown) => ({
      is: 'entries',
      entries: shown.map((gap) => ({ title: `GAP ${gapWords(gap)}`, lines: [] })),
    })),
    paragraph(
      'A check counts when it was restricted by nothing and could examine everything. Before the start of the records nothing is known.',
    ),
    ...bounded(runs, 'checks', (shown) => ({
      is: 'table',
      head: [
        'run',
        'started',
        'status',
        'examined',
        'findings',
        'violations',
        'unread',
        'baseline',
        'signature',
        'remarks',
      ],
      rows: shown.map(runRow),
    })),
    ...(incomplete.length === 0 ? [] : [paragraph('What was not examined:')]),
    ...bounded(incomplete, 'incomplete checks', (shown) => ({ is: 'entries', entries: shown.map(unexaminedEntry) })),
  ];
}

function unexaminedEntry({ number, startedAt, errors = 0, unexamined = [], unreadable }: EvidenceRun): Entry {
  const left = errors - unexamined.length;
  return {
    title: `run ${number} of ${toTheSecond(startedAt)}: ${unreadable ?? plural(errors, 'error')}`,
    lines: [
      ...unexamined.map(({ path, code, message }) => `${path}: ${code} ${message}`),
      ...(left > 0 ? [`… and ${grouped(left)} more: integ report show has them`] : []),
    ],
  };
}
