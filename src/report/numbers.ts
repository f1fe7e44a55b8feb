/**
 * The short numbers by which findings are chosen: `integ accept --finding 3,7-9`. They are given once, in the order of
 * the text, and stored with the report; one that an older version stored without them gets them from here.
 */
import type { Report } from '../model/report.ts';
import { consequencesOf, severitySections } from './sections.ts';

interface Numbered {
  number?: number;
}

function hasNumbers({ changes, violations }: Report): boolean {
  const numbers = [...changes, ...violations].map(({ number }) => number);
  return !numbers.includes(undefined) && new Set(numbers).size === numbers.length;
}

/**
 * The report itself, in which every finding has its number from here on. It must be one that nobody else has seen yet:
 * copies of a million findings would not fit in memory.
 */
export function numberFindings(report: Report): Report {
  if (hasNumbers(report)) return report;
  let last = 0;
  const give = (finding: Numbered): void => {
    last += 1;
    finding.number = last;
  };
  for (const { violated, groups, explained } of severitySections(report)) {
    for (const { violations, change } of violated) {
      violations.forEach(give);
      if (change !== undefined) give(change);
    }
    for (const { changes } of [...groups, ...explained]) changes.forEach(give);
  }
  consequencesOf(report).changes.forEach(give);
  return report;
}
