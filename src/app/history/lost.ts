/** What the history knows of a baseline that is gone or is another one, and that a history is gone which one had. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { olderGenerations } from '../../baseline/generations.ts';
import type { SeenGeneration } from '../../baseline/history/seen-generations.ts';
import { pathFromText, printableText } from '../../model/bytes.ts';
import { type Failure, UserError } from '../../model/errors.ts';
import { andMore } from '../../model/excerpt.ts';
import { type Context, defaultBaselineFile } from '../context.ts';
import { examinedHost, isOfExaminedHost } from '../examined-host.ts';
import { type Generation, generationsInForce, historyBeside, historyPlace } from './run-history.ts';

/** Why a generation was made by `init --force` where the history knew one before it. */
export const MADE_ANEW = 'made anew: the one before is gone';

const SHOWN = 3;

function generationsBeside(file: string): readonly string[] {
  return existsSync(dirname(file)) ? olderGenerations(file).map((older) => older.file) : [];
}

/** The generation that was the last at the place of a baseline which is not there now; undefined for none. */
export function lastGeneration(context: Context): SeenGeneration | undefined {
  return generationsHere(context).at(-1);
}

function generationsHere(context: Context): readonly SeenGeneration[] {
  const { host, by = host } = examinedHost(context);
  const root = pathFromText(context.root);
  const found = generationsInForce(context, { host, root });
  // By that name older versions of integ called whatever was in the root.
  return found.length > 0 || by === host ? found : generationsInForce(context, { host: by, root });
}

/**
 * What to say of a seal that is not that of the baseline: which generation had it, and what came into force since.
 * Undefined when the history knows of none.
 */
export function olderSeal(context: Context, expected: string): string | undefined {
  let generations: readonly SeenGeneration[];
  try {
    generations = generationsHere(context);
  } catch (error) {
    // A history that cannot be believed knows of none.
    if (error instanceof UserError) return undefined;
    throw error;
  }
  const at = generations.findIndex(({ seal }) => seal.startsWith(expected.toLowerCase()));
  const since = generations.slice(at + 1);
  if (at < 0 || since.length === 0) return undefined;
  const told = since.map(({ sequence, origin }) => `${sequence} by ${origin.who} (${origin.command}: ${origin.why})`);
  const words = andMore(told.map(printableText), SHOWN).join(', ');
  return `the one given is that of sequence ${generations[at]?.sequence}; since then, by the history of this host: ${words}`;
}

/** The UserError `code` for a baseline that the history knows and that is gone. */
export function lostBaseline(
  code: 'missing' | 'cannotCreate',
  { baselineFile: file }: Context,
  { sequence, seal, createdAt }: SeenGeneration,
): UserError {
  const kept = generationsBeside(file).map((name) => printableText(basename(name)));
  const beside = kept.length === 0 ? '' : `, or an older one of those beside it (${kept.slice(0, SHOWN).join(', ')})`;
  const what = `sequence ${sequence}, made ${printableText(createdAt)}, seal ${printableText(seal)}`;
  return new UserError(code, `there is no baseline ${printableText(file)} any more: the history knows ${what}`, {
    hint: `find out who removed it, and bring back a copy${beside}; integ init --force makes a new one`,
  });
}

/**
 * Why nobody knows whether a baseline of this place was replaced: it must have had a history, which is gone. To be
 * asked of one that nothing else vouches for.
 */
export function lostHistory(context: Context, { header }: Generation): Failure | undefined {
  const { baselineFile: file } = context;
  const place = historyPlace(context).file;
  if (file === '-' || place !== historyBeside(file) || existsSync(place)) return undefined;
  if (header.root !== pathFromText(context.root)) return undefined;
  if (!isOfExaminedHost(examinedHost(context), header.host)) return undefined;
  // Elsewhere it may be a copy, which never had one.
  if (file !== defaultBaselineFile() && generationsBeside(file).length === 0) return undefined;
  return {
    path: pathFromText(place),
    operation: 'history',
    code: 'UNLINKED',
    message: 'the history of the baseline is gone, so that nobody knows whether the baseline was replaced',
  };
}
