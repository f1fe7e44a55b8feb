/** Rows of a review, of what it can be filtered by, and of what it accepts, each on one line of a terminal. */
import type { ReportChange } from '../../model/report.ts';
import { changeTitle } from '../../report/change-lines.ts';
import { numberMark } from '../../report/number-marks.ts';
import { plain } from '../../report/plain.ts';
import { grouped } from '../../report/words.ts';
import { columns, cut, cutInside, sideBySide } from '../fit.ts';
import { type Decision, decisionOf } from './decisions.ts';
import type { ReviewItem } from './entries.ts';
import { isChosen } from './filter.ts';
import { findingWords, VERB_COLUMNS } from './item-words.ts';
import type { ReviewRow } from './rows.ts';
import type { ReviewState } from './state.ts';

/** A line and how it is to stand out. */
export interface ScreenLine {
  readonly text: string;
  readonly style: 'plain' | 'title' | 'selected' | 'group' | 'flagged' | 'keys' | 'alert';
}

const MARK: Readonly<Record<Decision, string>> = { undecided: '[ ]', accept: '[a]', leave: '[l]' };
/** Of a folded line, of which some were decided otherwise than others. */
const MIXED = '[~]';
const BETWEEN_ENDS = ' -> ';
const BEFORE_WORDS = '  ';

/** The part of a list in which the cursor is, scrolled no further than needed. */
function windowAround<Entry>(
  list: readonly Entry[],
  cursor: number,
  page: number,
): { readonly first: number; readonly shown: readonly Entry[] } {
  const first = Math.min(Math.max(0, list.length - page), Math.max(0, cursor - Math.floor(page / 2)));
  return { first, shown: list.slice(first, first + page) };
}

export function listLines(state: ReviewState, page: number, width: number): readonly ScreenLine[] {
  if (state.rows.length === 0) {
    const text =
      state.items.length === 0 ? 'There is nothing to accept in this report.' : 'The filter lets nothing through.';
    return [{ text, style: 'plain' }];
  }
  const { first, shown } = windowAround(state.rows, state.cursor, page);
  return shown.map((row, offset) => {
    const { text, style } = rowLine(state, row, width);
    return { text, style: first + offset === state.cursor ? 'selected' : style };
  });
}

function rowLine(state: ReviewState, row: ReviewRow, width: number): ScreenLine {
  if (row.kind === 'heading') return { text: row.title + shownWords(row), style: 'group' };
  if (row.kind === 'fold') {
    const start = `  ${markOf(state, row.items)} ${row.isOpen ? '-' : '+'} `;
    return { text: start + cutInside(row.fold.title + shownWords(row), width - columns(start)), style: 'plain' };
  }
  const { change } = row.item;
  const indent = row.fold === undefined ? '  ' : '      ';
  const start = `${indent}${markOf(state, row.items)} ${numberMark(change)}`;
  const text = start + findingText(row.item, width - columns(start));
  return { text, style: change.flags.length > 0 ? 'flagged' : 'plain' };
}

function shownWords({ items, hidden }: { readonly items: readonly ReviewItem[]; readonly hidden: number }): string {
  return hidden === 0 ? '' : ` (${grouped(items.length)} of them listed)`;
}

function markOf({ decisions }: ReviewState, items: readonly ReviewItem[]): string {
  const [first, ...others] = items;
  const decision = first === undefined ? 'undecided' : decisionOf(decisions, first);
  return others.some((item) => decisionOf(decisions, item) !== decision) ? MIXED : MARK[decision];
}

/** Neither a long name hides what is said of it, nor the other way round: each may take half of what is left. */
function findingText({ change, isViolated }: ReviewItem, room: number): string {
  const words = [isViolated ? 'not as required' : '', findingWords(change)].filter((text) => text !== '').join('  ');
  const [verb, place] = [changeTitle(change).slice(0, VERB_COLUMNS), placeOf(change)];
  const left = Math.max(0, room - VERB_COLUMNS);
  if (words === '') return verb + place(left);
  const both = Math.max(0, left - BEFORE_WORDS.length);
  const shown = place(Math.max(Math.ceil(both / 2), both - columns(words)));
  return verb + shown + BEFORE_WORDS + cut(words, both - columns(shown));
}

/** A move shows where it came from and where it went, however long the names. */
function placeOf(change: ReportChange): (room: number) => string {
  const to = changeTitle(change).slice(VERB_COLUMNS);
  const { from } = change;
  if (from === undefined) return (room) => cutInside(to, room);
  return (room) => sideBySide(plain(from), BETWEEN_ENDS, to, room);
}

/** What can be filtered by, with how many findings have it. */
export function filterLines(state: ReviewState, page: number): readonly ScreenLine[] {
  const { first, shown } = windowAround(state.choices, state.choice, page);
  return shown.map((choice, offset) => {
    const mark = isChosen(state.filter, choice) ? '[x]' : '[ ]';
    const text = `  ${mark} ${choice.facet.padEnd(VERB_COLUMNS)}${choice.value} (${grouped(choice.count)})`;
    return { text, style: first + offset === state.choice ? 'selected' : 'plain' };
  });
}
