/**
 * The report as lines of JSON for log collectors: one for each finding, which can be understood without the others,
 * then one with everything else. `record` tells them apart: change, violation, error, summary.
 */
import type { Report } from '../model/report.ts';
import { jsonLine } from './plain.ts';

/** The lines, each with its newline. */
export function* ndjsonReport(report: Report): Generator<string, void, undefined> {
  const { schema, id, host, finishedAt, changes, violations, errors, ...rest } = report;
  const context = { schema, id, host, finishedAt };
  const line = (record: string, content: object): string => `${jsonLine({ record, ...context, ...content })}\n`;
  for (const change of changes) yield line('change', change);
  for (const violation of violations) yield line('violation', violation);
  for (const error of errors) yield line('error', error);
  yield line('summary', rest);
}
