/** What commands need to run within this process, with a terminal that keeps what is printed. */
import { type CommandContext, contextOf } from '../../../src/cli/context.ts';
import type { GlobalOptions } from '../../../src/cli/global-options.ts';
import { Terminal } from '../../../src/cli/terminal.ts';

class KeptTerminal extends Terminal {
  printed = '';

  constructor() {
    super({ quiet: true, verbose: true, color: false, progress: false });
  }

  override print(text: string): void {
    this.printed += text;
  }

  override warn(text: string): void {
    this.printed += `${text}\n`;
  }
}

interface KeptContext extends CommandContext {
  readonly terminal: KeptTerminal;
}

/** The files are those of a scratch folder, whoever may write the folder above it. */
export function contextWith(options: Pick<GlobalOptions, 'baseline' | 'history'>): KeptContext {
  const terminal = new KeptTerminal();
  const common = { color: false, progress: false, allowUnsafePermissions: true } as const;
  return { ...contextOf({ ...options, ...common }, terminal), terminal };
}
