/** A review as lines for a terminal of a given size. A pure function: it neither reads keys nor writes. */
import { grouped, plural } from '../../report/words.ts';
import { cut, inLines } from '../fit.ts';
import { filterWords } from './filter.ts';
import { helpLines, keysOf } from './help.ts';
import { detailsOf } from './item-words.ts';
import { filterLines, listLines, type ScreenLine } from './list.ts';
import { type ReviewState, rowAt } from './state.ts';
import { summaryOf } from './summary.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What stands beside the list: from which column on, counted from 0, and what. */
export interface ScreenRow extends ScreenLine {
  readonly beside?: { readonly column: number; readonly text: string };
}

/** Title, filter, message and keys. */
const FRAME = 4;
/** Where lists and details have as much room each as on the smallest terminal, or nearly so. */
const WIDE = 130;
const BESIDE = '│ ';

/** Lines of the list or text that fit. */
export function pageLength(size: ScreenSize): number {
  return Math.max(1, size.rows - FRAME);
}

export function renderReview(state: ReviewState, size: ScreenSize): readonly ScreenRow[] {
  const page = pageLength(size);
  const body = bodyOf(state, size, page);
  const empty = line('', 'plain');
  const [message, keys] = footOf(state);
  return [
    line(title(state), 'title'),
    line(filterLine(state), 'alert'),
    ...Array.from({ length: page }, (_, index) => body[index] ?? empty),
    line(message, 'alert'),
    line(keys, 'keys'),
  ]
    .slice(0, Math.max(1, size.rows))
    .map((row) => ({ ...row, text: cut(row.text, size.columns) }));
}

function line(text: string, style: ScreenLine['style']): ScreenRow {
  return { text, style };
}

/** The counts first, so that no long name of a host and no narrow terminal hides them. */
function title({ report, decisions: { counts } }: ReviewState): string {
  const incomplete = report.status === 'incomplete' ? 'INCOMPLETE  ' : '';
  const decided = `accept ${grouped(counts.accept)}, leave ${grouped(counts.leave)}, undecided ${grouped(counts.undecided)}`;
  return `${incomplete}${decided}  ${report.host}  ${report.startedAt.slice(0, 16)}`;
}

function filterLine({ filter, rows, items }: ReviewState): string {
  if (filter.size === 0) return '';
  const listed = rows.reduce((sum, row) => sum + (row.kind === 'heading' ? row.items.length : 0), 0);
  return `only ${filterWords(filter)}: ${grouped(listed)} of ${grouped(items.length)} listed`;
}

function footOf(state: ReviewState): readonly [string, string] {
  return [state.view === 'search' ? `/${state.typed}_` : state.message, keysOf(state.view)];
}

function bodyOf(state: ReviewState, size: ScreenSize, page: number): readonly ScreenRow[] {
  switch (state.view) {
    case 'list':
    case 'search':
      return size.columns < WIDE ? listLines(state, page, size.columns) : wideBody(state, size, page);
    case 'filter':
      return filterLines(state, page);
    case 'details':
      return scrolledBody(detailsOf(rowAt(state), size.columns), state.scroll, page);
    case 'help':
      return scrolledBody(helpLines(size.columns), state.scroll, page);
    case 'summary':
      return scrolledBody(summaryOf(state, size.columns), state.scroll, page);
    case 'reason': {
      const what = state.decisions.counts.accept === 1 ? 'is this' : 'are these';
      const asked = inLines(`Why ${what} accepted? It is kept with the baseline.`, size.columns);
      const typed = inLines(`> ${state.reason}_`, size.columns);
      return [...asked.map((text) => line(text, 'plain')), ...typed.map((text) => line(text, 'selected'))].slice(-page);
    }
    case 'leave-unsaved': {
      const marked = plural(state.decisions.counts.accept, 'finding is', 'findings are');
      return [line(`${marked} marked, and nothing was written.`, 'alert'), line('Leave all the same?', 'alert')];
    }
    default:
      return state.view satisfies never;
  }
}

/** The list, and beside it all that there is to know of the row that the reader is on. */
function wideBody(state: ReviewState, size: ScreenSize, page: number): readonly ScreenRow[] {
  const column = Math.floor(size.columns / 2);
  const width = size.columns - column - BESIDE.length;
  const list = listLines(state, page, column - 1);
  // What does not fit in lines fits in findings even less.
  const details = detailsOf(rowAt(state), width, page);
  const fitting = details.length <= page ? details : [...details.slice(0, page - 1), '… all of it: d'];
  return Array.from({ length: page }, (_, index) => {
    const { text, style } = list[index] ?? line('', 'plain');
    return { text: cut(text, column - 1), style, beside: { column, text: BESIDE + (fitting[index] ?? '') } };
  });
}

function scrolledBody(lines: readonly string[], scroll: number, page: number): readonly ScreenRow[] {
  const first = Math.min(scroll, Math.max(0, lines.length - page));
  return lines.slice(first, first + page).map((text) => line(text, 'plain'));
}
