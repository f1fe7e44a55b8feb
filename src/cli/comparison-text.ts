/** How files that were held against a list of digests are shown: `integ self verify` and `integ kit verify`. */
import type { Comparison, Difference, DifferenceKind } from '../app/installation/compare.ts';
import { needsExactBytes, pathBase64, printable, printableText } from '../model/bytes.ts';
import { formatCount } from '../report/quantities.ts';

const KINDS: Readonly<Record<DifferenceKind, string>> = {
  missing: 'missing',
  changed: 'changed',
  added: 'not listed',
  type: 'other type',
  rights: 'rights',
  unreadable: 'not read',
};
const WIDTH = Math.max(...Object.values(KINDS).map((words) => words.length));

/** The sentence on the result comes first: `The kit is what it was`, `The kit is not what it was`. */
export function comparisonLines(comparison: Comparison, intact: string, changed: string): string[] {
  const { manifest, sha256, files, differences } = comparison;
  const count = differences.length === 1 ? '1 difference' : `${formatCount(differences.length)} differences`;
  return [
    differences.length === 0 ? `${intact}: ${formatCount(files)} files` : `${changed}: ${count}`,
    ...differences.map(differenceLine),
    `  list      ${printableText(manifest)}`,
    `  digest    ${sha256}`,
  ];
}

function differenceLine({ kind, path, detail }: Difference): string {
  return `  ${KINDS[kind].padEnd(WIDTH)}  ${printable(path)}${detail === undefined ? '' : `: ${detail}`}`;
}

export function comparisonJson({ manifest, sha256, files, differences }: Comparison): object {
  return {
    list: printableText(manifest),
    sha256,
    files,
    differences: differences.map(({ kind, path, detail }) => ({
      kind,
      path: printable(path),
      ...(needsExactBytes(path) ? { pathBase64: pathBase64(path) } : {}),
      ...(detail === undefined ? {} : { detail }),
    })),
  };
}
