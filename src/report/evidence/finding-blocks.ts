/** Findings and violations with what became of each, and who made which generation, as blocks. */
import { compareSeverity, type Severity } from '../../model/severity.ts';
import { explanationWords } from '../explained.ts';
import { grouped, toTheSecond } from '../words.ts';
import { type Block, bounded, type Entry, paragraph } from './blocks.ts';
import type { EarlierReports, Evidence, EvidenceFinding, EvidenceViolation, Occurrences } from './document.ts';
import {
  FINDING_OUTCOMES,
  findingOutcomeWords,
  generationWords,
  signatureStatus,
  VIOLATION_OUTCOMES,
  violationOutcomeWords,
} from './wording.ts';

function occurrences({ firstReported, lastReported, firstReport, lastReport, runs }: Occurrences): string {
  const last = firstReport === lastReport ? '' : `, last ${toTheSecond(lastReported)} (${lastReport})`;
  return `first reported ${toTheSecond(firstReported)} (${firstReport})${last}; runs ${runs}`;
}

function earlierWords({ severity, flags, attributes, wasUnexplained }: EarlierReports): string {
  const words = [
    ...(severity === undefined ? [] : [`severity ${severity}`]),
    ...(flags.length === 0 ? [] : [`flags: ${flags.join(', ')}`]),
    ...(attributes.length === 0 ? [] : [`differed in: ${attributes.join(', ')}`]),
    ...(wasUnexplained === true ? ['explained by nothing'] : []),
  ];
  return `before its last report also: ${words.join('; ')}`;
}

/** The highest that any of its reports gave it. */
function worstOf({ severity, earlier }: EvidenceFinding): Severity {
  return earlier?.severity ?? severity;
}

function findingEntry(finding: EvidenceFinding): Entry {
  const { kind, path, from, rule, severity, attributes, flags, explained, earlier, fate } = finding;
  const what = attributes.length === 0 ? [] : [`differs in: ${attributes.join(', ')}`];
  return {
    title: `${kind} ${from === undefined ? '' : `${from} to `}${path}`,
    lines: [
      findingOutcomeWords(fate),
      occurrences(finding),
      `${severity}, rule ${rule}${flags.length === 0 ? '' : `; flags: ${flags.join(', ')}`}`,
      ...(kind === 'changed' || kind === 'moved' ? what : []),
      ...(explained === undefined ? [] : [`explained by ${explanationWords(explained)}`]),
      ...(earlier === undefined ? [] : [earlierWords(earlier)]),
    ],
  };
}

function tally<Name extends string>(names: readonly Name[], counts: Readonly<Record<Name | 'total', number>>): Block {
  return {
    is: 'facts',
    facts: [...names.map((name) => [name, grouped(counts[name])] as const), ['total', grouped(counts.total)]],
  };
}

export function findings({ findings: all, summary }: Evidence): readonly Block[] {
  const sorted = [...all].sort(
    (left, right) =>
      FINDING_OUTCOMES.indexOf(left.fate.is) - FINDING_OUTCOMES.indexOf(right.fate.is) ||
      compareSeverity(worstOf(right), worstOf(left)),
  );
  return [
    tally(FINDING_OUTCOMES, summary.findings),
    paragraph(
      'Accepted means that the named generation records, byte for byte, the state that was reported. Without the file of a generation that is not claimed.',
    ),
    ...bounded(sorted, 'findings', (shown) => ({ is: 'entries', entries: shown.map(findingEntry) })),
  ];
}

function violationEntry(violation: EvidenceViolation): Entry {
  const { path, rule, severity, expected, actual, fate } = violation;
  const pairs = Object.entries(expected).map(
    ([key, value]) => `${key} must be ${String(value)} and was ${String(actual[key] ?? 'unknown')}`,
  );
  return {
    title: path,
    lines: [violationOutcomeWords(fate), occurrences(violation), ...pairs, `${severity}, rule ${rule}`],
  };
}

export function violations({ violations: all, summary }: Evidence): readonly Block[] {
  return [
    tally(VIOLATION_OUTCOMES, summary.violations),
    ...bounded(all, 'violations', (shown) => ({ is: 'entries', entries: shown.map(violationEntry) })),
  ];
}

export function signatures({ baseline, generations }: Evidence): readonly Block[] {
  const entries = generations.map((generation): Entry => {
    const { seal, source, signature } = generation;
    return {
      title: generationWords(generation),
      lines: [
        `seal ${seal}`,
        source === 'sealed'
          ? `the file is there: ${signatureStatus(signature)}`
          : 'the file is gone: only the history remembers it, and who and why are not sealed there',
      ],
    };
  });
  const demanded =
    baseline.signers.length === 0 ? 'nobody has to sign' : `must be signed by one of: ${baseline.signers.join('; ')}`;
  return [
    {
      is: 'facts',
      facts: [
        ['in force', signatureStatus(baseline.signature)],
        ['policy', demanded],
        ['seal', baseline.seal],
      ],
    },
    paragraph(
      'Signatures are verified now, with the signers that the policy of each generation names. Those of the checks are in the table under Schedule, as they were verified then.',
    ),
    ...bounded(entries, 'generations', (shown) => ({ is: 'entries', entries: shown })),
  ];
}
