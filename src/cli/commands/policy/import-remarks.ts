/** What an import says of what it did not carry over: a line each, the long ones counted. */
import { pathFromLatin1, printable } from '../../../model/bytes.ts';
import { type Note, placesText } from '../../../policy/import/notes.ts';
import { formatCount } from '../../../report/quantities.ts';

/** Places that are named of one remark, and remarks that are printed. */
const MAX_PLACES = 10;
const MAX_REMARKS = 100;

/** The lines, without what a terminal would obey. All of it is at the top of the policy. */
export function remarkLines(notes: readonly Note[]): readonly string[] {
  const lines = notes.slice(0, MAX_REMARKS).map(({ text, places }) => {
    const count = `${formatCount(places.length)} ${places.length === 1 ? 'line' : 'lines'}`;
    return printable(pathFromLatin1(`${text}: ${count}: ${placesText(places, MAX_PLACES)}`));
  });
  const more = notes.length - MAX_REMARKS;
  return more > 0 ? [...lines, `${formatCount(more)} more remarks are at the top of the policy`] : lines;
}

/** "3 things were", of what was lost. */
export function countedLosses(losses: number): string {
  return `${formatCount(losses)} ${losses === 1 ? 'thing was' : 'things were'}`;
}
