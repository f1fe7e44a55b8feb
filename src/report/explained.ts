/**
 * Changes that packages explain: in words, counted, and together by package. Who vouches is always said: what only the
 * package database of the examined host says could be written there by whoever changed the object.
 */
import type { Explanation, Report, ReportChange, ShippingPackage } from '../model/report.ts';
import { plain } from './plain.ts';
import { grouped, plural } from './words.ts';

/** Proofs that do not rest on the examined host. Whatever else a report says, only the package database says it. */
const PROOF_WORDS: ReadonlyMap<string, string> = new Map([
  ['signed', 'proved by its signature'],
  ['shipped', 'proved by what was shipped'],
]);
const DATABASE_WORDS = 'the package database says';

/** Whether nothing but the package database of the examined host vouches for an explanation. */
export function restsOnDatabase({ proof }: Explanation): boolean {
  return !PROOF_WORDS.has(proof);
}

/** What explains a change. Nothing explains one with a flag, whatever a report says. */
export function explanationOf({
  flags,
  explained,
}: Pick<ReportChange, 'flags' | 'explained'>): Explanation | undefined {
  return flags.length === 0 ? explained : undefined;
}

/** Who vouches for an explanation: what only its database says is told so. */
function proofWords({ proof }: Explanation): string {
  return PROOF_WORDS.get(proof) ?? DATABASE_WORDS;
}

/** Which package came, went or changed its version. */
function packageWords({ package: name, from, to }: Explanation): string {
  if (from === '') return plain(`${name} ${to} installed`);
  return to === '' ? plain(`${name} ${from} removed`) : plain(`${name} ${from} -> ${to}`);
}

/** `dpkg: hello 1.0 -> 1.1, the package database says`. */
export function explanationWords(explained: Explanation): string {
  return plain(`${explained.by}: ${packageWords(explained)}, ${proofWords(explained)}`);
}

/** `hello 1.1 (dpkg) ships other content; to put the file back: apt-get install --reinstall hello=1.1`. */
export function shippingWords({ by, package: name, version, restore }: ShippingPackage): string {
  const command = restore === undefined ? '' : `; to put the file back: ${restore}`;
  return plain(`${name} ${version} (${by}) ships other content${command}`);
}

/** What one package explains. */
export interface PackageGroup {
  readonly words: string;
  /** Who vouches for it. */
  readonly proof: string;
  readonly changes: readonly ReportChange[];
}

/** The explained ones of the changes, by package and proof in the order in which they are met. */
export function packageGroups(changes: readonly ReportChange[]): readonly PackageGroup[] {
  const groups = new Map<string, { words: string; proof: string; changes: ReportChange[] }>();
  for (const change of changes) {
    const explained = explanationOf(change);
    if (explained === undefined) continue;
    const [words, proof] = [packageWords(explained), proofWords(explained)];
    const key = `${words}\n${proof}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { words, proof, changes: [change] });
    else group.changes.push(change);
  }
  return [...groups.values()];
}

/** Those with the same proof together, for each is believed in its own way. */
export function groupsByProof(groups: readonly PackageGroup[]): readonly (readonly PackageGroup[])[] {
  return [...new Set(groups.map(({ proof }) => proof))].map((proof) => groups.filter((group) => group.proof === proof));
}

/** `214 changes explained by 12 packages, the package database says`; the groups have one proof. */
export function explainedTitle(groups: readonly PackageGroup[]): string {
  const count = groups.reduce((sum, { changes }) => sum + changes.length, 0);
  const proof = groups[0]?.proof ?? DATABASE_WORDS;
  return `${plural(count, 'change')} explained by ${plural(groups.length, 'package')}, ${proof}`;
}

/** `3 unexplained, 214 explained by packages, the package database says`; undefined when nothing is explained. */
export function explainedCounts({ changes }: Report): string | undefined {
  const counts = new Map<string, number>();
  let unexplained = 0;
  for (const change of changes) {
    if (change.consequence === true) continue;
    const explained = explanationOf(change);
    if (explained === undefined) unexplained += 1;
    else counts.set(proofWords(explained), (counts.get(proofWords(explained)) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  const parts = [...counts].map(([proof, count]) => `${grouped(count)} explained by packages, ${proof}`);
  return [`${grouped(unexplained)} unexplained`, ...parts].join(', ');
}
