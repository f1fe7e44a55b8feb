/** Where the reader of a review goes: lines and pages, groups, what is searched for. */
import { changeTitle } from '../../report/change-lines.ts';
import type { ReviewItem } from './entries.ts';
import { findingWords } from './item-words.ts';
import { type ReviewRow, rowsOf } from './rows.ts';
import { type ReviewState, relisted, rowAt } from './state.ts';

export function move(state: ReviewState, by: number): ReviewState {
  return { ...state, cursor: Math.max(0, Math.min(state.rows.length - 1, state.cursor + by)) };
}

/** To the next heading or folded line, or to the one before. */
export function moveToGroup(state: ReviewState, direction: 1 | -1): ReviewState {
  for (let at = state.cursor + direction; at >= 0 && at < state.rows.length; at += direction) {
    if (state.rows[at]?.kind !== 'item') return { ...state, cursor: at };
  }
  return { ...state, message: direction === 1 ? 'this is the last group' : 'this is the first group' };
}

/** By how much a key moves or scrolls. */
export function linesOf(key: string, page: number): number | undefined {
  const by: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -page,
    pagedown: page,
    ' ': page,
  };
  return Object.hasOwn(by, key) ? by[key] : undefined;
}

/** Unfolds what is folded, and the other way round. */
export function turned(state: ReviewState, key: string): ReviewState {
  const opened = new Set(state.opened);
  if (!opened.delete(key)) opened.add(key);
  return relisted(state, { opened });
}

function isFound({ change }: ReviewItem, sought: string): boolean {
  const texts = [changeTitle(change), change.from ?? '', change.rule, findingWords(change)];
  return texts.some((text) => text.toLowerCase().includes(sought));
}

/** To the next finding with the text in its name, rule or words, folded or not; after the last comes the first. */
export function moveToFound(state: ReviewState, text: string): ReviewState {
  const sought = text.toLowerCase();
  const all = rowsOf(state.groups, { filter: state.filter, opened: 'all' });
  const start = all.findIndex(({ key }) => key === rowAt(state)?.key);
  const isHit = (row: ReviewRow): boolean => row.kind === 'item' && isFound(row.item, sought);
  const after = all.findIndex((row, at) => at > start && isHit(row));
  const hit = all[after >= 0 ? after : all.findIndex(isHit)];
  if (hit?.kind !== 'item') {
    const where = state.filter.size === 0 ? 'no finding has' : 'nothing that the filter shows has';
    return { ...state, message: `${where}: ${text}` };
  }
  const isClosed = hit.fold !== undefined && !state.opened.has(hit.fold.key);
  const open = isClosed && hit.fold !== undefined ? turned(state, hit.fold.key) : state;
  const message = after >= 0 ? '' : 'searched from the first finding again';
  return { ...open, cursor: open.rows.findIndex(({ key }) => key === hit.key), message };
}
