/** The numbers of Tripwire as severities; it has names for three of them. */
import type { Severity } from '../../../model/severity.ts';

export const SEVERITY_STEPS = [
  { from: 0, severity: 'info' },
  { from: 33, severity: 'low' },
  { from: 66, severity: 'medium' },
  { from: 100, severity: 'high' },
  { from: 101, severity: 'critical' },
] as const satisfies readonly { readonly from: number; readonly severity: Severity }[];

/** Of a rule that names none: Tripwire takes 0 then, its lowest (twpolicy(4)), so that the order of rules stays. */
export const DEFAULT_SEVERITY = 0;

export interface TranslatedSeverity {
  readonly severity: Severity;
  /** Whether other numbers become the same, so that something is lost. */
  readonly isExact: boolean;
}

export function translateSeverity(number: number): TranslatedSeverity {
  const step = SEVERITY_STEPS.findLast(({ from }) => from <= number) ?? SEVERITY_STEPS[0];
  return { severity: step.severity, isExact: step.from === number && step.severity !== 'critical' };
}
