/** What a finding of a review has to say in a word or two, and in full. */
import type { ReportChange } from '../../model/report.ts';
import { changeLines, diffLines, type LineStyle } from '../../report/change-lines.ts';
import { plain } from '../../report/plain.ts';
import { FLAG_WORDS, plural } from '../../report/words.ts';
import { inLines } from '../fit.ts';
import type { ReviewItem } from './entries.ts';
import type { ReviewRow } from './rows.ts';

/** The kind of a finding before its path, and what stands below it. */
export const VERB_COLUMNS = 10;
export const DETAIL = ' '.repeat(VERB_COLUMNS);
/** More are not read by one who looks at a group: they unfold it. */
const MOST_IN_DETAIL = 50;

/** Flags, then what changed inside, marked as in the report. */
export function findingWords({ flags, content }: ReportChange): string {
  const alarms = flags.length === 0 ? [] : [`! ${flags.map((flag) => FLAG_WORDS[flag]).join('; ')}`];
  const facts = content === undefined || content.facts.length === 0 ? [] : [`* ${content.facts.join('; ')}`];
  return plain([...alarms, ...facts].join('  '));
}

/** What a finding takes with it and its lines do not show. */
export function besides({ change, oldRule, raisedFrom, isViolated, along }: ReviewItem): readonly string[] {
  const { from, path } = change;
  return [
    ...(isViolated ? ['is not as required besides, which accepting does not mend'] : []),
    ...(raisedFrom === undefined ? [] : [`${change.severity}, though its rule says ${raisedFrom}`]),
    ...(oldRule === undefined ? [] : [`until now under the rule ${oldRule}`]),
    ...(along === 0 ? [] : [`and with it ${plural(along, 'object')} from below ${from} to below ${path}`]),
  ].map((text) => DETAIL + plain(text));
}

/** Everything about what a row stands for, in lines of a width. */
export function detailsOf(row: ReviewRow | undefined, width: number, most = MOST_IN_DETAIL): readonly string[] {
  if (row === undefined) return [];
  const style = { width, verbose: true };
  if (row.kind === 'item') return itemDetails(row.item, style);
  const { title, lines } = row.kind === 'fold' ? row.fold : { title: row.title, lines: [] };
  const shown = row.items.slice(0, most);
  const left = row.items.length - shown.length;
  return [
    ...inLines(title, width),
    ...diffLines(lines).flatMap(({ text }) => inLines(text, width)),
    '',
    ...shown.flatMap((item) => itemDetails(item, style)),
    ...(left > 0 ? inLines(`… and ${plural(left, 'more finding')}`, width) : []),
  ];
}

function itemDetails(item: ReviewItem, style: LineStyle): readonly string[] {
  const lines = [...changeLines(item.change, style).map(({ text }) => text), ...besides(item)];
  return [...lines.flatMap((text) => inLines(text, style.width)), ''];
}
