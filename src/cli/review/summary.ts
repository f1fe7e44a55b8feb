/** What a review is about to accept, name by name: what is accepted must not be hidden behind a count. */
import { numberedTitle } from '../../report/change-lines.ts';
import { plain } from '../../report/plain.ts';
import { plural } from '../../report/words.ts';
import { inLines } from '../fit.ts';
import type { Decisions } from './decisions.ts';
import { besides, DETAIL, findingWords } from './item-words.ts';
import { acceptedItems, type ReviewState } from './state.ts';

interface Summary {
  readonly width: number;
  readonly lines: readonly string[];
}

/** Of thousands of findings it is not made anew for each key that scrolls it. */
const known = new WeakMap<Decisions, Summary>();

export function summaryOf(state: ReviewState, width: number): readonly string[] {
  const made = known.get(state.decisions);
  if (made?.width === width) return made.lines;
  const lines = summaryLines(state, width);
  known.set(state.decisions, { width, lines });
  return lines;
}

function summaryLines(state: ReviewState, width: number): readonly string[] {
  const { accept, leave, undecided } = state.decisions.counts;
  const accepted = acceptedItems(state).flatMap((item) => {
    const { change } = item;
    const words = findingWords(change);
    const lines = [
      numberedTitle(change),
      ...(change.from === undefined ? [] : [`${DETAIL}from ${plain(change.from)}`]),
      ...(words === '' ? [] : [DETAIL + words]),
      ...besides(item),
    ];
    return lines.flatMap((text) => inLines(`  ${text}`, width));
  });
  const staying = leave + undecided;
  const others = plural(staying, 'finding stays a finding', 'findings stay findings');
  return [
    `A new generation of the baseline accepts ${plural(accept, 'finding')}:`,
    staying === 0 ? 'No finding stays.' : `${others}.`,
    '',
    ...accepted,
  ].flatMap((text) => inLines(text, width));
}
