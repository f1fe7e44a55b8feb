/**
 * What other programs import as `integ`: the types of a report, its JSON Schema, and a parser that validates. It loads
 * pure functions only, neither a dependency nor native code, so that reading reports needs nothing compiled.
 */
import type { Report } from '../model/report.ts';
import { asReport } from './parse.ts';
import { plain } from './plain.ts';

export type { AttributeName, ObjectType } from '../model/attributes.ts';
export type {
  AttributeChange,
  ChangeKind,
  ContentChange,
  Explanation,
  FindingFlag,
  Remarks,
  Report,
  ReportChange,
  ReportError,
  ReportStatus,
  ReportSummary,
  ReportVerdict,
  ReportViolation,
  RequirementScore,
  ShippingPackage,
} from '../model/report.ts';
export type { Severity } from '../model/severity.ts';
export { reportSchema } from './schema.ts';

/** A report from its JSON document, in any layout. Throws an Error that says what is wrong with it, and where. */
export function parseReport(text: string): Report {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new Error(plain(`this is not a report: ${cause instanceof Error ? cause.message : 'no JSON'}`), { cause });
  }
  return asReport(document);
}
