/**
 * What a review knows: the findings of a report in groups, what was decided about each, and where the reader stands. It
 * knows no terminal and changes nothing: a decision is only a wish until the session is written.
 */
import type { Report } from '../../model/report.ts';
import { plural } from '../../report/words.ts';
import { type Decisions, decisionOf, noDecisions } from './decisions.ts';
import { groupsOf, itemsOf, type KnownBesides, type ReviewGroup, type ReviewItem } from './entries.ts';
import { choicesOf, type Filter, type FilterChoice, NO_FILTER } from './filter.ts';
import { type ReviewRow, rowsOf } from './rows.ts';

export interface ReviewState {
  readonly report: Report;
  readonly groups: readonly ReviewGroup[];
  /** All findings that can be decided, in the order of the report. */
  readonly items: readonly ReviewItem[];
  readonly filter: Filter;
  /** Keys of the folds that are unfolded. */
  readonly opened: ReadonlySet<string>;
  /** Of the groups, as far as the filter and the folds show them. */
  readonly rows: readonly ReviewRow[];
  readonly decisions: Decisions;
  /** Row that the reader is on. */
  readonly cursor: number;
  readonly view: 'list' | 'details' | 'filter' | 'search' | 'help' | 'summary' | 'reason' | 'leave-unsaved';
  /** First line shown of a view that is longer than the screen. */
  readonly scroll: number;
  /** What there is to filter by, and which of it the reader is on. */
  readonly choices: readonly FilterChoice[];
  readonly choice: number;
  /** What was searched for last, and what is being typed. */
  readonly sought: string;
  readonly typed: string;
  readonly reason: string;
  /** What the last key led to, when it led nowhere. */
  readonly message: string;
}

export type ReviewOutcome = { readonly kind: 'accept'; readonly indexes: readonly number[]; readonly reason: string };

/** Nothing is decided beforehand. */
export function startReview(report: Report, known: KnownBesides = {}): ReviewState {
  const groups = groupsOf(report, known);
  const items = groups.flatMap(({ entries }) => itemsOf(entries));
  const opened: ReadonlySet<string> = new Set();
  const rows = rowsOf(groups, { filter: NO_FILTER, opened });
  return {
    report,
    groups,
    items,
    filter: NO_FILTER,
    opened,
    rows,
    decisions: noDecisions(items.length),
    cursor: Math.min(1, Math.max(0, rows.length - 1)),
    view: 'list',
    scroll: 0,
    choices: choicesOf(items),
    choice: 0,
    sought: '',
    typed: '',
    reason: '',
    message: unlistedWords(report),
  };
}

/** Who sees an empty list must not take it for a clean report. */
function unlistedWords({ summary: { violations, errors } }: Report): string {
  const unlisted = [
    ...(violations > 0 ? [plural(violations, 'violated requirement')] : []),
    ...(errors > 0 ? [plural(errors, 'error')] : []),
  ];
  return unlisted.length === 0 ? '' : `to be mended, so not listed: ${unlisted.join(', ')}`;
}

export function rowAt(state: ReviewState): ReviewRow | undefined {
  return state.rows[state.cursor];
}

/** Those that are accepted when the review is written, in the order of the report. */
export function acceptedItems({ items, decisions }: ReviewState): readonly ReviewItem[] {
  return items.filter((item) => decisionOf(decisions, item) === 'accept');
}

/** Lists what is to be listed now; the reader stays where they are as far as that is still there. */
export function relisted(state: ReviewState, listing: Partial<Pick<ReviewState, 'filter' | 'opened'>>): ReviewState {
  const next = { ...state, ...listing };
  const rows = rowsOf(state.groups, next);
  const row = rowAt(state);
  const fold = row?.kind === 'item' && row.fold !== undefined ? `fold ${row.fold.key}` : undefined;
  const same = rows.findIndex(({ key }) => key === row?.key);
  const around = same >= 0 ? same : rows.findIndex(({ key }) => key === fold);
  const cursor = around >= 0 ? around : Math.max(0, Math.min(state.cursor, rows.length - 1));
  return { ...next, rows, cursor };
}
