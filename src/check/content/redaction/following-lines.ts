/**
 * Values that stand below the line of their name, or go on there: in block scalars of YAML (1.2, 8.1), after an
 * operator at the end of a line, in brackets and quotes that close later, in containers such as `secrets:`.
 *
 * A comment opens nothing, and a line that has a name and a value of its own is never taken for a value: otherwise one
 * line of an intruder would hide the next.
 */
import type { Open } from './assigned-values.ts';
import { redactLine } from './assignments.ts';
import { indentation, isComment, looksAssigned, looksLikeSection, looksLikeValue } from './line-shapes.ts';
import { isPlaceholder, REDACTED } from './placeholder.ts';
import type { Reading } from './reading.ts';
import { isSecretName } from './secret-names.ts';
import { replaceValue } from './values.ts';

const MOST_LINES = 60;

interface Pending extends Open {
  readonly indentation: number;
  readonly lines: number;
}

const CLOSERS = /^[\s\])},;]*$/;
const ITEM = /^(\s*(?:-[ \t]+)*)(.*?)([\s,;\])}]*)$/;

/** The line with its content replaced, its indentation and closing brackets kept. */
function replaceContent(line: string, isStrong: boolean): string {
  const [, before = '', content = '', after = ''] = ITEM.exec(line) ?? [];
  if (content === '' || isPlaceholder(content)) return line;
  const bare = content.replace(/^[brufN@]{0,2}(["'])(.*)\1$/, '$2');
  // A list of the names of secrets, as in a compose file.
  if (isSecretName(bare) === 'strong' && /^[a-z][a-z_-]+$/.test(bare)) return line;
  const replaced = replaceValue(bare, '', isStrong);
  return replaced === bare ? line : before + replaced + after;
}

/** Whether a line stands for itself, whatever is open above it. */
function isOwn(line: string, below: Reading['below']): boolean {
  if (below === 'values' && !looksLikeValue(line)) return true;
  return looksAssigned(line) || looksLikeSection(line) || isComment(line);
}

/** What a line is to a value that is open above it: its own, the whole or a part of the value, or the end. */
function take(
  line: string,
  open: Pending,
  below: Reading['below'],
): { readonly text: string; readonly rest: Pending | undefined } | undefined {
  const next = { ...open, lines: open.lines + 1 };
  if (next.lines > MOST_LINES) return undefined;
  const isDeeper = indentation(line) > open.indentation;
  const isLiteral = /^\s*(?:-[ \t]+)*[brufN@]{0,2}(?:"[^"]*"|'[^']*')[\s,;)\]}]*$/.test(line);
  switch (open.kind) {
    case 'scalar':
      return undefined;
    case 'value': {
      if (line.trim() === '') return open.lines === 0 ? { text: line, rest: next } : undefined;
      const isItem = /^\s*-[ \t]/.test(line) && indentation(line) > open.indentation;
      if (isOwn(line, below) || !(isDeeper || isLiteral || isItem)) return undefined;
      return { text: replaceContent(line, open.isStrong), rest: next };
    }
    case 'more':
      if (isOwn(line, below) || !isDeeper || line.trim() === '') return undefined;
      return { text: replaceContent(line, open.isStrong), rest: next };
    case 'bracket': {
      if (isOwn(line, below) || !open.isStrong) return undefined;
      if (CLOSERS.test(line)) return { text: line, rest: line.includes(open.end) ? undefined : next };
      const isLast = line
        .trimEnd()
        .replace(/[,;]+$/, '')
        .endsWith(open.end);
      return { text: replaceContent(line, true), rest: isLast ? undefined : next };
    }
    case 'quote':
      return undefined;
    default: {
      const kind: never = open.kind;
      return kind;
    }
  }
}

/** How many lines a quoted value goes on, the one with the quote that closes it included; 0 when none of them is it. */
function quotedLines(lines: readonly string[], from: number, quote: string, below: Reading['below']): number {
  for (let index = from; index < Math.min(lines.length, from + MOST_LINES); index++) {
    const line = lines[index] ?? '';
    const [content = '', behind, ...more] = line.slice(0, 4096).split(quote);
    if (behind !== undefined && (more.length > 0 || !/^[\s,;)\]}]*$/.test(behind))) return 0;
    if (isOwn(content, below)) return 0;
    if (behind !== undefined) return index - from + 1;
  }
  return 0;
}

/** Goes through the lines of a text that is read so. */
export function redactAssignments(text: string, { operators, below }: Reading): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  let pending: Pending | undefined;
  for (let index = 0; index < lines.length; index++) {
    const whole = lines[index] ?? '';
    const end = whole.endsWith('\r') ? '\r' : '';
    const line = end === '' ? whole : whole.slice(0, -1);
    if (pending?.kind === 'scalar' && isScalarLine(line, pending, below)) continue;
    const taken = pending === undefined ? undefined : take(line, pending, below);
    if (taken !== undefined) {
      kept.push(taken.text + end);
      pending = taken.rest;
      continue;
    }
    const { text: redacted, open } = redactLine(line, operators);
    kept.push(redacted + end);
    pending =
      open === undefined || below === 'never' ? undefined : { ...open, indentation: indentation(line), lines: 0 };
    if (pending?.kind !== 'quote') continue;
    const count = pending.isStrong ? quotedLines(lines, index + 1, pending.end, below) : 0;
    for (let line = 0; line < count; line++) kept.push(replaceQuoted(lines[index + 1 + line] ?? '', pending.end));
    index += count;
    pending = undefined;
  }
  return kept.join('\n');
}

function isScalarLine(line: string, open: Pending, below: Reading['below']): boolean {
  const isWithin = line.trim() === '' || indentation(line) > open.indentation;
  return isWithin && (below === 'always' || !isOwn(line, below));
}

/** A line of a quoted value: all but the closing quote and what follows it. */
function replaceQuoted(line: string, quote: string): string {
  const close = line.indexOf(quote);
  const end = close < 0 ? line.trimEnd().length : close;
  return end === 0 || isPlaceholder(line.slice(0, end)) ? line : REDACTED + line.slice(end);
}
