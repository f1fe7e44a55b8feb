/** Changes that packages explain: in words, counted, and together by package. Nobody has to read them one by one. */
import type { Explanation, Report, ReportChange } from '../model/report.ts';
import { plain } from './plain.ts';
import { grouped, plural } from './words.ts';

/** Which package came, went or changed its version. */
function packageWords({ package: name, from, to }: Explanation): string {
  if (from === '') return plain(`${name} ${to} installed`);
  return to === '' ? plain(`${name} ${from} removed`) : plain(`${name} ${from} -> ${to}`);
}

/** `dpkg: hello 1.0 -> 1.1, proved by md5`. */
export function explanationWords(explained: Explanation): string {
  const { by, proof } = explained;
  // Where there is no content to prove, the package database is all there is.
  const proved = proof === 'database' ? 'as its database says' : `proved by ${proof}`;
  return plain(`${by}: ${packageWords(explained)}, ${proved}`);
}

/** What one package explains. */
export interface PackageGroup {
  readonly words: string;
  readonly changes: readonly ReportChange[];
}

/** The explained ones of the changes, by package in the order in which they are met. */
export function packageGroups(changes: readonly ReportChange[]): readonly PackageGroup[] {
  const groups = new Map<string, ReportChange[]>();
  for (const change of changes) {
    if (change.explained === undefined) continue;
    const words = packageWords(change.explained);
    const group = groups.get(words);
    if (group === undefined) groups.set(words, [change]);
    else group.push(change);
  }
  return [...groups].map(([words, explained]) => ({ words, changes: explained }));
}

/** `214 changes explained by 12 packages`. */
export function explainedTitle(groups: readonly PackageGroup[]): string {
  const count = groups.reduce((sum, { changes }) => sum + changes.length, 0);
  return `${plural(count, 'change')} explained by ${plural(groups.length, 'package')}`;
}

/** `3 unexplained, 214 explained by packages`; undefined when nothing is explained. */
export function explainedCounts({ changes }: Report): string | undefined {
  let explained = 0;
  let unexplained = 0;
  for (const change of changes) {
    if (change.consequence === true) continue;
    if (change.explained === undefined) unexplained += 1;
    else explained += 1;
  }
  return explained === 0
    ? undefined
    : `${grouped(unexplained)} unexplained, ${grouped(explained)} explained by packages`;
}
