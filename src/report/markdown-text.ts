/**
 * Pieces of GitHub-flavoured Markdown. All that comes from a report goes into code, where nothing is markup, a link or
 * a mention (CommonMark 0.31 sections 4.5, 6.1; GFM section 4.10). No piece holds a line break that it was not given
 * for.
 */
import { plain } from './plain.ts';

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Names with two spaces in a row would look like others: what shows Markdown makes one space of them. */
function visibleSpaces(text: string): string {
  return plain(text).replace(/(?<= ) /g, '\\x20');
}

/** A code span. Backticks inside are fewer in a row than those around it. */
export function code(text: string): string {
  if (text === '') return '``` ```';
  const visible = visibleSpaces(text);
  const fence = '`'.repeat(longestRun(visible) + 1);
  const padding = /^[ `]|[ `]$/.test(visible) ? ' ' : '';
  return fence + padding + visible + padding + fence;
}

/**
 * Code for the cell of a table. There a vertical bar needs a backslash even in code. Behind an odd number of them
 * parsers disagree on what that means; then the bar is written as names with such bytes are.
 */
export function cell(text: string): string {
  const bars = (_: string, before: string): string => `${before}${before.length % 2 === 0 ? '\\|' : '\\x7c'}`;
  return code(text).replace(/(\\*)\|/g, bars);
}

/** A block of code, each line behind `indent`. */
export function block(language: string, lines: readonly string[], indent: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines.map(plain), fence].map((line) => `${indent}${line}\n`).join('');
}
