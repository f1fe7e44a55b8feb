/**
 * The expressions that Wazuh and OSSEC call sregex: alternatives between `|`, which `^` and `$` hold to the beginning
 * and the end of a path; every other character stands for itself.
 * https://documentation.wazuh.com/current/user-manual/ruleset/ruleset-xml-syntax/regex.html
 */
import { escapeRegex } from '../../regex/escape.ts';

interface Alternative {
  readonly text: string;
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

function alternativesOf(expression: string): readonly Alternative[] {
  return expression.split('|').map((part) => {
    const isStart = part.startsWith('^');
    const isEnd = part.endsWith('$') && part.length > (isStart ? 1 : 0);
    return { text: part.slice(isStart ? 1 : 0, isEnd ? -1 : undefined), isStart, isEnd };
  });
}

/** Whether one of the alternatives is met by every path. */
export function matchesEverything(expression: string): boolean {
  return alternativesOf(expression).some(({ text, isStart, isEnd }) => text === '' && (isStart === isEnd || !isEnd));
}

/** What it matches, each as an expression of the policy language, with all that lies below it. */
export function leftOutBy(expression: string): readonly string[] {
  return alternativesOf(expression)
    .filter(({ text }) => text !== '')
    .map(({ text, isStart, isEnd }) => `${isStart ? '' : '.*'}${escapeRegex(text)}${isEnd ? '(/|$)' : ''}`);
}

/** What of it lies below a directory, as one expression; undefined when nothing does. */
export function belowDirectory(expression: string, directory: string): string | undefined {
  const base = directory === '/' ? '/' : `${directory}/`;
  const parts = alternativesOf(expression).flatMap(({ text, isStart, isEnd }) => {
    const end = isEnd ? '$' : '';
    if (isStart) {
      if (text.startsWith(base)) return [`${escapeRegex(text.slice(base.length))}${end}`];
      return base.startsWith(text) && !isEnd ? [''] : [];
    }
    if (base.includes(text) && !isEnd) return [''];
    // Its first bytes may be the last of the directory.
    const overlaps = Array.from({ length: text.length - 1 }, (_, index) => index + 1)
      .filter((length) => base.endsWith(text.slice(0, length)))
      .map((length) => `${escapeRegex(text.slice(length))}${end}`);
    return [`.*${escapeRegex(text)}${end}`, ...overlaps];
  });
  if (parts.length === 0) return undefined;
  return `${escapeRegex(base)}${parts.length === 1 ? parts.join('') : `(${parts.join('|')})`}`;
}
