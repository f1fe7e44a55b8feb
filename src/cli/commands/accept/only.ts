/** `--only inode,ctime`: findings of which nothing differs but these attributes. */
import type { Candidate, Choice, Selection } from '../../../app/generation/selection.ts';
import { ATTRIBUTE_NAMES, type AttributeName, DIGEST_NAMES } from '../../../model/attributes.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { ReportChange } from '../../../model/report.ts';
import { didYouMean } from '../../../policy/suggest.ts';
import { formatCount } from '../../../report/quantities.ts';

const ALL_DIGESTS = 'digests';
const KNOWN: readonly string[] = [...ATTRIBUTE_NAMES, ALL_DIGESTS];

function attributesOf(text: string): readonly AttributeName[] {
  if (text === ALL_DIGESTS) return DIGEST_NAMES;
  const name = ATTRIBUTE_NAMES.find((known) => known === text);
  if (name !== undefined) return [name];
  throw new UserError('usage', `--only: no attribute '${printableText(text)}'${didYouMean(text, KNOWN)}`, {
    hint: `write them as reports do, such as inode,ctime; there are ${KNOWN.join(', ')}`,
  });
}

/**
 * Narrows a selection to what differs in nothing else. A flag tells of more than the attributes do, so that stays a
 * finding. Throws a UserError `usage` where a name is that of no attribute.
 */
export function narrowing(lists: readonly string[]): (among: Selection) => Selection {
  const wanted = new Set<string>(lists.flatMap((list) => list.split(',')).flatMap((name) => attributesOf(name.trim())));
  const differsOnlySo = ({ kind, consequence, attributes }: ReportChange): boolean => {
    if (kind !== 'changed' || consequence === true) return false;
    const names = Object.keys(attributes);
    return names.length > 0 && names.every((name) => wanted.has(name));
  };
  return (among) => {
    const takes = (candidate: Candidate, hasFlag: boolean): Choice =>
      candidate.change.flags.length > 0 === hasFlag && differsOnlySo(candidate.change) && among.takes(candidate);
    return {
      text: `${among.text} --only ${lists.map(printableText).join(',')}`.trimStart(),
      takes: (candidate) => takes(candidate, false),
      left: {
        includes: (candidate) => takes(candidate, true) === true,
        words: (count) => `${formatCount(count)} with a flag ${count === 1 ? 'was' : 'were'} left`,
        hint: 'look at what has a flag, and accept it by its number with --finding',
      },
      takesAlong: () => false,
      meets: () => false,
    };
  };
}
