/** The narrowest watch that leaves out what was seen to change and keeps everything else. */
import type { AttributeName, DigestName } from '../../model/attributes.ts';
import type { Path } from '../../model/bytes.ts';
import type { RecordBytes } from '../../model/record.ts';
import type { Watch } from '../../model/rule.ts';
import { evaluateTerms, predefinedTemplates, toWatch } from '../watch.ts';
import type { ObjectHistory } from './trial.ts';

/** From the narrowest on. */
const CHOICES: readonly (readonly string[])[] = [
  ['read-only', '-ctime'],
  ['config'],
  ['config', '-mtime'],
  ['append-only'],
  ['growing'],
  ['dynamic'],
];

function watchOf(terms: readonly string[], digests: readonly DigestName[]): Watch {
  const evaluation = evaluateTerms(terms, predefinedTemplates(digests), digests);
  if (!evaluation.ok) throw new Error(`integ: internal error: ${evaluation.problem}`);
  return toWatch(evaluation.ingredients, digests);
}

function onlyGrew({ type, hasShrunk, differences }: ObjectHistory): boolean {
  return type === 'file' && !hasShrunk && differences.has('size');
}

/** Undefined when none fits: what changed is watched by all of them. */
export function fittingWatch(
  members: readonly ObjectHistory[],
  digests: readonly DigestName[],
  keepsStart: (path: Path, recorded: RecordBytes) => boolean | undefined,
): readonly string[] | undefined {
  const changed = new Set<AttributeName>(members.flatMap(({ differences }) => [...differences]));
  return CHOICES.find((terms) => {
    const watch = watchOf(terms, digests);
    if (watch.attributes.some((name) => changed.has(name))) return false;
    if (watch.growing && !members.every(onlyGrew)) return false;
    return (
      !watch.appendOnly || members.every(({ path, first }) => first !== undefined && keepsStart(path, first) === true)
    );
  });
}
