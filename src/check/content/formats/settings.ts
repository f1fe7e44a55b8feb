/** Files of settings, some of them in blocks: what was set, changed and taken away. The last value of a name counts. */
import {
  allKeys,
  append,
  type Fact,
  type FormatChange,
  groupBy,
  listChange,
  type Rank,
  type Understood,
} from './change.ts';
import { shown } from './wording.ts';

export interface Setting {
  /** Title of the block that it stands in; empty outside of all. */
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export interface Settings extends Understood {
  readonly settings: readonly Setting[];
}

export interface SettingsFormat {
  readonly parse: (text: string) => Settings;
  readonly rankOf: (name: string) => Rank;
  /** The members of a value that is a list of which each counts for itself; undefined for any other value. */
  readonly membersOf?: (name: string, value: string) => readonly string[] | undefined;
}

/** Settings with the lines that nothing is known of. */
export function settingsOf(settings: readonly Setting[], unknown: readonly string[]): Settings {
  // A NUL stands in no text that is told of, so that no two settings have one spelling.
  return { settings, unknown, entries: settings.map(({ section, name, value }) => `${section}\0${name}\0${value}`) };
}

function memberFacts(label: string, before: readonly string[], after: readonly string[], rank: Rank): Fact[] {
  const { added, removed } = listChange(before, after);
  return [
    ...added.map((member): Fact => ({ rank, text: `${label}: ${shown(member)} added` })),
    ...removed.map((member): Fact => ({ rank, text: `${label}: ${shown(member)} removed` })),
  ];
}

function valueFacts(
  previous: readonly Setting[],
  present: readonly Setting[],
  { rankOf, membersOf }: SettingsFormat,
): Fact[] {
  const [old, now] = [previous.at(-1), present.at(-1)];
  const any = now ?? old;
  if (any === undefined) return [];
  const { section, name } = any;
  const label = section === '' ? shown(name) : `in ${shown(section)}: ${shown(name)}`;
  const rank = rankOf(name.toLowerCase());
  if (now === undefined) return [{ rank, text: `${label} no longer set (was ${shown(old?.value ?? '')})` }];
  if (old === undefined) return [{ rank, text: `${label} set to ${shown(now.value)} (was not set)` }];
  if (old.value === now.value) return [];
  const [before, after] = [membersOf?.(name, old.value), membersOf?.(name, now.value)];
  const members = before === undefined || after === undefined ? [] : memberFacts(label, before, after, rank);
  if (members.length > 0) return members;
  return [{ rank, text: `${label} changed from ${shown(old.value)} to ${shown(now.value)}` }];
}

export function describeSettings(format: SettingsFormat, before: string, after: string): FormatChange {
  const [old, now] = [format.parse(before), format.parse(after)];
  const keyOf = ({ section, name }: Setting): string => `${section}\0${name.toLowerCase()}`;
  const [previous, present] = [groupBy(old.settings, keyOf), groupBy(now.settings, keyOf)];
  const facts: Fact[] = [];
  for (const key of allKeys(previous, present)) {
    append(facts, valueFacts(previous.get(key) ?? [], present.get(key) ?? [], format));
  }
  return { facts, before: old, after: now };
}

/** Members between blanks and commas. */
export function listMembers(value: string): readonly string[] {
  return value.split(/[\s,]+/).filter((member) => member !== '');
}
