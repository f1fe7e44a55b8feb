/** `integ baseline list` and `log`: the generations of a baseline, on disk and as the history remembers them. */
import type { SeenGeneration } from '../../baseline/history/seen-generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { printableText } from '../../model/bytes.ts';
import { SYSEXITS, UserError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { generationsOnDisk, replacement, type Standing, seenGenerations } from '../generations.ts';
import { formatCount } from '../progress.ts';

interface ListOptions {
  readonly format: 'text' | 'json';
}

/** A generation on disk: what it says of itself, or why it cannot be believed. */
interface ListedGeneration {
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

/** Exit code 65 when one of them is damaged, or not the one that was in force. */
export async function runBaselineList(
  context: Context,
  _operands: readonly string[],
  { format }: ListOptions,
): Promise<number> {
  const generations = await generationsOf(context);
  const seen = seenOf(context, generations);
  const listed = generations.map((generation) => {
    return { ...generation, problem: generation.problem ?? contradiction(generation, seen) };
  });
  context.terminal.print(format === 'json' ? listJson(listed) : listed.map(listText).join(''));
  return listed.every(({ problem }) => problem === undefined) ? 0 : SYSEXITS.untrusted;
}

function listJson(generations: readonly ListedGeneration[]): string {
  const shown = generations.map(({ file, standing, found, problem }) => ({
    file: printableText(file),
    standing,
    intact: problem === undefined,
    ...(problem === undefined ? {} : { problem: printableText(problem) }),
    ...(found === undefined
      ? {}
      : {
          sequence: found.header.sequence,
          createdAt: found.header.createdAt,
          objects: found.objects,
          seal: found.seal,
          previousSeal: found.header.previousSeal,
          ...originJson(found.header.origin),
        }),
  }));
  return `${JSON.stringify({ generations: shown }, null, 2)}\n`;
}

function originJson({ command, who, why, ticket }: SeenGeneration['origin']) {
  return {
    command: printableText(command),
    who: printableText(who),
    why: printableText(why),
    ...(ticket === undefined ? {} : { ticket: printableText(ticket) }),
  };
}

function originText(origin: SeenGeneration['origin']): string {
  const { command, who, why, ticket } = originJson(origin);
  return `${command} by ${who}: ${why}${ticket === undefined ? '' : ` (${ticket})`}`;
}

function listText({ file, standing, found, problem }: ListedGeneration): string {
  const mark = standing === 'in force' ? '*' : ' ';
  const state = problem === undefined ? [] : [`    NOT TO BE TRUSTED: ${printableText(problem)}`];
  if (found === undefined) return `${[`${mark} ${printableText(file)}, ${standing}`, ...state].join('\n')}\n`;
  const { header, seal, objects } = found;
  const lines = [
    `${mark} ${header.sequence}  ${printableText(header.createdAt)}  ${formatCount(objects)} objects, ${standing}`,
    `    ${printableText(file)}`,
    `    ${originText(header.origin)}`,
    `    seal ${seal}`,
    ...state,
  ];
  return `${lines.join('\n')}\n`;
}

/** Who put which generation into force, when and why: from the history, and from files that the history does not know. */
export async function runBaselineLog(
  context: Context,
  _operands: readonly string[],
  { format }: ListOptions,
): Promise<number> {
  const generations = (await generationsOf(context)).filter(({ standing }) => standing !== 'candidate');
  const known = new Map(seenOf(context, generations).map((generation) => [generation.sequence, generation]));
  for (const { found } of generations) {
    if (found === undefined || known.has(found.header.sequence)) continue;
    const { sequence, createdAt, origin } = found.header;
    known.set(sequence, { sequence, seal: found.seal, createdAt, origin });
  }
  const log = [...known.values()].sort((left, right) => right.sequence - left.sequence);
  context.terminal.print(format === 'json' ? logJson(log) : log.map(logText).join(''));
  return 0;
}

function logJson(log: readonly SeenGeneration[]): string {
  const shown = log.map(({ sequence, createdAt, seal, origin }) => ({
    sequence,
    createdAt,
    seal,
    ...originJson(origin),
  }));
  return `${JSON.stringify({ log: shown }, null, 2)}\n`;
}

function logText({ sequence, createdAt, seal, origin }: SeenGeneration): string {
  return `${sequence}  ${printableText(createdAt)}  ${originText(origin)}\n    seal ${printableText(seal)}\n`;
}
