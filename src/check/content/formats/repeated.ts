/**
 * Names that stand more than once in an account file: who reads it takes the first, so a second may be there to
 * deceive.
 */
import type { Fact } from './change.ts';
import { shown } from './wording.ts';

interface Entry {
  readonly name: string;
  readonly line: string;
}

/** `what` is the kind of entry: user, group, account. */
export function repeatedFacts(what: string, previous: readonly Entry[], present: readonly Entry[]): Fact[] {
  const [first] = present;
  if (first === undefined) return [];
  const name = `${what} ${shown(first.name)}`;
  if (present.length > 1 && present.length !== previous.length) {
    return [{ rank: 0, text: `${name} stands ${present.length} times now` }];
  }
  if (previous.length > 1 && present.length === 1) return [{ rank: 1, text: `${name} stands only once now` }];
  const isOther = present.slice(1).some((entry, index) => entry.line !== previous[index + 1]?.line);
  return isOther ? [{ rank: 1, text: `a further entry of ${name} changed` }] : [];
}

/** Names by number, to tell who shares one: " (same as root)". */
export function sharedWith(name: string, namesOfNumber: readonly string[] | undefined): string {
  const other = namesOfNumber?.find((candidate) => candidate !== name);
  return other === undefined ? '' : ` (same as ${shown(other)})`;
}
