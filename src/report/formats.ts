/** The formats of a report: their names, and what prints each. Loads the one that is asked for. */
import type { Report } from '../model/report.ts';

export const REPORT_FORMATS = [
  ...(['text', 'json', 'ndjson', 'html', 'markdown'] as const),
  ...(['csv', 'ecs', 'ocsf', 'cef', 'sarif', 'prometheus'] as const),
] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** How it is laid out; text obeys all of it, the formats for programs nothing. */
export interface Layout {
  /** Columns. */
  readonly width: number;
  readonly verbose: boolean;
  /** Whether the report is in the history, so that it can be shown again, reviewed and accepted. */
  readonly isStored: boolean;
}

/** The report in a format, in pieces. */
export async function render(report: Report, format: ReportFormat, layout: Layout): Promise<Iterable<string>> {
  switch (format) {
    case 'text':
      return (await import('./text.ts')).textReport(report, layout);
    case 'json':
      return (await import('./json.ts')).jsonReport(report);
    case 'ndjson':
      return (await import('./ndjson.ts')).ndjsonReport(report);
    case 'html':
      return (await import('./html.ts')).htmlReport(report, layout);
    case 'markdown':
      return (await import('./markdown.ts')).markdownReport(report, layout);
    case 'csv':
      return (await import('./csv.ts')).csvReport(report);
    case 'ecs':
      return (await import('./ecs.ts')).ecsReport(report);
    case 'ocsf':
      return (await import('./ocsf.ts')).ocsfReport(report);
    case 'cef':
      return (await import('./cef.ts')).cefReport(report);
    case 'sarif':
      return (await import('./sarif.ts')).sarifReport(report);
    case 'prometheus':
      return (await import('./prometheus.ts')).prometheusReport(report);
    default:
      return format satisfies never;
  }
}
