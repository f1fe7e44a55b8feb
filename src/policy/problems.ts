/** Collects what is wrong with policy files, so that one run tells all of it, each with file, line and column. */
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';

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

const SHOWN = 10;

export class PolicyProblems {
  readonly #problems: Problem[] = [];

  /** The hint says how to mend it, where the message alone does not. */
  add(source: string, { line, column }: Position, message: string, hint?: string): void {
    const isKnown = this.#problems.some(
      (other) => other.source === source && other.line === line && other.column === column && other.message === message,
    );
    // A file that is included twice has the same problems twice.
    if (!isKnown) this.#problems.push({ source, line, column, message, hint });
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
      .map((problem) => place(problem) + (problem.hint === undefined ? '' : `; ${problem.hint}`));
    const hidden = this.#problems.length - lines.length;
    if (hidden > 0) lines.push(`and ${hidden} more ${hidden === 1 ? 'problem' : 'problems'}`);
    throw new UserError('policy', lines.join('\n'));
  }
}
