/** What is fuzzed, as the engine sees it: inputs to begin with, a way to change them, and a reader that must hold. */
import { UserError } from '../../../src/model/errors.ts';
import type { Random } from './random.ts';

export interface Target {
  /** For `--target`. */
  readonly name: string;
  /** Real inputs to begin with, made by the program itself where it makes such; `scratch` is a folder for files. */
  readonly seeds: (scratch: string) => readonly Buffer[];
  /** Texts that mean something to the reader. */
  readonly words?: readonly string[];
  /** Bytes that an input may have. */
  readonly longest?: number;
  /** Changes an input with knowledge of its structure; undefined where bytes should be changed instead. */
  readonly mutate?: (input: Buffer, random: Random, other: Buffer) => Buffer | undefined;
  /**
   * Reads an input. What it gives tells in a word or two what came of it: an input of which came something new is worth
   * changing further. Throws a UserError, or Refused, for one that is refused; whatever else it throws is a defect.
   */
  readonly read: (input: Buffer, scratch: string) => string | Promise<string>;
  /** Inputs that make no sense when bytes are taken out are kept as they are. */
  readonly isWhole?: true;
  /** How many inputs the short run in the tests reads. */
  readonly shortRuns: number;
}

/** Refused in a way that the caller of the reader makes a UserError of. */
export class Refused extends Error {}

/** Hands on what a reader throws, with the errors of these classes as refusals. */
export function refusing<Result>(
  // The constructors of errors have parameters of their own, which do not matter here.
  classes: readonly (new (...parameters: never[]) => Error)[],
  read: () => Result,
): Result {
  try {
    return read();
  } catch (error) {
    const isExpected = classes.some((known) => error instanceof known);
    throw isExpected && error instanceof Error ? new Refused(error.message, { cause: error }) : error;
  }
}

/** What a reader gave, as a few characters. */
export function shapeOf(text: string): string {
  return text
    .replaceAll(/'[^']*'|"[^"]*"/g, 'Q')
    .replaceAll(/[0-9a-f]{16,}/g, 'H')
    .replaceAll(/[0-9]+/g, '0')
    .slice(0, 120);
}

const OBEYED = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;

/** Fails where a text holds a character that a terminal would obey or a reader would not see. */
export function requirePrintable(text: string, what: string): void {
  const found = OBEYED.exec(text);
  if (found === null) return;
  const point = found[0].codePointAt(0) ?? 0;
  throw new Error(`${what} holds U+${point.toString(16).padStart(4, '0')}`);
}

/** What is wrong with the way in which a reader refused; undefined for a refusal in words that may be shown. */
export function defectOf(error: unknown): unknown {
  if (error instanceof Refused) return undefined;
  if (!(error instanceof UserError)) return error;
  try {
    requirePrintable(`${error.message}${error.hint ?? ''}`, `what is said of it (${error.code})`);
    return undefined;
  } catch (defect) {
    return defect;
  }
}
