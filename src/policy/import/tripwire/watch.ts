/** From the properties of Tripwire to what a rule of integ watches. */
import type { AttributeName } from '../../../model/attributes.ts';
import { sizeGrowingTerms, watchTerms } from '../watch-terms.ts';
import { TRIPWIRE_LETTERS, type TripwireLetter, tripwireProperty } from './properties.ts';

/** Terms of the key `watch`. Nothing is lost: Tripwire's digests of a symbolic link are of where it points to. */
export function translateMask(letters: ReadonlySet<TripwireLetter>): readonly string[] {
  const watched = new Set<AttributeName>(['type']);
  for (const letter of TRIPWIRE_LETTERS.filter((one) => letters.has(one))) {
    const { to, isDigest } = tripwireProperty(letter);
    if (to !== undefined) watched.add(to);
    if (isDigest === true) watched.add('target');
  }
  return letters.has('l') ? sizeGrowingTerms(watched) : watchTerms(watched);
}
