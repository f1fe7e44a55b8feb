/** What a report says of its run, as pairs of a term and words: for formats that have room for all of it. */
import type { Report } from '../model/report.ts';
import { signatureWords } from './head.ts';
import { hasBaseline } from './headline.ts';
import { scoreWords } from './verdicts.ts';
import { byteCount, elapsed, plural, toTheSecond } from './words.ts';

/** When the run was and how long it took. */
export function timeWords({ startedAt, finishedAt }: Report): string {
  const duration = elapsed(startedAt, finishedAt);
  return `${toTheSecond(startedAt)}${duration === undefined ? '' : `, took ${duration}`}`;
}

/** When the baseline was made, and how old it was at the end of the run. */
export function baselineTimeWords({ baseline, finishedAt }: Report): string {
  const age = elapsed(baseline.createdAt, finishedAt);
  return `${toTheSecond(baseline.createdAt)}${age === undefined ? '' : ` (${age} before this check)`}`;
}

type Fact = readonly [term: string, words: string];

export function runFacts(report: Report): readonly Fact[] {
  const { baseline, policy, summary, tool, limits, requirements } = report;
  const ofBaseline: readonly Fact[] = [
    ['baseline', baseline.file],
    ['sequence', String(baseline.sequence)],
    ['made', baselineTimeWords(report)],
    ['seal', baseline.seal],
    ['signature', signatureWords(report)],
  ];
  return [
    ['host', report.host],
    ...(report.by === undefined ? [] : [['examined by', report.by] as const]),
    ['started', toTheSecond(report.startedAt)],
    ['finished', toTheSecond(report.finishedAt)],
    ['examined', `${plural(summary.examined, 'object')}, ${byteCount(summary.bytes)} read`],
    ...(requirements === undefined ? [] : [['requirements', scoreWords(requirements)] as const]),
    ...(limits === undefined ? [] : [['restricted by', limits.join(', ')] as const]),
    ...(hasBaseline(report) ? ofBaseline : []),
    ['policy', `${policy.name}, sha256 ${policy.sha256}`],
    ['exit code', String(report.exitCode)],
    ['report', report.id],
    ['made by', `integ ${tool.version}, code sha256 ${tool.sha256}, Node.js ${tool.node}`],
  ];
}
