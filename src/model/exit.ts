/** The one place where the outcome of a command becomes an exit code (docs/report.md). */
import { SYSEXITS, type SysexitName, type UserError } from './errors.ts';

/** What a comparison found, as far as the exit code tells it. */
export interface Outcome {
  readonly added: boolean;
  readonly removed: boolean;
  readonly changed: boolean;
  readonly violated: boolean;
  readonly incomplete: boolean;
}

const BITS: Readonly<Record<keyof Outcome, number>> = { added: 1, removed: 2, changed: 4, violated: 8, incomplete: 16 };
export const INCOMPLETE_EXIT = BITS.incomplete;

export function outcomeExitCode(outcome: Outcome): number {
  return (
    (outcome.added ? BITS.added : 0) +
    (outcome.removed ? BITS.removed : 0) +
    (outcome.changed ? BITS.changed : 0) +
    (outcome.violated ? BITS.violated : 0) +
    (outcome.incomplete ? BITS.incomplete : 0)
  );
}

export function errorExitCode(error: UserError): (typeof SYSEXITS)[SysexitName] {
  return SYSEXITS[error.code];
}

export const INTERNAL_EXIT = SYSEXITS.internal;
export const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;
