/** The keys of a review in words, and what accepting means. */
import { wrapped } from '../../report/wrapped.ts';
import { inLines } from '../fit.ts';
import type { ReviewState } from './state.ts';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['up, down, k, j', 'move; page up, page down, g, G: pages and ends'],
  ['n, p', 'next and previous group'],
  ['/', 'search in names, rules and words; / and enter: again'],
  ['f', 'filter: unexplained, severity, kind, rule'],
  ['a, y', 'accept this finding, or what its line stands for'],
  ['l', 'leave it: it stays a finding'],
  ['c', 'undecided again'],
  ['A, L', 'accept or leave the whole group'],
  ['e', 'accept what packages explain of what is listed'],
  ['u', 'undo the last decision'],
  ['enter', 'unfold a line with +, else details'],
  ['d', 'details: every attribute before and after'],
  ['w', 'write: shows a summary first, asks for the reason'],
  ['q, escape', 'leave without writing'],
];
const KEY_COLUMNS = 16;

const MEANING: readonly string[] = [
  'Accepting makes a new generation of the baseline that holds the state recorded in this report, whatever is on disk ' +
    'by now. What is left or undecided stays a finding. Violations of requirements and errors cannot be accepted: ' +
    'they are mended.',
  'What bears a flag, was raised, or comes from under another rule is never accepted with a group, only by itself.',
  'What the filter hides is decided by no key; what was decided before it was hidden is written all the same.',
];

export function helpLines(width: number): readonly string[] {
  return [
    ...KEYS.flatMap(([keys, does]) => wrapped(keys.padEnd(KEY_COLUMNS), does, width)),
    ...MEANING.flatMap((text) => ['', ...wrapped('', text, width)]),
  ].flatMap((text) => inLines(text, width));
}

export function keysOf(view: ReviewState['view']): string {
  switch (view) {
    case 'list':
      return '? help  a accept  l leave  A group  e explained  / search  f filter  w write  q';
    case 'details':
      return 'a accept  l leave  up/down scroll  any other key: back';
    case 'filter':
      return 'enter choose  u unexplained  c choose nothing  up/down  any other key: back';
    case 'search':
      return 'enter: search  escape: back';
    case 'help':
      return 'up/down scroll  any other key: back';
    case 'summary':
      return 'enter: go on to the reason  up/down scroll  any other key: back';
    case 'reason':
      return 'enter: write the baseline  escape: back';
    case 'leave-unsaved':
      return 'y: leave without writing  any other key: back';
    default:
      return view satisfies never;
  }
}
