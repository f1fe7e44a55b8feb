/**
 * What an import from Tripwire asks of the host: where paths lead, and what the Tripwire that is installed here
 * records.
 */
import { baseName, joinPath, type Path, parentPath, pathFromLatin1, ROOT } from '../../model/bytes.ts';
import type { Watch } from '../../model/rule.ts';
import { TRIPWIRE_LETTERS, type TripwireLetter } from '../../policy/import/tripwire/properties.ts';
import type { Locate } from '../../policy/import/tripwire/translate.ts';
import { translateMask } from '../../policy/import/tripwire/watch.ts';
import { watchOfTerms } from '../../policy/import/watch-terms.ts';
import { followLinks } from '../../system/resolve.ts';
import type { Tree } from '../../system/tree.ts';
import type { Context } from '../context.ts';
import type { ForeignChoice } from './compare.ts';
import { tripwireDatabase } from './tripwire-program.ts';

/** Follows the links to the directory of an object; as a function that remembers the directories it was asked for. */
function realNames(tree: Tree): (path: Path) => Path {
  const real = new Map<Path, Path>();
  return (path) => {
    if (path === ROOT) return ROOT;
    const directory = parentPath(path);
    const found = real.get(directory) ?? followLinks(tree, directory)?.target ?? directory;
    real.set(directory, found);
    return joinPath(found, baseName(path));
  };
}

/** Where the paths of a policy lead in the examined tree. */
export function locator(tree: Tree): Locate {
  const realName = realNames(tree);
  return (path) => {
    const real = realName(pathFromLatin1(path));
    return { path: real, isLink: followLinks(tree, real)?.links.includes(real) === true };
  };
}

/** What Tripwire records by a policy, object by object under their real names. It reads the content of files. */
export async function tripwireChoices(context: Context, tree: Tree, file: string): Promise<readonly ForeignChoice[]> {
  const realName = realNames(tree);
  const byPath = new Map<Path, ReadonlySet<TripwireLetter>>();
  for (const [name, letters] of await tripwireDatabase(context, file)) {
    const path = realName(pathFromLatin1(name));
    byPath.set(path, new Set([...(byPath.get(path) ?? []), ...letters]));
  }
  const watches = new Map<string, Watch>();
  return [...byPath].map(([path, letters]) => {
    const mask = TRIPWIRE_LETTERS.filter((letter) => letters.has(letter)).join('');
    const watch = watches.get(mask) ?? watchOfTerms(translateMask(letters));
    watches.set(mask, watch);
    return { path, watch, rule: `+${mask}` };
  });
}
