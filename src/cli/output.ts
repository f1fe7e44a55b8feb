/** Writes a report in the format that was asked for: to standard output, or to a file whole or not at all. */
import type { Report } from '../model/report.ts';
import { gather, writeFileAtomically } from '../system/safe-write.ts';
import type { Context } from './context.ts';

type ReportFormat = 'text' | 'json' | 'ndjson';

export interface OutputOptions {
  readonly format: ReportFormat;
  readonly output?: string;
}

async function render(
  report: Report,
  format: ReportFormat,
  context: Context,
  toFile: boolean,
): Promise<Iterable<string>> {
  switch (format) {
    case 'text': {
      const { textReport } = await import('../report/text.ts');
      const { terminal } = context;
      return textReport(report, {
        width: terminal.width,
        color: terminal.hasColor && !toFile,
        verbose: terminal.isVerbose,
      });
    }
    case 'json':
      return (await import('../report/json.ts')).jsonReport(report);
    case 'ndjson':
      return (await import('../report/ndjson.ts')).ndjsonReport(report);
    default:
      return format satisfies never;
  }
}

export async function deliver(context: Context, report: Report, { format, output }: OutputOptions): Promise<void> {
  deliverText(context, await render(report, format, context, output !== undefined), output);
}

/** Writes the pieces of a text as it is. */
export function deliverText(context: Context, pieces: Iterable<string>, output: string | undefined): void {
  if (output !== undefined) {
    writeFileAtomically(output, pieces);
    return;
  }
  for (const piece of gather(pieces)) context.terminal.print(piece);
}
