/** What `integ init` says of the requirements of its policy: how many hold, and what is violated already. */
import type { Report } from '../../../model/report.ts';
import { type BlockStyle, findingBlocks } from '../../../report/blocks.ts';
import { blocksAsText } from '../../../report/text.ts';
import { scoreWords } from '../../../report/verdicts.ts';
import { plural } from '../../../report/words.ts';

const SEE_ALL = 'integ policy check --live';
/** What is shown before the rest is only counted. */
const SHOWN = 20;

export function requirementLines(report: Report | undefined, style: Omit<BlockStyle, 'seeAll'>): string[] {
  if (report?.requirements === undefined) return [];
  const violations = style.verbose ? report.violations : report.violations.slice(0, SHOWN);
  const errors = style.verbose ? report.errors : report.errors.slice(0, SHOWN);
  const left = report.violations.length + report.errors.length - violations.length - errors.length;
  const blocks = findingBlocks({ ...report, violations }, { ...style, seeAll: SEE_ALL });
  return [
    `Required: ${scoreWords(report.requirements)}`,
    ...(violations.length === 0 ? [] : ['Violated now, and at every check until it is mended:']),
    ...[...blocksAsText(blocks)].map((line) => line.trimEnd()),
    ...errors.map(({ path, message }) => `Could not be judged: ${path}: ${message}`),
    ...(left === 0 ? [] : [`  and ${plural(left, 'more entry', 'more entries')}: ${SEE_ALL}`]),
    '',
  ];
}
