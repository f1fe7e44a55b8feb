/**
 * Searches the lines of a text for a regular expression, as grep(1) does: anywhere in the line unless ^ and $ say
 * otherwise, in one step a byte whatever the text is. Texts and expressions have one character a byte.
 */
import { PatternError } from './braces.ts';
import { ANY_BYTE } from './regex/bytes.ts';
import { RegexSet } from './regex/match.ts';
import { parseLineRegex, type RegexNode } from './regex/parse.ts';

const ANYTHING: RegexNode = {
  kind: 'repeat',
  item: { kind: 'set', set: ANY_BYTE },
  min: 0,
  max: Number.POSITIVE_INFINITY,
};

export interface FoundLine {
  /** From 1. */
  readonly number: number;
  readonly line: string;
}

export class LineSearch {
  readonly #set: RegexSet;

  /** Throws a PatternError. */
  constructor(regex: string) {
    this.#set = new RegexSet([{ kind: 'sequence', items: [ANYTHING, parseLineRegex(regex)] }]);
  }

  get size(): number {
    return this.#set.size;
  }

  /** The lines that match, in order. The end of a line is no part of it. */
  *matches(text: string): Generator<FoundLine, void, undefined> {
    let number = 1;
    for (let from = 0; from < text.length; number += 1) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      const line = text.slice(from, text.charAt(to - 1) === '\r' && to > from ? to - 1 : to);
      if (this.#set.match(line).length > 0) yield { number, line };
      from = to + 1;
    }
  }
}

/** What is wrong with a regular expression, if something is, and how many nodes it has. */
export function examineLineRegex(regex: string): { readonly problem: string | undefined; readonly nodes: number } {
  try {
    return { problem: undefined, nodes: new LineSearch(regex).size };
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message, nodes: 0 };
    throw error;
  }
}
