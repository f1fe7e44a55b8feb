/** The formats of a report: their names, and what prints each. Loads the one that is asked for. */
import type { Report } from '../model/report.ts';

export const REPORT_FORMATS = ['text', 'json', 'ndjson'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** How text is laid out; the other formats are the same everywhere. */
export interface Layout {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
  readonly verbose: boolean;
}

/** The report in a format, in pieces. */
export async function render(report: Report, format: ReportFormat, layout: Layout): Promise<Iterable<string>> {
  switch (format) {
    case 'text':
      return (await import('../report/text.ts')).textReport(report, layout);
    case 'json':
      return (await import('../report/json.ts')).jsonReport(report);
    case 'ndjson':
      return (await import('../report/ndjson.ts')).ndjsonReport(report);
    default:
      return format satisfies never;
  }
}
