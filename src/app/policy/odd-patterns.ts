/** Patterns that are not what they look like: expressions among globs, and names with brackets written as they are. */
import { type Path, pathFromLatin1, printable, printableText, ROOT } from '../../model/bytes.ts';
import type { PathPattern } from '../../model/rule.ts';
import { bracketEnd } from '../../policy/braces.ts';
import { anchorOf, compilePattern, coversPath, escapedGlob } from '../../policy/glob.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { expandPaths, type GlobTree } from '../../policy/starts.ts';

interface WrittenPattern {
  readonly pattern: PathPattern;
  /** Where it stands, for a sentence. */
  readonly where: string;
  readonly isLeftOut: boolean;
}

/** What regular expressions have and file names hardly ever. */
const SURELY_EXPRESSION = /^\^|[^\\]\$$|\\[SsDdWw]/;
/** Believed of a pattern that matches nothing. */
const PROBABLY_EXPRESSION = /\.\+|\\\.|\(.*\|.*\)/;
/** Globs have it too, though rarely with more behind it; believed of what leaves out and matches nothing. */
const PERHAPS_EXPRESSION = /\.\*[^/_,}]/;

/** A sentence for each pattern of the policy that is probably not meant as it stands. */
export async function oddPatternLines(
  { policy, places }: Pick<LoadedPolicy, 'policy' | 'places'>,
  tree: GlobTree,
): Promise<readonly string[]> {
  const written: WrittenPattern[] = [
    ...policy.ignore.map((pattern, index) => ({ pattern, where: `ignore (${places.ignore[index]})`, isLeftOut: true })),
    ...policy.rules.flatMap(({ index, name, paths, exclude }) => {
      const rule = `rule "${printableText(name)}" (${places.rules[index]})`;
      return [
        ...paths.map((pattern) => ({ pattern, where: `paths of ${rule}`, isLeftOut: false })),
        ...exclude.map((pattern) => ({ pattern, where: `exclude of ${rule}`, isLeftOut: true })),
      ];
    }),
  ];
  const lines: string[] = [];
  for (const { pattern, where, isLeftOut } of written) {
    const text = printable(pathFromLatin1(pattern.text));
    if (await isExpression(pattern, isLeftOut, tree)) {
      lines.push(`In ${where}: ${text} looks like a regular expression, is read as a glob and matches nothing`);
    }
    if (hasOpenBracket(pattern.text)) {
      lines.push(`In ${where}: ${text} has a [ that no ] closes, which stands for itself: write \\[ if that is meant`);
    }
    const meant = pathMeant(pattern, tree);
    if (meant === undefined) continue;
    lines.push(`In ${where}: ${text} does not match the path of this very name: write ${printable(meant)}`);
  }
  return lines;
}

async function isExpression(pattern: PathPattern, isLeftOut: boolean, tree: GlobTree): Promise<boolean> {
  const isSure = SURELY_EXPRESSION.test(pattern.text);
  const isPerhaps = isLeftOut && PERHAPS_EXPRESSION.test(pattern.text);
  if (!isSure && !isPerhaps && !PROBABLY_EXPRESSION.test(pattern.text)) return false;
  // To look for what a `**` may match is to walk the system.
  if (compilePattern(pattern).some((alternative) => anchorOf(alternative) !== Number.POSITIVE_INFINITY)) return isSure;
  const { missing, failures } = await expandPaths([{ index: 0, paths: [pattern] }], tree, () => false);
  return missing.length > 0 && failures.length === 0;
}

function hasOpenBracket(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '[') {
      const end = bracketEnd(text, index);
      if (end < 0) return true;
      index = end;
    }
  }
  return false;
}

/** The pattern for what exists under the text of a pattern, brackets and all, and is not covered by it. */
function pathMeant(pattern: PathPattern, tree: GlobTree): Path | undefined {
  if (pattern.literal !== undefined || !pattern.text.startsWith('/')) return undefined;
  const path = pathFromLatin1(pattern.text);
  if (path === ROOT || coversPath([pattern], path)) return undefined;
  try {
    return tree.exists(path) ? pathFromLatin1(escapedGlob(path)) : undefined;
  } catch {
    // It cannot be looked at, so nobody knows.
    return undefined;
  }
}
