/** What of a report is listed: findings of chosen severities, kinds and rules, explained or not. */
import { SEVERITIES } from '../../model/severity.ts';
import { explanationOf } from '../../report/explained.ts';
import type { ReviewItem } from './entries.ts';

const FACETS = ['packages', 'severity', 'kind', 'rule'] as const;
type Facet = (typeof FACETS)[number];

/** One thing to choose by. */
export interface FilterChoice {
  readonly facet: Facet;
  readonly value: string;
  /** Findings of the report that have it. */
  readonly count: number;
}

/** What is chosen; of a facet in which nothing is chosen, everything is listed. */
export type Filter = ReadonlyMap<Facet, ReadonlySet<string>>;

export const NO_FILTER: Filter = new Map();
export const UNEXPLAINED = 'unexplained';

function facetValue({ change, severity }: ReviewItem, facet: Facet): string {
  switch (facet) {
    case 'packages':
      return explanationOf(change) === undefined ? UNEXPLAINED : 'explained';
    case 'severity':
      return severity;
    case 'kind':
      return change.kind;
    case 'rule':
      return change.rule;
    default:
      return facet satisfies never;
  }
}

/** What there is to choose by, each facet with the values that its findings have. */
export function choicesOf(items: readonly ReviewItem[]): readonly FilterChoice[] {
  return FACETS.flatMap((facet) => {
    const counts = new Map<string, number>();
    for (const item of items) {
      const value = facetValue(item, facet);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].sort(inOrder(facet)).map(([value, count]) => ({ facet, value, count }));
  });
}

/** Most severe first, unexplained first, all else by name. */
function inOrder(facet: Facet): (left: [string, number], right: [string, number]) => number {
  const first: readonly string[] = facet === 'severity' ? SEVERITIES : facet === 'packages' ? [UNEXPLAINED] : [];
  const rank = (value: string): number => -first.indexOf(value);
  return ([left], [right]) => rank(left) - rank(right) || (left < right ? -1 : 1);
}

export function isChosen(filter: Filter, { facet, value }: Pick<FilterChoice, 'facet' | 'value'>): boolean {
  return filter.get(facet)?.has(value) ?? false;
}

export function toggled(filter: Filter, { facet, value }: Pick<FilterChoice, 'facet' | 'value'>): Filter {
  const values = new Set(filter.get(facet));
  if (!values.delete(value)) values.add(value);
  const next = new Map(filter);
  if (values.size === 0) next.delete(facet);
  else next.set(facet, values);
  return next;
}

export function admits(filter: Filter, item: ReviewItem): boolean {
  return [...filter].every(([facet, values]) => values.has(facetValue(item, facet)));
}

/** `unexplained; high, critical; rule etc`. */
export function filterWords(filter: Filter): string {
  return FACETS.flatMap((facet) => {
    const values = filter.get(facet);
    if (values === undefined) return [];
    return `${facet === 'rule' ? 'rule ' : ''}${[...values].join(', ')}`;
  }).join('; ');
}
