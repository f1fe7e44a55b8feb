/**
 * What a review knows: the findings of a report in groups, what was decided about each, and where the reader stands. It
 * knows no terminal and changes nothing: a decision is only a wish until the session is written.
 */
import type { Report, ReportChange } from '../../model/report.ts';
import { SEVERITIES, type Severity } from '../../model/severity.ts';
import { explanationOf, proofWords } from '../../report/explained.ts';

export type Decision = 'undecided' | 'accept' | 'leave';

export interface ReviewItem {
  /** Position in report.changes. */
  readonly index: number;
  readonly change: ReportChange;
  /** Another rule under which the object is recorded: a group does not show that, so it is not decided with one. */
  readonly oldRule: string | undefined;
}

/**
 * Findings of one severity under one rule, as the report groups them: most severe first, what packages explain apart.
 */
interface ReviewGroup {
  readonly severity: Severity;
  readonly rule: string;
  /** Who vouches for what explains them; undefined when nothing does. */
  readonly proof: string | undefined;
  readonly items: readonly ReviewItem[];
}

/** A line of the list: a heading or a finding. */
export type ReviewRow =
  | { readonly kind: 'group'; readonly group: ReviewGroup }
  | { readonly kind: 'item'; readonly group: ReviewGroup; readonly item: ReviewItem };

export interface ReviewState {
  readonly report: Report;
  readonly rows: readonly ReviewRow[];
  readonly decisions: ReadonlyMap<number, Decision>;
  /** Row that the reader is on. */
  readonly cursor: number;
  readonly view: 'list' | 'details' | 'help' | 'summary' | 'reason' | 'leave-unsaved';
  /** First line shown of a view that is longer than the screen. */
  readonly scroll: number;
  readonly reason: string;
  /** What the last key led to, when it led nowhere. */
  readonly message: string;
}

export type ReviewOutcome = { readonly kind: 'accept'; readonly indexes: readonly number[]; readonly reason: string };

/** Consequences are no findings of their own: they come along with what they follow from. */
function groupsOf(report: Report, oldRules: ReadonlyMap<number, string>): ReviewGroup[] {
  const groups: { severity: Severity; rule: string; proof: string | undefined; items: ReviewItem[] }[] = [];
  for (const severity of SEVERITIES.toReversed()) {
    const found = new Map<string, { rule: string; proof: string | undefined; items: ReviewItem[] }>();
    for (const [index, change] of report.changes.entries()) {
      if (change.severity !== severity || change.consequence === true) continue;
      const explained = explanationOf(change);
      const proof = explained && proofWords(explained);
      const key = `${proof ?? ''}\n${change.rule}`;
      const group = found.get(key) ?? { rule: change.rule, proof, items: [] };
      group.items.push({ index, change, oldRule: oldRules.get(index) });
      found.set(key, group);
    }
    const [unexplained, explained] = [true, false].map((wanted) =>
      [...found.values()].filter(({ proof }) => (proof === undefined) === wanted),
    );
    for (const group of [...(unexplained ?? []), ...(explained ?? [])]) groups.push({ severity, ...group });
  }
  return groups;
}

/**
 * Nothing is decided beforehand. `oldRules` names other rules that findings came from, by their position in the report.
 */
export function startReview(report: Report, oldRules: ReadonlyMap<number, string> = new Map()): ReviewState {
  const rows = groupsOf(report, oldRules).flatMap((group): ReviewRow[] => [
    { kind: 'group', group },
    ...group.items.map((item): ReviewRow => ({ kind: 'item', group, item })),
  ]);
  return {
    report,
    rows,
    decisions: new Map(),
    cursor: Math.min(1, Math.max(0, rows.length - 1)),
    view: 'list',
    scroll: 0,
    reason: '',
    message: '',
  };
}

export function decisionOf(state: ReviewState, index: number): Decision {
  return state.decisions.get(index) ?? 'undecided';
}

export function countDecisions(state: ReviewState): Readonly<Record<Decision, number>> {
  const counts = { undecided: 0, accept: 0, leave: 0 };
  for (const row of state.rows) if (row.kind === 'item') counts[decisionOf(state, row.item.index)] += 1;
  return counts;
}

function decide(state: ReviewState, items: readonly ReviewItem[], decision: Decision): ReviewState {
  const decisions = new Map(state.decisions);
  for (const { index } of items) decisions.set(index, decision);
  return { ...state, decisions };
}

/** A finding, or from a heading the whole group. */
function itemsAtCursor(state: ReviewState): readonly ReviewItem[] {
  const row = state.rows[state.cursor];
  if (row === undefined) return [];
  return row.kind === 'item' ? [row.item] : row.group.items;
}

/** Accepts a group but for what came from under another rule, whose other half the heading does not name. */
function acceptGroup(state: ReviewState, items: readonly ReviewItem[]): ReviewState {
  const own = items.filter(({ oldRule }) => oldRule === undefined);
  const left = items.length - own.length;
  const accepted = decide(state, own, 'accept');
  if (left === 0) return accepted;
  const what = left === 1 ? 'finding came from another rule and is' : 'findings came from other rules and are';
  return { ...accepted, message: `${left} ${what} left out: mark them one by one` };
}

