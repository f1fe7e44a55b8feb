/**
 * Which rules have expressions that match no object of the examined system. One walk for all of them, that enters only
 * directories in which a rule without a match so far may find one. It asks the tree through an interface.
 */
import { joinPath, type Path, ROOT } from '../model/bytes.ts';
import { errorCode, type Failure, failureFrom } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import { matchTree } from './match.ts';
import { RegexSet, type RegexState } from './regex/match.ts';
import type { GlobTree } from './starts.ts';

export interface Unmatched {
  /** Indices of rules with expressions of which none matches anything. */
  readonly rules: ReadonlySet<number>;
  /** Directories that could not be listed; there may be matches in them. */
  readonly failures: readonly Failure[];
}

interface Directory {
  readonly path: Path;
  /** Where the expressions stand after the path and a slash. */
  readonly state: RegexState;
}

/**
 * Looks for a match of every rule that has expressions. Directories for which `isEntered` does not hold are left out.
 */
export function findUnmatched(rules: readonly Rule[], tree: GlobTree, isEntered: (path: Path) => boolean): Unmatched {
  const patterns = rules.flatMap(({ match, index }) => match.map((pattern) => ({ index, pattern })));
  const set = new RegexSet(patterns.map(({ pattern }) => matchTree(pattern)));
  const waiting = new Set(patterns.map(({ index }) => index));
  const failures: Failure[] = [];
  const isAwaited = (number: number): boolean => waiting.has(patterns[number]?.index ?? -1);
  const found = (numbers: readonly number[]): void => {
    for (const number of numbers) waiting.delete(patterns[number]?.index ?? -1);
  };
  // What is settled by the slash alone still needs an object to match.
  const mayMatchBelow = ({ open, settled }: RegexState): boolean => open.some(isAwaited) || settled.some(isAwaited);
  found(set.match(ROOT));
  const pending: Directory[] = [{ path: ROOT, state: set.advance(set.start, '/') }];
  for (let directory = pending.pop(); directory !== undefined && waiting.size > 0; directory = pending.pop()) {
    if (!mayMatchBelow(directory.state)) continue;
    for (const { name, isDirectory } of listed(tree, directory.path, failures)) {
      const state = set.advance(directory.state, name);
      found(state.accepted);
      const path = joinPath(directory.path, name);
      const below = set.advance(state, '/');
      if (isDirectory && mayMatchBelow(below) && isEntered(path)) pending.push({ path, state: below });
    }
  }
  return { rules: waiting, failures };
}

function listed(tree: GlobTree, path: Path, failures: Failure[]): ReturnType<GlobTree['list']> {
  try {
    return tree.list(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EUNKNOWN') throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      failures.push({ ...failureFrom(path, error), operation: 'readdir' });
    }
    return [];
  }
}
