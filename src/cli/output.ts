/** Writes a report in the format that was asked for: to standard output, or to a file whole or not at all. */
import type { Report } from '../model/report.ts';
import { type ReportFormat, render } from '../report/formats.ts';
import { harmless } from '../report/plain.ts';
import { gather, writingFile } from '../system/safe-write.ts';
import { takeTurns } from '../system/turns.ts';
import type { CommandContext } from './context.ts';

export interface OutputOptions {
  readonly format: ReportFormat;
  readonly output?: string;
  /** Whether the report is in the history; so it is when not given. */
  readonly isStored?: boolean;
}

export async function deliver(context: CommandContext, report: Report, options: OutputOptions): Promise<void> {
  const { format, output, isStored = true } = options;
  const { terminal } = context;
  const layout = {
    width: terminal.width,
    verbose: terminal.isVerbose,
    isStored,
  };
  if (format === 'text' && output === undefined && terminal.hasColor) {
    const lines = (await import('../report/text.ts')).textLines(report, layout);
    await takeTurns(terminal.printingPainted(lines));
    return;
  }
  await deliverText(context, await render(report, format, layout), output);
}

/** Writes the pieces of a text, with nothing in it that a terminal obeys: files are looked at in terminals too. */
export async function deliverText(
  context: CommandContext,
  pieces: Iterable<string>,
  output: string | undefined,
): Promise<void> {
  await takeTurns(output === undefined ? printing(context, pieces) : writingFile(output, harmlessPieces(pieces)));
}

function* printing({ terminal }: CommandContext, pieces: Iterable<string>): Generator<void, void, undefined> {
  for (const piece of gather(pieces)) {
    terminal.print(piece);
    yield;
  }
}

function* harmlessPieces(pieces: Iterable<string>): Generator<string, void, undefined> {
  for (const piece of pieces) yield harmless(piece);
}
