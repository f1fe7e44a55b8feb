/** Collects what is wrong with policy files, so that one run tells all of it, each with file, line and column. */
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { textStart } from '../model/excerpt.ts';

/** Line and column count from 1; columns are UTF-16 units, as editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Problem extends Position {
  readonly source: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Nobody mends more before the next try. */
const SHOWN = 100;
const LONGEST_QUOTE = 200;

/** What was written, in quotes and on one line; the beginning of it when it is long. */
export function quotedStart(text: string): string {
  return `'${printableText(textStart(text, LONGEST_QUOTE))}'`;
}

export class PolicyProblems {
  readonly #problems: Problem[] = [];
  readonly #known = new Set<string>();
  readonly #settled = new Set<string>();

  /** What is wrong with a whole line; what else is found on it follows from that, and is not told. */
  addLine(source: string, position: Position, message: string, hint?: string): void {
    this.#keep(source, position, message, hint);
    this.#settled.add(JSON.stringify([source, position.line]));
  }

  /** The hint says how to mend it, where the message alone does not. */
  add(source: string, position: Position, message: string, hint?: string): void {
    if (!this.#settled.has(JSON.stringify([source, position.line]))) this.#keep(source, position, message, hint);
  }

  #keep(source: string, { line, column }: Position, message: string, hint: string | undefined): void {
    // A file that is included twice has the same problems twice.
    const key = JSON.stringify([source, line, column, message]);
    if (!this.#known.has(key)) this.#problems.push({ source, line, column, message, hint });
    this.#known.add(key);
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** Throws one UserError with a line for each problem, or returns when there is none. */
  throwIfAny(): void {
    const [first, ...others] = this.#problems;
    if (first === undefined) return;
    const place = ({ source, line, column, message }: Problem) =>
      `${printableText(source)}:${line}:${column}: ${message}`;
    if (others.length === 0) {
      throw new UserError('policy', place(first), first.hint === undefined ? {} : { hint: first.hint });
    }
    const lines = this.#problems
      .slice(0, SHOWN)
      .map((problem) => place(problem) + (problem.hint === undefined ? '' : ` (hint: ${problem.hint})`));
    const hidden = this.#problems.length - lines.length;
    if (hidden > 0) lines.push(`and ${hidden} more ${hidden === 1 ? 'problem' : 'problems'}`);
    throw new UserError('policy', lines.join('\n'));
  }
}
