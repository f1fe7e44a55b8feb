/**
 * What is violated, by object: several requirements of one object, and a change of it beside, are one thing to mend and
 * so one entry wherever people read.
 */
import type { Report, ReportChange, ReportViolation } from '../model/report.ts';
import { atLeast, type Severity } from '../model/severity.ts';

export interface ViolatedObject {
  readonly path: string;
  /** The worst of what is told of it. */
  readonly severity: Severity;
  readonly violations: readonly ReportViolation[];
  /** What changed of the object since the baseline. */
  readonly change: ReportChange | undefined;
}

function key({ path, pathBase64 }: Pick<ReportViolation, 'path' | 'pathBase64'>): string {
  return pathBase64 ?? `/${path}`;
}

/** In the order of the report: the worst first. */
export function violatedObjects({ violations, changes }: Report): readonly ViolatedObject[] {
  if (violations.length === 0) return [];
  const byObject = new Map<string, { path: string; violations: ReportViolation[]; change: ReportChange | undefined }>();
  for (const violation of violations) {
    const known = byObject.get(key(violation));
    if (known === undefined) {
      byObject.set(key(violation), { path: violation.path, violations: [violation], change: undefined });
    } else known.violations.push(violation);
  }
  for (const change of changes) {
    const object = change.consequence === true ? undefined : byObject.get(key(change));
    if (object !== undefined) object.change = change;
  }
  return [...byObject.values()].map((object) => ({ ...object, severity: worst(object) }));
}

function worst({ violations, change }: Pick<ViolatedObject, 'violations' | 'change'>): Severity {
  const all = [...violations, ...(change === undefined ? [] : [change])].map(({ severity }) => severity);
  return all.reduce((found, severity) => (atLeast(severity, found) ? severity : found));
}

/** What is expected and what is there in its place, in words: the first line alone says what is wrong. */
export function mismatchWords(name: string, expected: string | boolean, actual: string | boolean): readonly string[] {
  if (name !== 'content') return [`must be ${expected}, is ${actual}`];
  const found = /^(?:line|has) /.test(String(actual)) ? String(actual) : `is ${actual}`;
  return [found, `must have ${expected}`];
}
