/** The generations beside the baseline of a command: which files there are, and the one of a number. */
import { existsSync } from 'node:fs';
import { candidateFile, olderGenerations } from '../../baseline/generations.ts';
import type { SeenGeneration } from '../../baseline/history/seen-generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { historyPlace, openHistory } from '../history/run-history.ts';
import { openBaselineSource } from './baseline-source.ts';

export type Standing = 'in force' | 'older' | 'candidate';

export interface GenerationOnDisk {
  readonly file: string;
  readonly standing: Standing;
  /** Where the name of the file has it. */
  readonly sequence?: number;
}

/** Newest first. Throws a UserError when there is no baseline, or it came from standard input. */
export async function generationsOnDisk({ baselineFile: file }: Context): Promise<readonly GenerationOnDisk[]> {
  if (file === '-') {
    throw new UserError('usage', 'a baseline from standard input has no generations beside it', {
      hint: 'name a file with --baseline',
    });
  }
  if (!existsSync(file)) (await BaselineReader.openInTurns(file)).close();
  const candidate = candidateFile(file);
  return [
    ...(existsSync(candidate) ? [{ file: candidate, standing: 'candidate' as const }] : []),
    { file, standing: 'in force' },
    ...olderGenerations(file).map((older) => ({ ...older, standing: 'older' as const })),
  ];
}

/** What the history remembers of the generations of a baseline, the oldest first. */
export function seenGenerations(context: Context, header: BaselineHeader): readonly SeenGeneration[] {
  if (!existsSync(historyPlace(context).file)) return [];
  const { history, place } = openHistory(context);
  try {
    return history.generations(place.lineage(header));
  } finally {
    history.close();
  }
}

/** What is wrong with a generation that is not the one which was in force under its number. */
export function replacement(
  { header: { sequence }, seal }: { readonly header: BaselineHeader; readonly seal: string },
  seen: readonly SeenGeneration[],
): string | undefined {
  const known = seen.find((generation) => generation.sequence === sequence);
  if (known === undefined || known.seal === seal) return undefined;
  return `it was replaced: sequence ${sequence} had the seal ${known.seal}`;
}

const ORDER_OF_SEARCH: readonly Standing[] = ['in force', 'older', 'candidate'];
const MOST_SHOWN = 20;

/**
 * Opens the generation of a number as `integ baseline list` prints it. Throws UserError `missing` when there is none,
 * and `untrusted` when the history knows another one of that number.
 */
export async function openGeneration(context: Context, number: string): Promise<BaselineReader> {
  const wanted = Number(number);
  const others = new Set<number>();
  const onDisk = await generationsOnDisk(context);
  for (const standing of ORDER_OF_SEARCH) {
    for (const { file, sequence } of onDisk.filter((generation) => generation.standing === standing)) {
      if (sequence !== undefined && sequence !== wanted) {
        others.add(sequence);
        continue;
      }
      const baseline = await openBaselineSource(context, { file, expectSeal: undefined });
      if (baseline.header.sequence === wanted) return inForceOnce(context, baseline, standing);
      others.add(baseline.header.sequence);
      baseline.close();
    }
  }
  const numbers = [...others].sort((left, right) => right - left);
  const more = numbers.length > MOST_SHOWN ? ` and ${numbers.length - MOST_SHOWN} older ones` : '';
  const there = `${numbers.slice(0, MOST_SHOWN).join(', ')}${more}`;
  throw new UserError('missing', `${printableText(context.baselineFile)} has no generation ${number}, but ${there}`, {
    hint: `integ baseline list tells of each; a file of that name is written ./${number}`,
  });
}

function inForceOnce(context: Context, baseline: BaselineReader, standing: Standing): BaselineReader {
  try {
    const problem =
      standing === 'candidate' ? undefined : replacement(baseline, seenGenerations(context, baseline.header));
    if (problem === undefined) return baseline;
    throw new UserError('untrusted', `${printableText(baseline.file)}: ${problem}`, {
      hint: 'find out who replaced it; named as a file it is compared nevertheless',
    });
  } catch (error) {
    baseline.close();
    throw error;
  }
}
