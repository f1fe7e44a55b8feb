/** The files of a directory that `@@include` and `@@x_include` of AIDE take. */
import { PatternError } from '../../braces.ts';
import { RegexSet } from '../../regex/match.ts';
import { parseRegex } from '../../regex/parse.ts';
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';

/** Those whose names an expression matches, in order. Throws a UserError for an expression that is none. */
export function includedFiles(
  files: ImportFiles,
  directory: string,
  expression: string,
  place: Place,
): readonly string[] {
  try {
    // What is sought may begin anywhere in the name, as in PCRE.
    const set = new RegexSet([parseRegex(`.*(${expression})`)]);
    const names = files.list(directory).filter((name) => set.match(name).length > 0);
    return names.map((name) => `${directory.replace(/\/$/, '')}/${name}`);
  } catch (error) {
    if (error instanceof PatternError) throw mistake(place, `'${shown(expression)}': ${error.message}`);
    throw error;
  }
}
