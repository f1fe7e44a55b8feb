/**
 * A unified diff of two texts for a report: bounded in time, lines and length whatever the texts are, and printable. It
 * knows neither files nor rules, and does not redact: the texts were redacted before.
 */
import { structuredPatch } from 'diff';
import { pathFromLatin1, printable } from '../../model/bytes.ts';

export interface DiffBounds {
  /** Lines of the diff. */
  readonly lines: number;
  /** Characters of the diff. */
  readonly characters: number;
}

export interface UnifiedDiff {
  /**
   * Lines of a unified diff without the two that name the files; undefined when the texts have too little in common.
   */
  readonly lines: readonly string[] | undefined;
  /** How many lines were left out at the end. */
  readonly omittedLines: number;
  /** How many lines are shown without their ends. */
  readonly cutLines: number;
}

const CONTEXT = 3;
/** Lines that differ, and lines in all: more would take too long to compare, or make nobody wiser. */
const MOST_EDITS = 2000;
const MOST_LINES = 400_000;
const MILLISECONDS = 1000;
/** Characters of a line that are shown. */
const LONGEST_LINE = 500;
const NO_NEWLINE = '\\ No newline at end of file';
const NEWLINE = 0x0a;

/** Lines of a hunk, each with its mark, as they are: one character a byte. */
type RawLines = Iterable<string>;

function isContinuation(character: string | undefined): boolean {
  return character !== undefined && (character.charCodeAt(0) & 0xc0) === 0x80;
}

/** A line with its mark, printable, and whether it was cut. Backslashes and control characters are escaped in it. */
function shown(raw: string): { readonly text: string; readonly isCut: boolean } {
  if (raw === NO_NEWLINE) return { text: raw, isCut: false };
  let end = Math.min(raw.length, LONGEST_LINE);
  // Not in the middle of a character of UTF-8, which would show it as bytes.
  for (let back = 0; back < 3 && end < raw.length && isContinuation(raw[end]); back += 1) end -= 1;
  // The bar keeps a space at the beginning from being escaped: only at the end it would be overlooked.
  const text = printable(pathFromLatin1(`|${raw.slice(0, end)}`)).slice(1);
  if (end === raw.length && text.length <= LONGEST_LINE) return { text, isCut: false };
  return { text: `${Array.from(text).slice(0, LONGEST_LINE).join('')}…`, isCut: true };
}

function bounded(raw: RawLines, bounds: DiffBounds): UnifiedDiff {
  const lines: string[] = [];
  let characters = 0;
  let omittedLines = 0;
  let cutLines = 0;
  for (const line of raw) {
    if (omittedLines > 0 || lines.length >= bounds.lines) {
      omittedLines += 1;
      continue;
    }
    const { text, isCut } = shown(line);
    characters += text.length;
    if (characters > bounds.characters) {
      omittedLines += 1;
      continue;
    }
    if (isCut) cutLines += 1;
    lines.push(text);
  }
  return { lines, omittedLines, cutLines };
}

function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

function countLines(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) count += 1;
  return count + (text.length > 0 && text.at(-1) !== NEWLINE ? 1 : 0);
}

/** The lines between two texts, as bytes; the same line with and without a newline at its end are two. */
export function diffTexts(before: Buffer, after: Buffer, bounds: DiffBounds): UnifiedDiff {
  const tooDifferent = { lines: undefined, omittedLines: 0, cutLines: 0 };
  if (countLines(before) + countLines(after) > MOST_LINES) return tooDifferent;
  // As one character a byte, so that what is not UTF-8 is compared as it is.
  const [old, now] = [before.toString('latin1'), after.toString('latin1')];
  const limits = { context: CONTEXT, maxEditLength: MOST_EDITS, timeout: MILLISECONDS };
  const patch = structuredPatch('', '', old, now, undefined, undefined, limits);
  if (patch === undefined) return tooDifferent;
  const raw = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
  return bounded(raw, bounds);
}

/** A text that is new or gone, as the diff to or from nothing. */
export function wholeText(text: Buffer, side: 'added' | 'removed', bounds: DiffBounds): UnifiedDiff {
  return bounded(wholeLines(text, side), bounds);
}

function* wholeLines(text: Buffer, side: 'added' | 'removed'): Generator<string, void, undefined> {
  const count = countLines(text);
  if (count === 0) return;
  const [mark, ranges] = side === 'added' ? ['+', `-0,0 +1,${count}`] : ['-', `-1,${count} +0,0`];
  yield `@@ ${ranges} @@`;
  let start = 0;
  for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
    yield mark + text.toString('latin1', start, end);
    start = end + 1;
  }
  if (start === text.length) return;
  yield mark + text.toString('latin1', start);
  yield NO_NEWLINE;
}
