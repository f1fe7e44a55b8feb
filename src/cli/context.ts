/** The context of a command: the global options as they are meant, and the terminal. */
import { resolve } from 'node:path';
import { type Context, defaultBaselineFile } from '../app/context.ts';
import { liveHost } from '../system/host.ts';
import type { GlobalOptions } from './global-options.ts';
import { progressReporter } from './progress.ts';
import { onSignal } from './signals.ts';
import type { Terminal } from './terminal.ts';

/** What a command is given beside its operands and options. */
export interface CommandContext extends Context {
  readonly terminal: Terminal;
}

export function contextOf(options: GlobalOptions, terminal: Terminal): CommandContext {
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
