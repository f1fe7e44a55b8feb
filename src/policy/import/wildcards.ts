/** Patterns of glob(3), as other programs have them, in the pattern language. */
import { isReadable, pathFromLatin1 } from '../../model/bytes.ts';
import { parsePattern } from '../glob.ts';

/** Whether a path holds a wildcard of glob(3). */
export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The pattern that means the same; undefined when the language has none, such as for a named class. */
export function globOfWildcards(path: string): string | undefined {
  // Braces and commas are characters there, and two asterisks in a row say no more than one.
  const glob = path.replaceAll(/[{},]/g, '\\$&').replaceAll(/\*{2,}/g, '*');
  return isWritablePattern(glob) ? glob : undefined;
}

/** Whether a pattern, one character a byte, can be read in a policy and is one. */
export function isWritablePattern(glob: string): boolean {
  const isText = isReadable(pathFromLatin1(glob));
  return isText && parsePattern(Buffer.from(glob, 'latin1').toString('utf8'), 'path').ok;
}
