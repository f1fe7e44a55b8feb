/**
 * The `{a,b}` of patterns: one pattern becomes the list of its alternatives, before anything else is read from it. As
 * in the shell, braces may nest and hold slashes, and a brace without a partner or without a comma is an ordinary
 * character.
 */
import { bytesStart } from '../model/excerpt.ts';

/** More alternatives than this are a mistake (each `{…}` multiplies them), not a policy. */
const MAX_ALTERNATIVES = 1000;

/** Every one of these is looked from to the end of the pattern, and those within one another by recursion. */
const MAX_BRACKETS = 256;
/** Bytes of a pattern, and of all its alternatives together. A path can be longer than PATH_MAX. */
const MAX_LENGTH = 65_536;
const MAX_EXPANDED = 1024 * 1024;

/** A pattern that is not in the language; the message says what is wrong with it and what to write instead. */
export class PatternError extends Error {}

const LONGEST_SHOWN = 200;

/** A part of a pattern, which is bytes, for a message. */
export function shown(part: string): string {
  return bytesStart(part, LONGEST_SHOWN);
}

/** Where the bracket expression that opens at `start` ends (its `]`), or -1: then the `[` stands for itself. */
export function bracketEnd(pattern: string, start: number): number {
  let index = start + 1;
  if (pattern[index] === '!' || pattern[index] === '^') index += 1;
  // A `]` in the first place is a member.
  if (pattern[index] === ']') index += 1;
  for (; index < pattern.length && pattern[index] !== '/'; index += 1) {
    if (pattern[index] === '\\') index += 1;
    else if (pattern[index] === ']') return index;
  }
  return -1;
}

/** Index behind the element at `index`: an escaped character, a bracket expression or one character. */
function elementEnd(pattern: string, index: number): number {
  if (pattern[index] === '\\') return index + 2;
  if (pattern[index] !== '[') return index + 1;
  const end = bracketEnd(pattern, index);
  return end < 0 ? index + 1 : end + 1;
}

interface BraceGroup {
  readonly end: number;
  readonly choices: readonly string[];
}

/** The brace group that opens at `start`, or undefined when the brace has no partner. */
function readGroup(pattern: string, start: number): BraceGroup | undefined {
  const choices: string[] = [];
  let nesting = 0;
  let from = start + 1;
  for (let index = start + 1; index < pattern.length; index = elementEnd(pattern, index)) {
    const character = pattern[index];
    if (character === '{') nesting += 1;
    else if (character === '}' && nesting > 0) nesting -= 1;
    else if (character === '}') return { end: index + 1, choices: [...choices, pattern.slice(from, index)] };
    else if (character === ',' && nesting === 0) {
      choices.push(pattern.slice(from, index));
      from = index + 1;
    }
  }
  return undefined;
}

/**
 * Adds every choice to every beginning, in a pattern of a length; the caps hold at each step, so that no pattern can
 * exhaust the memory.
 */
function combine(beginnings: readonly string[], choices: readonly string[], length: number): string[] {
  const count = beginnings.length * choices.length;
  if (count > MAX_ALTERNATIVES) {
    throw new PatternError(`the braces stand for more than ${MAX_ALTERNATIVES} patterns: write fewer in one`);
  }
  if (count > 1 && count * length > MAX_EXPANDED) {
    throw new PatternError('the braces stand for too much text: write fewer in one');
  }
  return beginnings.flatMap((beginning) => choices.map((choice) => beginning + choice));
}

/** Throws a PatternError for what would take too long to read. */
function requireSensible(pattern: string): void {
  if (pattern.length > MAX_LENGTH) throw new PatternError(`a pattern has at most ${MAX_LENGTH} bytes`);
  let brackets = 0;
  for (const character of pattern) if (character === '{' || character === '[') brackets += 1;
  if (brackets > MAX_BRACKETS)
    throw new PatternError(`more than ${MAX_BRACKETS} { and [ in one pattern: write several`);
}

/** The alternatives of a pattern, in the order of writing. A brace that stands for itself comes out escaped. */
export function expandBraces(pattern: string): readonly string[] {
  requireSensible(pattern);
  return expanded(pattern);
}

function expanded(pattern: string): readonly string[] {
  const { length } = pattern;
  let alternatives: string[] = [''];
  /** What stands between two groups. */
  let plain = '';
  for (let index = 0; index < pattern.length; ) {
    const group = pattern[index] === '{' ? readGroup(pattern, index) : undefined;
    if (group === undefined) {
      const end = elementEnd(pattern, index);
      const element = pattern.slice(index, end);
      plain += element === '{' || element === '}' ? `\\${element}` : element;
      index = end;
      continue;
    }
    alternatives = combine(alternatives, [plain], length);
    plain = '';
    const [only] = group.choices;
    if (group.choices.length === 1 && only !== undefined) {
      if (/^[^{}]+\.\.[^{}]+$/.test(only))
        throw new PatternError(`{${shown(only)}} is a range: write the members, as in {1,2}`);
      alternatives = combine(
        alternatives,
        expanded(only).map((choice) => `\\{${choice}\\}`),
        length,
      );
    } else {
      alternatives = combine(alternatives, group.choices.flatMap(expanded), length);
    }
    index = group.end;
  }
  return combine(alternatives, [plain], length);
}
