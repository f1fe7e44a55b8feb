/**
 * The two families of errors: a UserError is for the person at the terminal (one line, a hint, an exit code); anything
 * else that is thrown is a defect of integ. What goes wrong with one object of a scan is neither: it is a Failure.
 */
import type { Path } from './bytes.ts';

/** Exit codes of sysexits.h that integ uses, by what they mean here (docs/commands.md, "Exit codes"). */
export const SYSEXITS = {
  usage: 64,
  untrusted: 65,
  missing: 66,
  undelivered: 69,
  internal: 70,
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

  constructor(operation: string, code: string, detail?: string) {
    super(detail ?? `${operation}: ${code}`);
    this.name = 'SystemError';
    this.operation = operation;
    this.code = code;
  }
}

/** An object, or a directory with all below it, that could not be examined. One of these makes a run incomplete. */
export interface Failure {
  readonly path: Path;
  readonly operation: string;
  /** Symbolic errno, or one of integ's own: UNSTABLE, LIMIT, SHADOWED, LOST. */
  readonly code: string;
  readonly message: string;
}

/** The symbolic code of anything thrown by Node or by us, for a Failure. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'EUNKNOWN';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
