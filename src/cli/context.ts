/** The context of a command: the global options as they are meant, and the terminal. */
import { resolve } from 'node:path';
import { type Context as AppContext, defaultBaselineFile } from '../app/context.ts';
import { liveHost } from '../system/host.ts';
import { progressReporter } from './progress.ts';
import { onSignal } from './signals.ts';
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

/** What a command is given beside its operands and options. */
export interface Context extends AppContext {
  readonly terminal: Terminal;
}

export function contextOf(options: GlobalOptions, terminal: Terminal): Context {
  return {
    terminal,
    log: terminal,
    host: liveHost,
    policyFile: options.policy,
    baselineFile: options.baseline ?? defaultBaselineFile(),
    historyFile: options.history,
    root: resolve(options.root ?? '/'),
    jobs: options.jobs,
    portable: process.env['INTEG_PORTABLE'] === '1',
    allowsUnsafePermissions: options.allowUnsafePermissions === true,
    onSignal,
    progress: (total) => progressReporter(terminal, total),
  };
}
