/** What a format tells of two states of a file, and the few questions that all formats ask of lists. */
import type { Path } from '../../../model/bytes.ts';

/** How much a fact says: 0 gives rights or opens a door, 1 changes what happens, 2 is worth knowing. */
export type Rank = 0 | 1 | 2;

export interface Fact {
  readonly rank: Rank;
  /** Printable. */
  readonly text: string;
}

/** One state of a file, as far as its format understood it. */
export interface Understood {
  /** What the file says, in its order, each entry in one spelling: comments, blank lines and spacing are gone. */
  readonly entries: readonly string[];
  /** Lines that the format has no word for; they are counted, nothing is said of them. */
  readonly unknown: readonly string[];
}

export interface FormatChange {
  readonly facts: readonly Fact[];
  readonly before: Understood;
  readonly after: Understood;
}

export interface Format {
  /** What the order of entries decides, or undefined when it decides nothing that the facts do not say. */
  readonly order: string | undefined;
  readonly describe: (before: string, after: string, path: Path) => FormatChange;
}

/** Appends one by one: `push(...more)` passes its items as arguments, and an intruder may write more than fit. */
export function append(facts: Fact[], more: readonly Fact[]): void {
  for (const fact of more) facts.push(fact);
}

/** What came and what went, as often as it did; in the order of the lists. */
export interface ListChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

function surplus(list: readonly string[], other: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const item of other) counts.set(item, (counts.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = counts.get(item) ?? 0;
    counts.set(item, count - 1);
    return count <= 0;
  });
}

export function listChange(before: readonly string[], after: readonly string[]): ListChange {
  return { added: surplus(after, before), removed: surplus(before, after) };
}

/** Whether what both lists have stands in another order. */
export function isReordered(before: readonly string[], after: readonly string[]): boolean {
  const { added, removed } = listChange(before, after);
  const left = surplus(before, removed);
  const right = surplus(after, added);
  return left.some((item, index) => item !== right[index]);
}

/** Keys of both maps: first those of the newer state, then those that went. */
export function allKeys<Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): string[] {
  return [...new Set([...after.keys(), ...before.keys()])];
}

/** Entries by a key, in the order of the file; a key may stand more than once. */
export function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
