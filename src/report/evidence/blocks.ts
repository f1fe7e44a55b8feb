/** What the evidence is made of for people: blocks of a few kinds, in text and HTML alike. Lists are bounded. */
import { Room } from '../room.ts';
import { grouped } from '../words.ts';

export type Block =
  | { readonly is: 'paragraph'; readonly text: string; readonly isWarning?: true }
  | { readonly is: 'facts'; readonly facts: readonly (readonly [term: string, words: string])[] }
  | { readonly is: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly is: 'entries'; readonly entries: readonly Entry[] }
  | { readonly is: 'commands'; readonly commands: readonly string[] };

export interface Entry {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Entries of one list that people are shown. */
export const MOST_ENTRIES = 2000;

export function paragraph(text: string): Block {
  return { is: 'paragraph', text };
}

export function warning(text: string): Block {
  return { is: 'paragraph', text, isWarning: true };
}

/** As many as there is room for, and a line for the others. */
export function bounded<Item>(
  items: readonly Item[],
  what: string,
  blockOf: (shown: readonly Item[]) => Block,
): Block[] {
  if (items.length === 0) return [];
  const room = new Room(MOST_ENTRIES);
  const shown = room.take(items);
  const left = room.leftOut();
  const rest = left > 0 ? [warning(`… and ${grouped(left)} more ${what}: all of them with --format json`)] : [];
  return [blockOf(shown), ...rest];
}
