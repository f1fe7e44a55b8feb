/** Writes a report in the format that was asked for: to standard output, or to a file whole or not at all. */
import type { Report } from '../model/report.ts';
import { harmless } from '../report/plain.ts';
import { gather, writeFileAtomically } from '../system/safe-write.ts';
import type { Context } from './context.ts';
import { type ReportFormat, render } from './formats.ts';

export interface OutputOptions {
  readonly format: ReportFormat;
  readonly output?: string;
  /** Whether the report is in the history; so it is when not given. */
  readonly isStored?: boolean;
}

export async function deliver(context: Context, report: Report, options: OutputOptions): Promise<void> {
  const { format, output, isStored = true } = options;
  const { terminal } = context;
  const layout = {
    width: terminal.width,
    verbose: terminal.isVerbose,
    isStored,
  };
  if (format === 'text' && output === undefined && terminal.hasColor) {
    terminal.printPainted((await import('../report/text.ts')).textLines(report, layout));
    return;
  }
  deliverText(context, await render(report, format, layout), output);
}

/** Writes the pieces of a text, with nothing in it that a terminal obeys: files are looked at in terminals too. */
export function deliverText(context: Context, pieces: Iterable<string>, output: string | undefined): void {
  if (output !== undefined) {
    writeFileAtomically(output, harmlessPieces(pieces));
    return;
  }
  for (const piece of gather(pieces)) context.terminal.print(piece);
}

function* harmlessPieces(pieces: Iterable<string>): Generator<string, void, undefined> {
  for (const piece of pieces) yield harmless(piece);
}
