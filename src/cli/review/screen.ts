/** A review as lines for a terminal of a given size. A pure function: it neither reads keys nor writes. */
import type { ReportChange } from '../../model/report.ts';
import { changeLines, changeTitle } from '../../report/change-lines.ts';
import { plain } from '../../report/plain.ts';
import { plural } from '../../report/words.ts';
import {
  countDecisions,
  type Decision,
  decisionOf,
  type ReviewItem,
  type ReviewRow,
  type ReviewState,
} from './state.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A line and how it is to stand out. */
export interface ScreenLine {
  readonly text: string;
  readonly style: 'plain' | 'title' | 'selected' | 'group' | 'keys' | 'alert';
}

const MARK: Readonly<Record<Decision, string>> = { undecided: '[ ]', accept: '[a]', leave: '[l]' };
/** The kind of a finding before its path, and what stands below it. */
const VERB_COLUMNS = 10;
const DETAIL = ' '.repeat(VERB_COLUMNS);
/** Title, empty line, message and keys. */
const FRAME = 4;

/** Lines of the list or text that fit. */
export function pageLength(size: ScreenSize): number {
  return Math.max(1, size.rows - FRAME);
}

const HELP = [
  'up, down, k, j        move',
  'page up, page down    move a page; g and G to the ends',
  'a, y                  accept this finding (on a heading: the whole group)',
  'l, n                  leave it: it stays a finding',
  'u                     undecided again',
  'A, L                  accept or leave the whole group; what came from under',
  '                      another rule is accepted one by one only',
  'enter, d              details: every attribute before and after',
  'w                     write: shows a summary first, asks for the reason',
  'q, escape             leave without writing',
  '',
  'Accepting makes a new generation of the baseline that holds the state',
  'recorded in this report, whatever is on disk by now. What is left or',
  'undecided stays a finding. Violations of requirements and errors cannot',
  'be accepted: they are mended.',
];

export function renderReview(state: ReviewState, size: ScreenSize): ScreenLine[] {
  const page = pageLength(size);
  const lines: ScreenLine[] = [line(title(state), 'title'), line('', 'plain')];
  const body = bodyOf(state, size, page);
  for (let index = 0; index < page; index += 1) lines.push(body[index] ?? line('', 'plain'));
  lines.push(line(state.message, 'alert'), line(keysOf(state), 'keys'));
  return lines.map(({ text, style }) => ({ text: cut(text, size.columns), style }));
}

function line(text: string, style: ScreenLine['style']): ScreenLine {
  return { text, style };
}