function groupAtCursor(state: ReviewState): readonly ReviewItem[] {
  return state.rows[state.cursor]?.group.items ?? [];
}

function move(state: ReviewState, by: number): ReviewState {
  const cursor = Math.max(0, Math.min(state.rows.length - 1, state.cursor + by));
  return { ...state, cursor };
}

/** A key as the terminal names it: a character, or up, down, pageup, pagedown, home, end, return, escape, backspace. */
export type Key = string;

export interface ReviewStep {
  readonly state: ReviewState;
  /** Set when the session is over: what is to be accepted, or nothing. */
  readonly end?: ReviewOutcome | 'nothing';
}

const LONGEST_REASON = 1000;

/** What a key does. `page` is the number of lines that a page up or down moves. */
export function press(before: ReviewState, key: Key, page: number): ReviewStep {
  const state: ReviewState = { ...before, message: '' };
  switch (state.view) {
    case 'list':
      return pressInList(state, key, page);
    case 'details':
    case 'help':
      return { state: pressInText(state, key, page) };
    case 'summary':
      return pressInSummary(state, key, page);
    case 'reason':
      return pressInReason(state, key);
    case 'leave-unsaved':
      if (key === 'y' || key === 'Y') return { state, end: 'nothing' };
      return { state: { ...state, view: 'list' } };
    default:
      return state.view satisfies never;
  }
}

function pressInList(state: ReviewState, key: Key, page: number): ReviewStep {
  const isHeading = state.rows[state.cursor]?.kind === 'group';
  const decided = (decision: Decision): ReviewState =>
    isHeading && decision === 'accept'
      ? acceptGroup(state, itemsAtCursor(state))
      : decide(state, itemsAtCursor(state), decision);
  const next = (decision: Decision): ReviewStep => ({ state: move(decided(decision), 1) });
  const open = (view: ReviewState['view']): ReviewStep => ({ state: { ...state, view, scroll: 0 } });
  switch (key) {
    case 'up':
    case 'k':
      return { state: move(state, -1) };
    case 'down':
    case 'j':
      return { state: move(state, 1) };
    case 'pageup':
      return { state: move(state, -page) };
    case 'pagedown':
    case ' ':
      return { state: move(state, page) };
    case 'home':
    case 'g':
      return { state: move(state, -state.rows.length) };
    case 'end':
    case 'G':
      return { state: move(state, state.rows.length) };
    case 'a':
    case 'y':
      return next('accept');
    case 'l':
    case 'n':
      return next('leave');
    case 'u':
      return next('undecided');
    case 'A':
      return { state: acceptGroup(state, groupAtCursor(state)) };
    case 'L':
      return { state: decide(state, groupAtCursor(state), 'leave') };
    case 'return':
    case 'd':
      return open('details');
    case '?':
    case 'h':
      return open('help');
    case 'w':
    case 's':
      return countDecisions(state).accept === 0
        ? { state: { ...state, message: 'nothing is marked to be accepted: a marks a finding, A its group' } }
        : open('summary');
    case 'q':
    case 'escape':
      return countDecisions(state).accept === 0 ? { state, end: 'nothing' } : open('leave-unsaved');
    default:
      return { state: { ...state, message: `the key ${key} does nothing here: ? shows the keys` } };
  }
}

function scrolled(state: ReviewState, key: Key, page: number): ReviewState | undefined {
  const by: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -page,
    pagedown: page,
    ' ': page,
  };
  const lines = by[key];
  return lines === undefined ? undefined : { ...state, scroll: Math.max(0, state.scroll + lines) };
}

function pressInText(state: ReviewState, key: Key, page: number): ReviewState {
  const moved = scrolled(state, key, page);
  if (moved !== undefined) return moved;
  const back: ReviewState = { ...state, view: 'list', scroll: 0 };
  if (state.view !== 'details') return back;
  // Deciding while the details are open is what one reads them for.
  return key === 'a' || key === 'l' || key === 'u' ? pressInList(back, key, page).state : back;
}

function pressInSummary(state: ReviewState, key: Key, page: number): ReviewStep {
  const moved = scrolled(state, key, page);
  if (moved !== undefined) return { state: moved };
  if (key === 'return' || key === 'y' || key === 'w') return { state: { ...state, view: 'reason', scroll: 0 } };
  return { state: { ...state, view: 'list', scroll: 0 } };
}

function pressInReason(state: ReviewState, key: Key): ReviewStep {
  switch (key) {
    case 'escape':
      return { state: { ...state, view: 'summary' } };
    case 'return': {
      const reason = state.reason.trim();
      if (reason === '')
        return { state: { ...state, message: 'a reason is needed: it is kept with the new baseline' } };
      const indexes = state.rows.flatMap((row) =>
        row.kind === 'item' && decisionOf(state, row.item.index) === 'accept' ? [row.item.index] : [],
      );
      return { state, end: { kind: 'accept', indexes, reason } };
    }
    case 'backspace':
      return { state: { ...state, reason: [...state.reason].slice(0, -1).join('') } };
    default:
      // Named keys have more than one character; what is typed or pasted arrives one character at a time.
      if ([...key].length !== 1 || state.reason.length >= LONGEST_REASON) return { state };
      return { state: { ...state, reason: state.reason + key } };
  }
}
