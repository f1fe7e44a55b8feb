/** The head of a report: its first line, what stands before everything else, and what was compared with what. */
import { textStart } from '../model/excerpt.ts';
import type { Report } from '../model/report.ts';
import type { Line } from './change-lines.ts';
import { hasBaseline, headline } from './headline.ts';
import { plain } from './plain.ts';
import { scoreWords } from './verdicts.ts';
import { byteCount, elapsed, plural, toTheSecond } from './words.ts';

const SEAL_DIGITS = 16;

const STATUS_TONE = { clean: 'good', changed: 'title', incomplete: 'bad' } as const;

export function firstLine(report: Report): Line {
  return { text: headline(report), tone: STATUS_TONE[report.status] };
}

const POLICY_WARNING = [
  'WARNING: the policy file is not the policy in the baseline. This check used the one in the',
  'baseline; find out who changed the file, then put it into force with: integ policy update',
];

/**
 * What must be the first thing after the status: that the policy file was changed behind the baseline, and that this is
 * all there will ever be of the report.
 */
export function warnings({ policy, unstored }: Report): readonly Line[] {
  const lost = unstored === undefined ? [] : [`WARNING: ${unstored}`, 'It can neither be shown again nor be accepted.'];
  return [...(policy.matchesFile ? [] : POLICY_WARNING), ...lost].map((text) => ({ text: plain(text), tone: 'bad' }));
}

/** The seal as far as people compare it. */
export function shortSeal({ baseline: { seal } }: Report): string {
  return plain(textStart(seal, SEAL_DIGITS));
}

export function signatureWords({ baseline: { signature } }: Report): string {
  if (signature.status === 'none') return 'not signed';
  return plain(`signature ${signature.status}${signature.signer === undefined ? '' : ` by ${signature.signer}`}`);
}

/** When the run was, what it compared with what, and what made it. */
export function contextLines(report: Report, verbose: boolean): readonly Line[] {
  const { baseline, policy, summary, tool } = report;
  const duration = elapsed(report.startedAt, report.finishedAt);
  const age = elapsed(baseline.createdAt, report.finishedAt);
  const createdAt = toTheSecond(baseline.createdAt);
  const made = age === undefined ? createdAt : `${createdAt} (${age} ago)`;
  const took = duration === undefined ? '' : `, took ${duration}`;
  const lines = [
    `checked   ${toTheSecond(report.startedAt)}${took}`,
    `examined  ${plural(summary.examined, 'object')}, ${byteCount(summary.bytes)} read`,
  ];
  if (report.requirements !== undefined) lines.push(`required  ${scoreWords(report.requirements)}`);
  // Without a baseline nothing was compared, and a note says so.
  if (hasBaseline(report)) {
    lines.push(`baseline  ${baseline.file}, sequence ${baseline.sequence}, made ${made}`);
    lines.push(`seal      ${shortSeal(report)}, ${signatureWords(report)}`);
  }
  lines.push(`policy    ${policy.name}`, `report    ${report.id}`);
  if (verbose) lines.push(`made by   integ ${tool.version}, code sha256 ${tool.sha256}, Node ${tool.node}`);
  return lines.map((text) => ({ text: plain(text) }));
}
