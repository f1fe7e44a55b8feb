/** The generations of a baseline, as they lie on disk and as the history remembers them. */
import type { SeenGeneration } from '../../baseline/history/seen-generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { UserError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { generationsOnDisk, replacement, type Standing, seenGenerations } from './on-disk.ts';

/** A generation on disk: what it says of itself, or why it cannot be believed. */
export interface ListedGeneration {
  readonly file: string;
  readonly standing: Standing;
  readonly found: { readonly header: BaselineHeader; readonly seal: string; readonly objects: number } | undefined;
  readonly problem: string | undefined;
}

async function examine(file: string, standing: Standing): Promise<ListedGeneration> {
  try {
    const baseline = await BaselineReader.openInTurns(file);
    try {
      const found = { header: baseline.header, seal: baseline.seal, objects: baseline.entryCount };
      return { file, standing, found, problem: undefined };
    } finally {
      baseline.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file, standing, found: undefined, problem: error.message };
  }
}

async function generationsOf(context: Context): Promise<readonly ListedGeneration[]> {
  const listed: ListedGeneration[] = [];
  for (const { file, standing } of await generationsOnDisk(context)) listed.push(await examine(file, standing));
  return listed;
}

/** What the history knows against a generation on disk, if anything. */
function contradiction({ found, standing }: ListedGeneration, seen: readonly SeenGeneration[]): string | undefined {
  if (found === undefined || standing === 'candidate') return undefined;
  const replaced = replacement(found, seen);
  if (replaced !== undefined) return replaced;
  const highest = seen.at(-1);
  return standing === 'in force' && highest !== undefined && highest.sequence > found.header.sequence
    ? `it went back: sequence ${highest.sequence} was in force`
    : undefined;
}

function seenOf(context: Context, generations: readonly ListedGeneration[]): readonly SeenGeneration[] {
  const header = generations.find(({ found }) => found !== undefined)?.found?.header;
  return header === undefined ? [] : seenGenerations(context, header);
}

/** Newest first, each with what is wrong with it. */
export async function listGenerations(context: Context): Promise<readonly ListedGeneration[]> {
  const generations = await generationsOf(context);
  const seen = seenOf(context, generations);
  return generations.map((generation) => {
    return { ...generation, problem: generation.problem ?? contradiction(generation, seen) };
  });
}

/**
 * Who put which generation into force, newest first: from the history, and from files that the history does not know.
 */
export async function generationLog(context: Context): Promise<readonly SeenGeneration[]> {
  const generations = (await generationsOf(context)).filter(({ standing }) => standing !== 'candidate');
  const known = new Map(seenOf(context, generations).map((generation) => [generation.sequence, generation]));
  for (const { found } of generations) {
    if (found === undefined || known.has(found.header.sequence)) continue;
    const { sequence, createdAt, origin } = found.header;
    known.set(sequence, { sequence, seal: found.seal, createdAt, origin });
  }
  return [...known.values()].sort((left, right) => right.sequence - left.sequence);
}
