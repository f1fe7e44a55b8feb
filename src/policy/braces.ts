/**
 * The `{a,b}` of patterns: one pattern becomes the list of its alternatives, before anything else is read from it. As in
 * the shell, braces may nest and hold slashes, and a brace without a partner or without a comma is an ordinary character.
 */
import { pathFromLatin1, printable } from '../model/bytes.ts';

/** More alternatives than this are a mistake (each `{…}` multiplies them), not a policy. */
const MAX_ALTERNATIVES = 1000;

/** A pattern that is not in the language; the message says what is wrong with it and what to write instead. */
export class PatternError extends Error {}

/** A part of a pattern, which is bytes, for a message. */
export function shown(part: string): string {
  return printable(pathFromLatin1(part));
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

interface Group {
  readonly end: number;
  readonly choices: readonly string[];
}

/** The brace group that opens at `start`, or undefined when the brace has no partner. */
function readGroup(pattern: string, start: number): Group | undefined {
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

/** Adds every choice to every beginning; the cap holds at each step, so that no pattern can exhaust the memory. */
function combine(beginnings: readonly string[], choices: readonly string[]): string[] {
  if (beginnings.length * choices.length > MAX_ALTERNATIVES) {
    throw new PatternError(`the braces stand for more than ${MAX_ALTERNATIVES} patterns: write fewer in one`);
  }
  return beginnings.flatMap((beginning) => choices.map((choice) => beginning + choice));
}

/** The alternatives of a pattern, in the order of writing. A brace that stands for itself comes out escaped. */
export function expandBraces(pattern: string): readonly string[] {
  let expanded: string[] = [''];
  for (let index = 0; index < pattern.length; ) {
    const group = pattern[index] === '{' ? readGroup(pattern, index) : undefined;
    if (group === undefined) {
      const end = elementEnd(pattern, index);
      const element = pattern.slice(index, end);
      expanded = combine(expanded, [element === '{' || element === '}' ? `\\${element}` : element]);
      index = end;
      continue;
    }
    const [only] = group.choices;
    if (group.choices.length === 1 && only !== undefined) {
      if (/^[^{}]+\.\.[^{}]+$/.test(only))
        throw new PatternError(`{${shown(only)}} is a range: write the members, as in {1,2}`);
      expanded = combine(
        expanded,
        expandBraces(only).map((choice) => `\\{${choice}\\}`),
      );
    } else {
      expanded = combine(expanded, group.choices.flatMap(expandBraces));
    }
    index = group.end;
  }
  return expanded;
}
