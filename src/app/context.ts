/** What every deed of integ works with: the paths that were named, the host it runs on, and whom to tell of remarks. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { WalkCounters } from '../scan/walk.ts';
import type { Host } from '../system/host.ts';

/** Takes remarks, a line each; what they hold is made harmless by it. */
export interface Log {
  /** A remark that the user may do without. */
  note(text: string): void;
  /** Something that is wrong although the deed goes on. */
  warn(text: string): void;
}

/** Does what cannot wait at once; where it gives a promise, the process ends when that is settled. */
export type Undo = () => unknown;

export interface Context {
  readonly log: Log;
  /** Where time, names and random ids come from. */
  readonly host: Host;
  /** The policy file that was named, or undefined: then the default one, or else the built-in policy. */
  readonly policyFile: string | undefined;
  /** '-' is standard input. */
  readonly baselineFile: string;
  /** The history that was named, or undefined: then the one beside the baseline (history/run-history.ts). */
  readonly historyFile: string | undefined;
  /** Absolute. */
  readonly root: string;
  readonly jobs: number | undefined;
  /** Whether to examine without calling libc (INTEG_PORTABLE=1), as on a platform for which koffi has no binary. */
  readonly portable: boolean;
  /** Whether files that others may write are used nevertheless. */
  readonly allowsUnsafePermissions: boolean;
  /** Registers what must be undone when a signal ends the process; the result unregisters it. */
  onSignal(undo: Undo): () => void;
  /**
   * Shows how far a scan is, where anybody looks; `total` is the number of objects it will come by, if that is known.
   */
  progress(total: number | undefined): ((counters: WalkCounters) => void) | undefined;
}

export const DEFAULT_POLICY_FILE = '/etc/integ/policy.yaml';

/** Where the baseline is when nobody says otherwise: in the system's state directory, or in the user's own. */
export function defaultBaselineFile(): string {
  if (process.getuid?.() === 0) return '/var/lib/integ/baseline.db';
  const configured = process.env['XDG_STATE_HOME'];
  // The XDG Base Directory Specification says that a relative value is to be ignored.
  const state = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.local', 'state');
  return join(state, 'integ', 'baseline.db');
}

/** The baseline as reports name it, who are read elsewhere than where the command was typed: by its absolute path. */
export function baselineName({ baselineFile }: Pick<Context, 'baselineFile'>): string {
  return baselineFile === '-' ? baselineFile : resolve(baselineFile);
}
