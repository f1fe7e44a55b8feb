/**
 * What a check needs that a schedule runs, on this very system: programs, baseline and policy that are there, and a
 * runtime that does not lie in somebody's home. A schedule that lacks them fails at night, when nobody looks.
 */
import { existsSync, realpathSync } from 'node:fs';
import { isWithin, pathFromText, printableText } from '../../model/bytes.ts';
import { type Context, defaultBaselineFile } from '../context.ts';
import { commandWords, programsIn } from './programs.ts';

const HOMES = ['/root', '/home'];

/** The word after an option of a command. */
function wordAfter(command: readonly string[], option: string): string | undefined {
  const at = command.indexOf(option);
  return at < 0 ? undefined : command[at + 1];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function inHome(path: string): string | undefined {
  const real = pathFromText(realPath(path));
  return HOMES.find((home) => isWithin(real, pathFromText(home)));
}

/** What is wrong, in words; `command`: program and parameters of the check. */
export function unmetConditions(command: readonly string[], programs: readonly string[]): readonly string[] {
  const baseline = wordAfter(command, '--baseline') ?? defaultBaselineFile();
  const policy = wordAfter(command, '--policy');
  const files = [
    ...(existsSync(baseline) ? [] : [`there is no baseline ${printableText(baseline)}: integ init makes it`]),
    ...(policy === undefined || existsSync(policy)
      ? []
      : [`there is no policy ${printableText(policy)}: bring it back, or schedule the check with another --policy`]),
  ];
  const homes = programs.flatMap((path) => {
    const home = inHome(path);
    const what = `${printableText(path)}, which root will run every night, lies below ${home}`;
    return home === undefined ? [] : [`${what}: install integ or Node.js where no home can take it away`];
  });
  return [...files, ...homes];
}

/** The same of a file of a schedule. Nothing where another system is meant, of which only programs are looked for. */
export function unmetByFile({ root }: Pick<Context, 'root'>, text: string): readonly string[] {
  const command = commandWords(text);
  return root === '/' && command.includes('check') ? unmetConditions(command, programsIn(text)) : [];
}
