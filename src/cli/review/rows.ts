/** The lines of the list of a review: headings, folded lines and findings, as far as the filter lets them through. */
import { isFold, itemsOf, type ReviewFold, type ReviewGroup, type ReviewItem } from './entries.ts';
import { admits, type Filter } from './filter.ts';

interface RowBase {
  /** Tells it from other lines, whatever is unfolded or filtered. */
  readonly key: string;
  /** The findings that it stands for, as far as they are listed. */
  readonly items: readonly ReviewItem[];
  /** The findings of the group that it is in, or is. */
  readonly around: readonly ReviewItem[];
}

export type ReviewRow =
  | (RowBase & { readonly kind: 'heading'; readonly title: string; readonly hidden: number })
  | (RowBase & { readonly kind: 'fold'; readonly fold: ReviewFold; readonly isOpen: boolean; readonly hidden: number })
  | (RowBase & { readonly kind: 'item'; readonly item: ReviewItem; readonly fold: ReviewFold | undefined });

export interface Listing {
  readonly filter: Filter;
  /** Keys of the folds that are unfolded. */
  readonly opened: ReadonlySet<string> | 'all';
}

export function rowsOf(groups: readonly ReviewGroup[], listing: Listing): readonly ReviewRow[] {
  const rows: ReviewRow[] = [];
  for (const group of groups) addGroup(rows, group, listing);
  return rows;
}

function addGroup(rows: ReviewRow[], { key, title, entries }: ReviewGroup, { filter, opened }: Listing): void {
  const all = itemsOf(entries);
  const shown = filter.size === 0 ? all : all.filter((item) => admits(filter, item));
  if (shown.length === 0) return;
  rows.push({ kind: 'heading', key, title, items: shown, around: shown, hidden: all.length - shown.length });
  for (const entry of entries) {
    if (!isFold(entry)) {
      if (admits(filter, entry)) rows.push(itemRow(entry, shown, undefined));
      continue;
    }
    const items = filter.size === 0 ? entry.items : entry.items.filter((item) => admits(filter, item));
    if (items.length === 0) continue;
    const isOpen = opened === 'all' || opened.has(entry.key);
    const hidden = entry.items.length - items.length;
    rows.push({ kind: 'fold', key: `fold ${entry.key}`, fold: entry, items, around: items, isOpen, hidden });
    if (isOpen) for (const item of items) rows.push(itemRow(item, items, entry));
  }
}

function itemRow(item: ReviewItem, around: readonly ReviewItem[], fold: ReviewFold | undefined): ReviewRow {
  return { kind: 'item', key: `finding ${item.index}`, item, items: [item], around, fold };
}
