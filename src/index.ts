/**
 * What programs can use of integ: the report as types, as a JSON Schema, and a parser that validates. Importing it has no
 * effect and loads no native code. Everything else in the package may change without notice.
 */
import type { Report } from './model/report.ts';
import { requireReport } from './report/parse.ts';

export type {
  AttributeChange,
  ChangeKind,
  ContentChange,
  Explanation,
  FindingFlag,
  Report,
  ReportChange,
  ReportError,
  ReportStatus,
  ReportSummary,
  ReportViolation,
} from './model/report.ts';
export type { Severity } from './model/severity.ts';
/** JSON Schema (draft 2020-12) of a report, the same that `integ report schema` prints. */
export { reportSchema } from './report/schema.ts';

/**
 * Reads a report in JSON, as `integ check --format json` and the webhook give it, in whatever layout. Throws an Error that
 * says what is wrong, and at which member: the text may come from anywhere, and is believed in nothing but its form.
 */
export function parseReport(text: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error('this is not JSON', { cause: error });
  }
  return requireReport(value);
}
