/**
 * The two families of errors: a UserError is for the person at the terminal (one line, a hint, an exit code); anything
 * else that is thrown is a defect of integ. What goes wrong with one object of a scan is neither: it is a Failure.
 */
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Path } from './bytes.ts';
import { FAILURE_CODES, type FailureCode, isFailureCode } from './failure-codes.ts';

/** Exit codes of sysexits.h that integ uses, by what they mean here (docs/commands.md, "Exit codes"). */
export const SYSEXITS = {
  usage: 64,
  untrusted: 65,
  missing: 66,
  undelivered: 69,
  internal: 70,
  lacking: 71,
  cannotCreate: 73,
  io: 74,
  locked: 75,
  permission: 77,
  policy: 78,
} as const;
export type SysexitName = keyof typeof SYSEXITS;

/** Ends a command: what went wrong and where, and how to mend it. Texts are lower case and without a final stop. */
export class UserError extends Error {
  readonly code: SysexitName;
  readonly hint: string | undefined;

  constructor(code: SysexitName, message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** A system call that failed: `code` is the symbolic errno (ENOENT), `operation` the call (open, lstat, read …). */
export class SystemError extends Error {
  readonly code: string;
  readonly operation: string;
  /** What there is to say beyond the code. */
  readonly detail: string | undefined;

  constructor(operation: string, code: string, detail?: string) {
    super(detail ?? `${operation}: ${code}`);
    this.name = 'SystemError';
    this.operation = operation;
    this.code = code;
    this.detail = detail;
  }
}

/** An object, or a directory with all below it, that could not be examined. One of these makes a run incomplete. */
export interface Failure<Code extends string = FailureCode> {
  readonly path: Path;
  readonly operation: string;
  readonly code: Code;
  readonly message: string;
}

/** As a baseline keeps it: another version may have had other codes. */
export type StoredFailure = Failure<string>;

/** What a file system says and Node.js has no name for; the numbers are those of asm-generic/errno.h of Linux. */
const NAMES_BY_NUMBER: ReadonlyMap<number, string> = new Map([
  [117, 'EUCLEAN'],
  [123, 'ENOMEDIUM'],
  [126, 'ENOKEY'],
  [127, 'EKEYEXPIRED'],
  ...Object.entries(constants.errno).map(([name, number]): [number, string] => [number, name]),
]);

/** The symbolic name of an errno, such as ENOENT for 2; `E133` where it has none that is known here. */
export function errnoName(number: number): string {
  const name = getSystemErrorName(-number);
  return /^E[A-Z0-9]+$/.test(name) ? name : (NAMES_BY_NUMBER.get(number) ?? `E${number}`);
}

/** The symbolic code of anything thrown by Node or by us. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return 'EUNKNOWN';
  // Node.js gives `Unknown system error -116` as the code of what it has no name for.
  const isNameless = error.code.includes(' ') && 'errno' in error && typeof error.errno === 'number';
  return isNameless ? errnoName(-Number(error.errno)) : error.code;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Why an object could not be examined, of anything thrown: here alone a code from outside becomes one that is listed.
 */
export function failureFrom(path: Path, error: unknown): Failure {
  const operation = error instanceof SystemError ? error.operation : 'examine';
  const code = errorCode(error);
  const detail = error instanceof SystemError ? error.detail : undefined;
  if (code === 'EUNKNOWN' || !isFailureCode(code))
    return asListed({ path, operation, code, message: errorMessage(error) });
  return { path, operation, code, message: detail ?? FAILURE_CODES[code].words };
}

/** The same failure under a code that is listed; the message says the one it had. */
export function asListed({ path, operation, code, message }: StoredFailure): Failure {
  if (isFailureCode(code)) return { path, operation, code, message };
  return { path, operation, code: 'EUNKNOWN', message: `${code}: ${message}` };
}
