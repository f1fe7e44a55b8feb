/**
 * What the YAML parser complains of, in the words of a policy. Text that lacks its quotes is told where it begins, and
 * a stand-in of the same length is left for it, so that the rest of the file can be judged in the same run.
 */
import { type Document, isScalar, visit, type YAMLError } from 'yaml';
import { printableText } from '../model/bytes.ts';
import { textStart } from '../model/excerpt.ts';
import { MERGE_HINT } from './key-hints.ts';
import { quoted } from './yaml-text.ts';

/** Something wrong with the text, with what it takes for the file to be readable without it. */
export interface Complaint {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
  /** How many characters from the offset on a stand-in may replace; undefined when nothing behind it can be trusted. */
  readonly length?: number;
}

const LONGEST_SHOWN = 60;

/** A word as it was meant: braces and brackets belong to it, a comma or a bracket that is not opened in it ends it. */
const WORD = /[*!&@%`|>](?:\{[^{}\n]*\}|\[[^[\]\n]*\]|[^\s,[\]{}])*/y;

function wordAt(text: string, offset: number): string {
  WORD.lastIndex = offset;
  return WORD.exec(text)?.[0] ?? text.charAt(offset);
}

function shown(text: string): string {
  return printableText(textStart(text, LONGEST_SHOWN));
}

function unquoted(text: string, offset: number, means: string): Complaint {
  const word = wordAt(text, offset);
  return {
    offset,
    message: `${shown(word)} without quotes is ${means}`,
    hint: `put it in quotes: ${quoted(shown(word))}`,
    length: word.length,
  };
}

/** Begins, ends and first character that is no blank of the line that an offset is in. */
function lineAt(
  text: string,
  offset: number,
): { readonly start: number; readonly line: string; readonly first: number } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? text.length : end);
  return { start, line, first: start + (/\S/.exec(line)?.index ?? 0) };
}

/** `name: Mail: queue`: a value with a colon, which is a mapping to YAML. */
const COLON = /^((?:\s*-\s)*\s*([\w-]+):\s+)([^\s'"[{#&*!|>].*:(?:\s.*)?)$/;

function colonIn(text: string, offset: number): Complaint | undefined {
  const { start, line } = lineAt(text, offset);
  const [, before = '', key = '', value = ''] = COLON.exec(line) ?? [];
  if (value === '') return undefined;
  return {
    offset: start + before.length,
    message: `the text of '${key}' has a colon in it and no quotes, so that YAML takes it for a key`,
    hint: `put it in quotes: ${key}: ${quoted(shown(value.trimEnd()))}`,
    length: value.length,
  };
}

const INDENT_HINT = 'the keys of a rule begin in one column, those below a key further to the right; spaces only';

function indentation(text: string, offset: number): Complaint {
  const { line, first } = lineAt(text, Math.min(offset, text.trimEnd().length));
  const [word = ''] = line.trim().split(/(?<=:)\s/, 1);
  return { offset: first, message: `'${shown(word)}' is not indented as its neighbours`, hint: INDENT_HINT };
}

/** The line below the one that an offset is in, where something was read on. */
function lineBelow(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? offset : end + 1;
}

/** A key that was read on into the next line: one without a colon, or an indentation that makes it go on. */
function readOn(text: string, offset: number): Complaint {
  const { line, first } = lineAt(text, offset);
  const word = line.trim().replace(/^-\s+/, '');
  if (/^-[^\s-]/.test(word)) {
    const hint = `write it as - ${shown(word.slice(1))}`;
    return { offset: first, message: 'an item of a list has a space after its hyphen', hint };
  }
  if (/^[\w-]+:\s/.test(word) || /:$/.test(word)) return indentation(text, lineBelow(text, offset));
  const [key = word, ...value] = word.split(/\s*:\s*|\s+/);
  const example = value.length === 0 ? `${key}: …` : `${key}: ${value.join(' ')}`;
  const hint = `a key, a colon, a space and its value: ${shown(example)}`;
  return { offset: first, message: `'${shown(word)}' is no key with a value`, hint };
}

/** Where the list, mapping or quote that has no end begins. */
function opening(document: Document, text: string, offset: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node: (_, node) => {
      const range = 'range' in node ? node.range : undefined;
      if (!range || range[0] >= offset || range[1] < offset - 1) return;
      const isOpen = isScalar(node) ? /["']/.test(text.charAt(range[0])) : /[[{]/.test(text.charAt(range[0]));
      if (isOpen) found = range[0];
    },
  });
  return found;
}

const ENDS: Readonly<Record<string, string>> = { '[': ']', '{': '}', '"': '"', "'": "'" };

function unclosed(document: Document, text: string, offset: number): Complaint {
  const begin = opening(document, text, offset);
  if (begin === undefined) return indentation(text, offset);
  const sign = text.charAt(begin);
  return { offset: begin, message: `the ${sign} here is never closed`, hint: `end it with ${ENDS[sign]}` };
}

function tab(text: string, offset: number): Complaint {
  const { start } = lineAt(text, offset);
  return { offset: start, message: 'tabs are not allowed as indentation', hint: 'indent with spaces' };
}

function escapeSequence(text: string, offset: number): Complaint {
  const sequence = text.slice(offset, offset + 2);
  const hint = 'write the text in single quotes, in which a backslash is a backslash';
  return { offset, message: `${shown(sequence)} means nothing in double quotes`, hint, length: 2 };
}

function unexpected(text: string, offset: number, message: string): Complaint {
  const { line, start, first } = lineAt(text, offset);
  // A text in quotes that goes on behind them, as 'it's' does.
  if (/['"]/.test(text.slice(start, offset))) {
    const hint = "put all of the text in quotes; a quote within single quotes is written twice: 'it''s'";
    return { offset, message: 'the text goes on behind its closing quote', hint };
  }
  if (offset === first && /^[\w-]+:/.test(line)) return indentation(text, offset);
  return { offset, message: plainMessage(message), hint: 'put a text with signs of YAML in quotes' };
}

function plainMessage(message: string): string {
  const plain = printableText(message);
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}

function inWords(document: Document, text: string, { code, pos, message }: YAMLError): Complaint {
  const [offset] = pos;
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      return colonIn(text, offset) ?? indentation(text, lineBelow(text, offset));
    case 'MULTILINE_IMPLICIT_KEY':
      return readOn(text, offset);
    case 'TAB_AS_INDENT':
      return tab(text, offset);
    case 'BAD_SCALAR_START':
      return unquoted(text, offset, 'no text to YAML');
    case 'BAD_DQ_ESCAPE':
      return escapeSequence(text, offset);
    case 'TAG_RESOLVE_FAILED':
      if (wordAt(text, offset).includes('/')) {
        return unquoted(text, offset, 'a tag to YAML; what is left out stands below ignore, or exclude of a rule');
      }
      break;
    case 'MULTIPLE_DOCS':
      return { offset, message: 'a policy is one document, and --- begins another', hint: 'leave out the --- here' };
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      if (/indicator|same column/.test(message)) return indentation(text, offset);
      if (/\bend with|closing/.test(message)) return unclosed(document, text, offset);
      break;
    case 'UNEXPECTED_TOKEN':
      return unexpected(text, offset, message);
    default:
      break;
  }
  return { offset, message: plainMessage(message) };
}

/** The line of an offset until there. */
function lineStart(text: string, offset: number): string {
  return text.slice(lineAt(text, offset).start, offset);
}

/** Aliases of nothing, most often patterns that lack their quotes. */
function strayAliases(document: Document, text: string): readonly Complaint[] {
  const found: Complaint[] = [];
  const anchors = new Set<string>();
  visit(document, {
    // In the order of the text: an alias stands for what was named before it.
    Node: (_, node) => {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
    },
    Alias: (_, alias) => {
      if (anchors.has(alias.source) || !alias.range) return;
      const stray = unquoted(text, alias.range[0], 'an alias to YAML');
      const isMerge = /<<\s*:\s*$/.test(lineStart(text, stray.offset));
      found.push(isMerge ? { ...stray, message: 'a policy merges no mappings', hint: MERGE_HINT } : stray);
    },
  });
  return found;
}

/** A mistake of structure shows in the lines below it too: of lines that follow one another the first is told. */
function firstOfEach(structural: readonly Complaint[], text: string): readonly Complaint[] {
  let last = Number.NEGATIVE_INFINITY;
  return structural.filter(({ offset }) => {
    const { start } = lineAt(text, offset);
    const isNext = start <= last;
    last = Math.max(last, lineBelow(text, offset));
    return !isNext;
  });
}

/**
 * Everything that keeps a text from being what it looks like, in its order. Where words can be told apart from the
 * rest, only they are told, since what the parser made of the rest hangs on them.
 */
export function complaintsOf(document: Document, text: string): readonly Complaint[] {
  const others = [...document.errors, ...document.warnings].map((error) => inWords(document, text, error));
  const all = [...strayAliases(document, text), ...others].sort((left, right) => left.offset - right.offset);
  const mendable = all.filter(({ length }) => length !== undefined);
  return mendable.length > 0 ? mendable : firstOfEach(all, text);
}

/** The text with stand-ins for what can be told apart; undefined when something cannot. */
export function mended(text: string, complaints: readonly Complaint[]): string | undefined {
  let result = '';
  let at = 0;
  for (const { offset, length } of complaints) {
    if (length === undefined) return undefined;
    // Of two that overlap the first stands for both.
    if (offset < at) continue;
    result += text.slice(at, offset) + '/'.padEnd(length, 'x');
    at = offset + length;
  }
  return result + text.slice(at);
}
