/** What was decided about each finding in a review, and how to take it back. Only wishes: nothing is written here. */
import { explainedTitle, groupsByProof, packageGroups } from '../../report/explained.ts';
import { grouped, plural } from '../../report/words.ts';
import type { ReviewItem } from './entries.ts';

export type Decision = 'undecided' | 'accept' | 'leave';

/** What one key changed, and what was changed before it. */
interface UndoStep {
  readonly before: readonly (readonly [index: number, decision: Decision])[];
  readonly earlier: UndoStep | undefined;
}

export interface Decisions {
  /** By the position in the report; what is missing is undecided. */
  readonly made: ReadonlyMap<number, Decision>;
  readonly counts: Readonly<Record<Decision, number>>;
  readonly last: UndoStep | undefined;
}

export interface Decided {
  readonly decisions: Decisions;
  /** What the reader should know of it; may be empty. */
  readonly message: string;
}

export function noDecisions(count: number): Decisions {
  return { made: new Map(), counts: { undecided: count, accept: 0, leave: 0 }, last: undefined };
}

export function decisionOf({ made }: Decisions, { index }: Pick<ReviewItem, 'index'>): Decision {
  return made.get(index) ?? 'undecided';
}

function set(decisions: Decisions, wanted: readonly (readonly [index: number, decision: Decision])[]): Decisions {
  const made = new Map(decisions.made);
  const counts = { ...decisions.counts };
  const before: [number, Decision][] = [];
  for (const [index, decision] of wanted) {
    const old = made.get(index) ?? 'undecided';
    if (old === decision) continue;
    before.push([index, old]);
    counts[old] -= 1;
    counts[decision] += 1;
    made.set(index, decision);
  }
  if (before.length === 0) return decisions;
  return { made, counts, last: { before, earlier: decisions.last } };
}

export function decide(decisions: Decisions, items: readonly ReviewItem[], decision: Decision): Decisions {
  return set(
    decisions,
    items.map(({ index }) => [index, decision]),
  );
}

/** As it was before the last decision. */
export function undo(decisions: Decisions): Decided {
  const { last } = decisions;
  if (last === undefined) return { decisions, message: 'there is nothing to undo' };
  const message = `undone: ${plural(last.before.length, 'finding is', 'findings are')} as before`;
  return { decisions: { ...set(decisions, last.before), last: last.earlier }, message };
}

/** Why a finding is decided by itself only; undefined when it may be taken with its group. */
function standsAlone({ change, oldRule, raisedFrom }: ReviewItem): string | undefined {
  if (change.flags.length > 0) return 'with a flag';
  if (raisedFrom !== undefined) return 'raised above the severity of its rule';
  return oldRule === undefined ? undefined : 'from under another rule';
}

/** Accepts what may be accepted together; of the rest it says how many, and why. */
export function acceptTogether(decisions: Decisions, items: readonly ReviewItem[]): Decided {
  const left = new Map<string, number>();
  const taken: ReviewItem[] = [];
  for (const item of items) {
    const why = standsAlone(item);
    if (why === undefined) taken.push(item);
    else left.set(why, (left.get(why) ?? 0) + 1);
  }
  return { decisions: decide(decisions, taken, 'accept'), message: leftWords(items.length - taken.length, left) };
}

function leftWords(count: number, reasons: ReadonlyMap<string, number>): string {
  if (count === 0) return '';
  const why = [...reasons].map(([reason, number]) => `${grouped(number)} ${reason}`).join(', ');
  return `${plural(count, 'finding')} left: ${why}; mark ${count === 1 ? 'it by itself' : 'them one by one'}`;
}

/** Accepts what packages explain, and says on whose word. */
export function acceptExplained(decisions: Decisions, items: readonly ReviewItem[]): Decided {
  const packages = packageGroups(items.map(({ change }) => change));
  if (packages.length === 0) return { decisions, message: 'packages explain nothing of what is listed' };
  const explained = new Set(packages.flatMap(({ changes }) => changes));
  const accepted = acceptTogether(
    decisions,
    items.filter(({ change }) => explained.has(change)),
  );
  const words = groupsByProof(packages).map(explainedTitle).join('; ');
  return { ...accepted, message: accepted.message === '' ? words : `${accepted.message}; ${words}` };
}
