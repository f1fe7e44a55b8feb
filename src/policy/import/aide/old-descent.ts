/**
 * AIDE up to 0.16 looked into a directory that a negative rule left out where another rule was kept in it or below
 * (check_node_for_match in gen_list.c, tried with 0.16.2). Later ones do not, and a policy does as they do.
 */
import { parseMatchBytes } from '../../match.ts';
import { RegexSet } from '../../regex/match.ts';
import { parseRegex } from '../../regex/parse.ts';
import type { Notes } from '../notes.ts';
import { treePlace, withBelow } from './regex-text.ts';
import type { AideRule } from './rule.ts';

const REMARK =
  'AIDE up to 0.16 looks into a directory that this rule leaves out, for another rule is kept in it or below; ' +
  'here, as in later ones, nothing below it is watched';

/** Directories that the rules which select are kept in, and those above them. */
function keptDirectories(rules: readonly AideRule[]): ReadonlySet<string> {
  const directories = new Set<string>();
  for (const { sign, regex } of rules) {
    if (sign === '!') continue;
    for (let { directory } = treePlace(regex); directory !== '' && !directories.has(directory); ) {
      directories.add(directory);
      directory = directory.slice(0, directory.lastIndexOf('/'));
    }
  }
  directories.delete('/');
  return directories;
}

/** Remarks on the negative rules of a configuration for which that makes a difference. */
export function noteOldDescent(rules: readonly AideRule[], notes: Notes): void {
  // One without an anchor at its end leaves out by itself what lies below.
  const negative = rules.filter(
    ({ sign, types, regex }) =>
      sign === '!' && types.length === 0 && withBelow(regex) !== regex && parseMatchBytes(regex).ok,
  );
  if (negative.length === 0) return;
  const set = new RegexSet(negative.map(({ regex }) => parseRegex(regex)));
  for (const directory of keptDirectories(rules)) {
    for (const index of set.match(directory)) {
      const rule = negative[index];
      if (rule !== undefined) notes.add(REMARK, rule.place);
    }
  }
}
