/** Files of rows with a key, such as tables and lists of services: which rows came, went and changed. */
import { allKeys, append, type Fact, type FormatChange, groupBy, listChange, type Understood } from './change.ts';

export interface Rows<Row> extends Understood {
  readonly rows: readonly Row[];
}

export interface RowsFormat<Row> {
  readonly parse: (text: string) => Rows<Row>;
  readonly keyOf: (row: Row) => string;
  /** All that a row says, in one spelling. */
  readonly textOf: (row: Row) => string;
  readonly added: (row: Row) => readonly Fact[];
  readonly removed: (row: Row) => readonly Fact[];
  readonly changed: (before: Row, after: Row) => readonly Fact[];
}

function keyFacts<Row>(previous: readonly Row[], present: readonly Row[], format: RowsFormat<Row>): Fact[] {
  const [old, now] = [previous[0], present[0]];
  const isOne = previous.length === 1 && present.length === 1;
  if (isOne && old !== undefined && now !== undefined) {
    return format.textOf(old) === format.textOf(now) ? [] : [...format.changed(old, now)];
  }
  const byText = new Map([...previous, ...present].map((row) => [format.textOf(row), row]));
  const { added, removed } = listChange(previous.map(format.textOf), present.map(format.textOf));
  const rowsOf = (texts: readonly string[]): readonly Row[] => texts.flatMap((text) => byText.get(text) ?? []);
  const facts: Fact[] = [];
  for (const row of rowsOf(added)) append(facts, format.added(row));
  for (const row of rowsOf(removed)) append(facts, format.removed(row));
  return facts;
}

export function describeRows<Row>(format: RowsFormat<Row>, before: string, after: string): FormatChange {
  const [old, now] = [format.parse(before), format.parse(after)];
  const [previous, present] = [groupBy(old.rows, format.keyOf), groupBy(now.rows, format.keyOf)];
  const facts: Fact[] = [];
  for (const key of allKeys(previous, present)) {
    append(facts, keyFacts(previous.get(key) ?? [], present.get(key) ?? [], format));
  }
  return { facts, before: old, after: now };
}
