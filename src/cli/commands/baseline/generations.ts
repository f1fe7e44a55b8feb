/** `integ baseline list` and `log`: the generations of a baseline, on disk and as the history remembers them. */
import { generationLog, type ListedGeneration, listGenerations } from '../../../app/generation/listing.ts';
import type { SeenGeneration } from '../../../baseline/history/seen-generations.ts';
import { printableText } from '../../../model/bytes.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import { formatCount } from '../../../report/quantities.ts';
import type { CommandContext } from '../../context.ts';
import type { BaselineListOptions, BaselineLogOptions } from './define.ts';

/** Exit code 65 when one of them is damaged, or not the one that was in force. */
export async function runBaselineList(context: CommandContext, { format }: BaselineListOptions): Promise<number> {
  const listed = await listGenerations(context);
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

/**
 * Who put which generation into force, when and why: from the history, and from files that the history does not know.
 */
export async function runBaselineLog(context: CommandContext, { format }: BaselineLogOptions): Promise<number> {
  const log = await generationLog(context);
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
