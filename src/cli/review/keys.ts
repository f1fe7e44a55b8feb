/** What each key of a review does. A pure function from one state to the next. */
import { acceptExplained, acceptTogether, type Decided, type Decision, decide, undo } from './decisions.ts';
import { NO_FILTER, toggled, UNEXPLAINED } from './filter.ts';
import { linesOf, move, moveToFound, moveToGroup, turned } from './move.ts';
import { acceptedItems, type ReviewOutcome, type ReviewState, relisted, rowAt } from './state.ts';

/** A key as the terminal names it: a character, or up, down, pageup, pagedown, home, end, return, escape, backspace. */
export type Key = string;

export interface ReviewStep {
  readonly state: ReviewState;
  /** Set when the session is over: what is to be accepted, or nothing. */
  readonly end?: ReviewOutcome | 'nothing';
}

const LONGEST_TEXT = 1000;

/** What a key does. `page` is the number of lines that a page up or down moves. */
export function press(before: ReviewState, key: Key, page: number): ReviewStep {
  const state: ReviewState = { ...before, message: '' };
  switch (state.view) {
    case 'list':
      return pressInList(state, key, page);
    case 'details':
    case 'help':
      return { state: pressInText(state, key, page) };
    case 'filter':
      return { state: pressInFilter(state, key, page) };
    case 'search':
      return { state: pressInSearch(state, key) };
    case 'summary':
      return { state: pressInSummary(state, key, page) };
    case 'reason':
      return pressInReason(state, key);
    case 'leave-unsaved':
      if (key === 'y' || key === 'Y') return { state, end: 'nothing' };
      return { state: { ...state, view: 'list' } };
    default:
      return state.view satisfies never;
  }
}

function opened(state: ReviewState, view: ReviewState['view']): ReviewState {
  return { ...state, view, scroll: 0 };
}

function decided(state: ReviewState, { decisions, message }: Decided): ReviewState {
  return { ...state, decisions, message };
}

/** A finding, or what a heading or folded line stands for. */
function decideAtCursor(state: ReviewState, decision: Decision): ReviewState {
  const row = rowAt(state);
  const items = row?.items ?? [];
  if (row?.kind !== 'item' && decision === 'accept') return decided(state, acceptTogether(state.decisions, items));
  return { ...state, decisions: decide(state.decisions, items, decision) };
}

function pressInList(state: ReviewState, key: Key, page: number): ReviewStep {
  const lines = linesOf(key, page);
  if (lines !== undefined) return { state: move(state, lines) };
  const isToLeave = key === 'q' || key === 'escape';
  if (isToLeave && state.decisions.counts.accept === 0) return { state, end: 'nothing' };
  return { state: isToLeave ? opened(state, 'leave-unsaved') : (deciding(state, key) ?? looking(state, key)) };
}

/** Undefined for a key that decides nothing. */
function deciding(state: ReviewState, key: Key): ReviewState | undefined {
  const { decisions } = state;
  const around = rowAt(state)?.around ?? [];
  switch (key) {
    case 'a':
    case 'y':
      return move(decideAtCursor(state, 'accept'), 1);
    case 'l':
      return move(decideAtCursor(state, 'leave'), 1);
    case 'c':
      return move(decideAtCursor(state, 'undecided'), 1);
    case 'A':
      return decided(state, acceptTogether(decisions, around));
    case 'L':
      return { ...state, decisions: decide(decisions, around, 'leave') };
    case 'e': {
      const listed = state.rows.flatMap((row) => (row.kind === 'heading' ? row.items : []));
      return decided(state, acceptExplained(decisions, listed));
    }
    case 'u':
      return decided(state, undo(decisions));
    case 'w':
    case 's':
      return decisions.counts.accept > 0
        ? opened(state, 'summary')
        : { ...state, message: 'nothing is marked to be accepted: a marks a finding, A its group' };
    default:
      return undefined;
  }
}

function looking(state: ReviewState, key: Key): ReviewState {
  const row = rowAt(state);
  switch (key) {
    case 'home':
    case 'g':
      return move(state, -state.rows.length);
    case 'end':
    case 'G':
      return move(state, state.rows.length);
    case 'n':
      return moveToGroup(state, 1);
    case 'p':
      return moveToGroup(state, -1);
    case 'return':
      return row?.kind === 'fold' ? turned(state, row.fold.key) : opened(state, 'details');
    case 'd':
      return opened(state, 'details');
    case '/':
      return { ...opened(state, 'search'), typed: '' };
    case 'f':
      return opened(state, 'filter');
    case '?':
    case 'h':
      return opened(state, 'help');
    default:
      return { ...state, message: `the key ${key} does nothing here: ? shows the keys` };
  }
}

function scrolled(state: ReviewState, key: Key, page: number): ReviewState | undefined {
  const lines = linesOf(key, page);
  return lines === undefined ? undefined : { ...state, scroll: Math.max(0, state.scroll + lines) };
}

function pressInText(state: ReviewState, key: Key, page: number): ReviewState {
  const moved = scrolled(state, key, page);
  if (moved !== undefined) return moved;
  const back = opened(state, 'list');
  if (state.view !== 'details') return back;
  // Deciding while the details are open is what one reads them for.
  return ['a', 'l', 'c', 'u'].includes(key) ? (deciding(back, key) ?? back) : back;
}

function pressInFilter(state: ReviewState, key: Key, page: number): ReviewState {
  const choice = state.choices[state.choice];
  const isToggle = key === 'return' || key === ' ' || key === 'x';
  if (isToggle && choice !== undefined) return relisted(state, { filter: toggled(state.filter, choice) });
  const lines = linesOf(key, page);
  if (lines !== undefined) {
    return { ...state, choice: Math.max(0, Math.min(state.choices.length - 1, state.choice + lines)) };
  }
  if (key === 'u') {
    return relisted(state, { filter: toggled(state.filter, { facet: 'packages', value: UNEXPLAINED }) });
  }
  if (key === 'c') return relisted(state, { filter: NO_FILTER });
  return opened(state, 'list');
}

/** A named key has more than one character; what is typed or pasted arrives one character at a time. */
function edited(text: string, key: Key): string {
  if (key === 'backspace') return [...text].slice(0, -1).join('');
  return [...key].length === 1 && text.length < LONGEST_TEXT ? text + key : text;
}

function pressInSearch(state: ReviewState, key: Key): ReviewState {
  if (key === 'escape') return opened(state, 'list');
  if (key !== 'return') return { ...state, typed: edited(state.typed, key) };
  // Without a text the last one is meant.
  const sought = state.typed === '' ? state.sought : state.typed;
  const list = { ...opened(state, 'list'), sought };
  return sought === '' ? list : moveToFound(list, sought);
}

function pressInSummary(state: ReviewState, key: Key, page: number): ReviewState {
  const moved = scrolled(state, key, page);
  if (moved !== undefined) return moved;
  return opened(state, key === 'return' || key === 'y' || key === 'w' ? 'reason' : 'list');
}

function pressInReason(state: ReviewState, key: Key): ReviewStep {
  if (key === 'escape') return { state: opened(state, 'summary') };
  if (key !== 'return') return { state: { ...state, reason: edited(state.reason, key) } };
  const reason = state.reason.trim();
  if (reason === '') return { state: { ...state, message: 'a reason is needed: it is kept with the new baseline' } };
  return { state, end: { kind: 'accept', indexes: acceptedItems(state).map(({ index }) => index), reason } };
}
