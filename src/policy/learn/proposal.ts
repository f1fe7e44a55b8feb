/**
 * A proposed rule with its evidence: what it is about, where it comes among others, and its pattern. Decides nothing.
 */
import type { AttributeName, ObjectType } from '../../model/attributes.ts';
import { comparePaths, isReadable, joinPath, type Path, pathFromLatin1 } from '../../model/bytes.ts';
import type { Severity } from '../../model/severity.ts';
import { escapedGlob } from '../glob.ts';
import type { Behaviour } from './groups.ts';

export interface Proposal {
  readonly behaviour: Behaviour;
  /** Directory and glob of the name in it, one character a byte; or one path. */
  readonly directory: Path;
  readonly glob: string | undefined;
  readonly path: Path | undefined;
  readonly types: readonly ObjectType[];
  readonly watch: readonly string[];
  /** Of the rules that govern the objects now, the highest: the proposal keeps it. */
  readonly severity: Severity;
  readonly rules: readonly string[];
  readonly evidence: Evidence;
}

interface Evidence {
  /** In how many checks something of it changed. */
  readonly checks: number;
  readonly attributes: readonly AttributeName[];
  /** When the last of these checks ended. */
  readonly last: string;
  /** The objects that changed. */
  readonly members: readonly Path[];
  /** Objects of the baseline that it covers too and that did not change. */
  readonly unchanged: number;
}

/** Directories before what is in them, so that the rule for what is in them comes later and wins. */
export function byPlace(left: Proposal, right: Proposal): number {
  return comparePaths(placeOf(left), placeOf(right));
}

function placeOf({ directory, glob, path }: Proposal): Path {
  return path ?? joinPath(directory, pathFromLatin1(glob ?? ''));
}

/** The pattern of a proposal in the policy language, in bytes; undefined when only an expression can say it. */
export function patternOf({
  directory,
  glob,
  path,
}: Pick<Proposal, 'directory' | 'glob' | 'path'>): string | undefined {
  const pattern =
    glob === undefined
      ? escapedGlob(path ?? directory)
      : joinPath(pathFromLatin1(escapedGlob(directory)), pathFromLatin1(glob));
  return isReadable(pathFromLatin1(pattern)) ? pattern : undefined;
}
