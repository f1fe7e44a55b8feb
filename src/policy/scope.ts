/** Whether paths lie within given patterns, as --paths restricts a check. */
import type { Path } from '../model/bytes.ts';
import type { PathPattern } from '../model/rule.ts';
import { compilePattern, deepestStart } from './glob.ts';

/** A test for paths that one of the patterns covers: it or an ancestor of it matches. */
export function coveredBy(patterns: readonly PathPattern[]): (path: Path) => boolean {
  const compiled = patterns.map(compilePattern);
  return (path) => compiled.some((alternatives) => deepestStart(alternatives, path) >= 0);
}
