/** From the categories of osquery to rules of integ: a category is a rule, with what is excluded from it. */
import { type Atom, groupAtoms } from '../grouping.ts';
import type { Notes } from '../notes.ts';
import { originOf } from '../placements.ts';
import type { ImportedRule } from '../policy-text.ts';
import { isWritablePattern } from '../wildcards.ts';
import type { Category, WrittenPath } from './file-paths.ts';

interface Watched {
  readonly glob: string;
  /** How far below what the pattern matches; Infinity for all. */
  readonly depth: number;
}

/** A pattern of the policy language for one with `%` and `*`; undefined when there is none. */
function globOf(path: string): string | undefined {
  const glob = path
    .replaceAll(/[%*]+/g, (signs) => '*'.repeat(Math.min(signs.length, 2)))
    // Within a name, two say no more than one.
    .replaceAll(/[^/]+/g, (name) => (name === '**' ? name : name.replaceAll('**', '*')));
  return isWritablePattern(glob) ? glob : undefined;
}

function watchedBy({ text, place }: WrittenPath, notes: Notes): Watched | undefined {
  const glob = globOf(text);
  if (glob === undefined) {
    notes.add(`no absolute path that can be written as a pattern: left out: ${text}`, place);
    return undefined;
  }
  if (glob.endsWith('/**')) return { glob, depth: Number.POSITIVE_INFINITY };
  if (glob.includes('/**/')) {
    notes.add('osquery takes %% inside of a path for one level: here it is any number of them', place);
  }
  // A slash at the end asks for what lies in the directory; a watched directory tells of it too.
  if (glob.endsWith('/') && glob !== '/') return { glob: `${glob}*`, depth: 0 };
  const isLastWild = /[*?[{]/.test(glob.slice(glob.lastIndexOf('/')));
  return { glob, depth: isLastWild ? 0 : 1 };
}

function excludedBy(paths: readonly WrittenPath[], notes: Notes): readonly string[] {
  return paths.flatMap(({ text, place }) => {
    const glob = globOf(text);
    if (glob === undefined) notes.add(`no pattern that can be excluded, so it is watched: ${text}`, place);
    return glob ?? [];
  });
}

/** Translates categories in the order of their file. */
export function translateFilePaths(categories: readonly Category[], notes: Notes): ImportedRule[] {
  let order = 0;
  const atoms = categories.flatMap(({ name, paths, excluded }): Atom[] => {
    const exclude = excludedBy(excluded, notes);
    return paths.flatMap((path): Atom[] => {
      const watched = watchedBy(path, notes);
      if (watched === undefined) return [];
      const { glob, depth } = watched;
      order += 1;
      const translatedFrom = glob === path.text ? undefined : path.text;
      return [
        {
          // osquery tells of any event: content, attributes, times, and what came and went.
          watch: ['read-only'],
          types: [],
          exclude,
          label: depth === 0 ? `${name}, these alone` : depth === 1 ? `${name}, and what lies in these` : name,
          isLabelKept: true,
          order,
          start: glob.slice(0, Math.max(0, glob.search(/[*?[{\\]|$/))),
          selector: { kind: 'paths', text: glob, origin: originOf(path.place), translatedFrom },
          ...(depth === Number.POSITIVE_INFINITY ? {} : { settings: { depth } }),
        },
      ];
    });
  });
  return groupAtoms(atoms);
}