/** Everything in a report is escaped, so characters are what a terminal shows, one column each but for wide ones. */
function cut(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** In the details nothing is cut: what does not fit goes on in the next line. */
function wrap(text: string, columns: number): string[] {
  const characters = [...text];
  const lines: string[] = [];
  for (let start = 0; start < characters.length; start += columns) {
    lines.push(characters.slice(start, start + columns).join(''));
  }
  return lines;
}

function title(state: ReviewState): string {
  const counts = countDecisions(state);
  const { report } = state;
  const incomplete = report.status === 'incomplete' ? 'INCOMPLETE  ' : '';
  return (
    `${incomplete}${report.host}  ${report.startedAt.slice(0, 16)}  ` +
    `accept ${counts.accept}, leave ${counts.leave}, undecided ${counts.undecided}`
  );
}

function bodyOf(state: ReviewState, size: ScreenSize, page: number): ScreenLine[] {
  switch (state.view) {
    case 'list':
      return listBody(state, page, size.columns);
    case 'details':
      return scrolledBody(detailsOf(state, size), state.scroll, page);
    case 'help':
      return scrolledBody(HELP, state.scroll, page);
    case 'summary':
      return scrolledBody(summaryOf(state, size.columns), state.scroll, page);
    case 'reason':
      return [
        line(
          `Why ${countDecisions(state).accept === 1 ? 'is this' : 'are these'} accepted? It is kept with the baseline.`,
          'plain',
        ),
        line('', 'plain'),
        line(`> ${state.reason}_`, 'selected'),
      ];
    case 'leave-unsaved': {
      const marked = plural(countDecisions(state).accept, 'finding is', 'findings are');
      return [line(`${marked} marked, and nothing was written.`, 'alert'), line('Leave all the same?', 'alert')];
    }
    default:
      return state.view satisfies never;
  }
}

/** Keeps the cursor in sight, with the list scrolled no further than needed. */
function listBody(state: ReviewState, page: number, columns: number): ScreenLine[] {
  if (state.rows.length === 0) return [line('There is nothing to accept in this report.', 'plain')];
  const last = Math.max(0, state.rows.length - page);
  const first = Math.min(last, Math.max(0, state.cursor - Math.floor(page / 2)));
  return state.rows
    .slice(first, first + page)
    .map((row, offset) => rowLine(state, row, columns, first + offset === state.cursor));
}

function rowLine(state: ReviewState, row: ReviewRow, columns: number, isSelected: boolean): ScreenLine {
  if (row.kind === 'group') {
    const { severity, rule, proof, items } = row.group;
    const explained = proof === undefined ? '' : ` explained by packages, ${proof}`;
    const text = `${severity.toUpperCase()}  ${rule}  (${plural(items.length, 'finding')}${explained})`;
    return line(text, isSelected ? 'selected' : 'group');
  }
  const { change, index } = row.item;
  const flags = change.flags.length > 0 ? '!' : ' ';
  const mark = `  ${MARK[decisionOf(state, index)]} ${flags} `;
  return line(mark + rowTitle(change, columns - mark.length), isSelected ? 'selected' : 'plain');
}

const BETWEEN_ENDS = ' -> ';

/**
 * A move shows where it came from and where it went, however long the names: each end may take half of what is left.
 */
function rowTitle(change: ReportChange, columns: number): string {
  const title = changeTitle(change);
  if (change.from === undefined) return title;
  const verb = title.slice(0, VERB_COLUMNS);
  const [to, from] = [title.slice(VERB_COLUMNS), plain(change.from)];
  const room = columns - VERB_COLUMNS - BETWEEN_ENDS.length;
  if (from.length + to.length <= room) return verb + from + BETWEEN_ENDS + to;
  const half = Math.floor(room / 2);
  const fromRoom = Math.max(half, room - to.length);
  return verb + cut(from, fromRoom) + BETWEEN_ENDS + cut(to, Math.max(half, room - from.length));
}

function detailsOf(state: ReviewState, size: ScreenSize): string[] {
  const row = state.rows[state.cursor];
  if (row === undefined) return [];
  const items = row.kind === 'item' ? [row.item] : row.group.items;
  const style = { width: size.columns, verbose: true };
  return items.flatMap((item) => [
    ...[...changeLines(item.change, style).map(({ text }) => text), ...besides(state, item)].flatMap((text) =>
      wrap(text, size.columns),
    ),
    '',
  ]);
}

/** What a finding takes with it and its lines do not show. */
function besides({ report }: ReviewState, { change, oldRule }: ReviewItem): string[] {
  const { from, path } = change;
  const isAlong = (other: ReportChange): boolean =>
    other.consequence === true && other.kind === 'moved' && (other.from?.startsWith(`${from}/`) ?? false);
  const along = from === undefined || change.type !== 'directory' ? 0 : report.changes.filter(isAlong).length;
  return [
    ...(oldRule === undefined ? [] : [`${DETAIL}until now under the rule ${oldRule}`]),
    ...(along === 0 ? [] : [`${DETAIL}and with it ${plural(along, 'object')} from below ${from} to below ${path}`]),
  ];
}

function summaryOf(state: ReviewState, columns: number): string[] {
  const counts = countDecisions(state);
  const accepted = state.rows.flatMap((row) => {
    if (row.kind !== 'item' || decisionOf(state, row.item.index) !== 'accept') return [];
    const { change } = row.item;
    const from = change.from === undefined ? [] : [`${DETAIL}from ${plain(change.from)}`];
    const lines = [changeTitle(change), ...from, ...besides(state, row.item)];
    return lines.flatMap((text) => wrap(`  ${text}`, columns));
  });
  const staying = counts.leave + counts.undecided;
  return [
    `A new generation of the baseline accepts ${plural(counts.accept, 'finding')}:`,
    '',
    ...accepted,
    '',
    staying === 0 ? 'No finding stays.' : `${plural(staying, 'finding stays a finding', 'findings stay findings')}.`,
  ];
}

function scrolledBody(lines: readonly string[], scroll: number, page: number): ScreenLine[] {
  const first = Math.min(scroll, Math.max(0, lines.length - page));
  return lines.slice(first, first + page).map((text) => line(text, 'plain'));
}

function keysOf(state: ReviewState): string {
  switch (state.view) {
    case 'list':
      return 'a accept  l leave  A/L group  enter details  w write  ? help  q quit';
    case 'details':
      return 'a accept  l leave  up/down scroll  any other key: back';
    case 'help':
      return 'any key: back';
    case 'summary':
      return 'enter: go on to the reason  up/down scroll  any other key: back';
    case 'reason':
      return 'enter: write the baseline  escape: back';
    case 'leave-unsaved':
      return 'y: leave without writing  any other key: back';
    default:
      return state.view satisfies never;
  }
}
