/** What every command works with: the global options as they are meant, the terminal, and what to undo on a signal. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Terminal } from './terminal.ts';

/** Global options as they were typed; commander has put the environment variables in. */
export interface GlobalOptions {
  readonly policy?: string;
  readonly baseline?: string;
  readonly history?: string;
  readonly root?: string;
  readonly jobs?: number;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly allowUnsafePermissions?: boolean;
  readonly color: boolean;
  readonly progress: boolean;
}

export interface Context {
  readonly terminal: Terminal;
  /** The policy file that was named, or undefined: then the default one, or else the built-in policy. */
  readonly policyFile: string | undefined;
  /** '-' is standard input. */
  readonly baselineFile: string;
  /** The history that was named, or undefined: then the one beside the baseline (run-history.ts). */
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

/** Does what cannot wait at once; where it gives a promise, the process ends when that is settled. */
type Undo = () => unknown;

const undoes = new Set<Undo>();

function onSignal(undo: Undo): () => void {
  undoes.add(undo);
  return () => undoes.delete(undo);
}

let isEnding = false;
let isDone = false;

/** All that was to be done has been done: a signal that comes now must not make it look as if it had not. */
export function ignoreSignals(): void {
  isDone = true;
}

/** Ends the process as a shell expects it after a signal, leaving no temporary file and no lock behind. */
export function installSignalHandlers(exitCodes: Readonly<Record<'SIGINT' | 'SIGTERM', number>>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const end = (): never => process.exit(exitCodes[signal]);
    process.on(signal, () => {
      if (isDone) process.exit();
      // Who sends a second one does not want to wait.
      if (isEnding) end();
      isEnding = true;
      void Promise.allSettled([...undoes].map((undo) => undo())).then(end);
    });
  }
}

export function contextOf(options: GlobalOptions, terminal: Terminal): Context {
  return {
    terminal,
    policyFile: options.policy,
    baselineFile: options.baseline ?? defaultBaselineFile(),
    historyFile: options.history,
    root: resolve(options.root ?? '/'),
    jobs: options.jobs,
    portable: process.env['INTEG_PORTABLE'] === '1',
    allowsUnsafePermissions: options.allowUnsafePermissions === true,
    onSignal,
  };
}
