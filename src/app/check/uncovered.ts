/**
 * Finds out what of --paths covers nothing: a mistyped pattern must not look like a part of the system without changes.
 */
import type { ComparisonResult } from '../../check/comparison.ts';
import { type Path, pathFromLatin1, printable } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { PathPattern, Rule } from '../../model/rule.ts';
import { coversPath } from '../../policy/glob.ts';

/** Where the objects are that a check knows of. */
export interface KnownObjects {
  readonly scope: readonly PathPattern[];
  readonly rules: readonly Rule[];
  readonly comparison: ComparisonResult;
  /** Paths of the baseline, in any order; read no further than needed. */
  readonly recorded: Iterable<{ readonly path: Path }>;
}

/** Paths that were looked at whether anything is recorded there or not. */
function* lookedAt({ rules, comparison }: KnownObjects): Generator<Path, void, undefined> {
  for (const { path, from } of comparison.findings) {
    yield path;
    if (from !== undefined) yield from;
  }
  for (const { path } of comparison.failures) yield path;
  for (const { require, paths } of rules) {
    if (require === undefined) continue;
    for (const { literal } of paths) if (literal !== undefined) yield pathFromLatin1(literal);
  }
}

function* recordedPaths(recorded: Iterable<{ readonly path: Path }>): Generator<Path, void, undefined> {
  for (const { path } of recorded) yield path;
}

/** The patterns that cover no object, recorded or found. */
function uncovered(known: KnownObjects): readonly PathPattern[] {
  let left = known.scope;
  for (const paths of [lookedAt(known), recordedPaths(known.recorded)]) {
    for (const path of paths) {
      if (left.length === 0) return left;
      left = left.filter((pattern) => !coversPath([pattern], path));
    }
  }
  return left;
}

/**
 * Remarks on the patterns that cover nothing. Throws a UserError `usage` when none of them covers anything, so that
 * nothing was compared, unless something that could not be examined may be why.
 */
export function uncoveredNotes(known: KnownObjects): readonly string[] {
  const nothing = uncovered(known);
  if (nothing.length === 0) return [];
  const listed = nothing.map(({ text }) => printable(pathFromLatin1(text))).join(', ');
  if (nothing.length === known.scope.length && known.comparison.failures.length === 0) {
    throw new UserError('usage', `--paths covers nothing that is recorded or there now: ${listed}`, {
      hint: 'integ baseline entries GLOB shows what is recorded, integ policy explain PATH what is selected',
    });
  }
  return [`--paths covers nothing at ${listed}`];
}
