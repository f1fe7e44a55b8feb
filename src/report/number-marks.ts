/** The numbers of findings as they stand before them, in the form that `integ accept --finding` takes. */

interface Numbered {
  readonly number?: number;
}

/** As many ranges are read at a glance, and typed. */
const MOST_RANGES = 8;

/** `3,7-9`; undefined where the findings have no numbers, or would need too many ranges. */
export function rangesOf(findings: readonly Numbered[]): string | undefined {
  const numbers = findings.flatMap(({ number }) => number ?? []).sort((left, right) => left - right);
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.last === number - 1) range.last = number;
    else ranges.push({ first: number, last: number });
  }
  if (ranges.length === 0 || ranges.length > MOST_RANGES) return undefined;
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** `[3,7-9]`, to stand before several findings; empty where they have no numbers, or would need too many ranges. */
export function numbersMark(findings: readonly Numbered[]): string {
  const ranges = rangesOf(findings);
  return ranges === undefined ? '' : mark(ranges);
}

/** `[3]`, to stand before a finding; empty where it has none. */
export function numberMark({ number }: Numbered): string {
  return number === undefined ? '' : mark(String(number));
}

/** What has one digit and what has two stands below each other. */
function mark(numbers: string): string {
  return `[${numbers}] `.padEnd(5);
}
