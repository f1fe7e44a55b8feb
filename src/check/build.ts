/**
 * Builds the report from what a comparison and the expectations gave: order, counts, status, exit code, and the
 * escaping of everything printable. Decides nothing about single findings.
 */
import { comparePaths, needsExactBytes, pathBase64, printable, printableText, readableText } from '../model/bytes.ts';
import type { Unavailable } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import {
  type ContentChange,
  REPORT_SCHEMA,
  type Report,
  type ReportError,
  type ReportVerdict,
  type ReportViolation,
  type RequirementScore,
} from '../model/report.ts';
import { REQUIREMENTS } from '../model/requirement.ts';
import type { Rule } from '../model/rule.ts';
import { atLeast, compareSeverity, type Severity } from '../model/severity.ts';
import { type Examined, exitCodeOf, statusOf, summarize } from '../model/summary.ts';
import type { ComparisonResult } from './comparison.ts';
import type { Finding } from './finding.ts';
import { findLinks } from './links.ts';
import { ReportedChange } from './reported-change.ts';
import type { ObjectVerdict, Violation } from './requirements.ts';
import { printableRemarks, RuleRemarks } from './rule-remarks.ts';

/** What a report says of its run. Host, times and id come from outside, so that tests can fix them. */
interface RunFacts {
  readonly id: string;
  readonly host: string;
  readonly by?: string;
  readonly version: string;
  readonly tool: Report['tool'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly baseline: Report['baseline'];
  readonly policy: Report['policy'];
}

export interface ReportInput {
  readonly run: RunFacts;
  readonly rules: readonly Rule[];
  /** Rules of the baseline where they are others. */
  readonly recordedRules?: readonly Rule[];
  readonly comparison: ComparisonResult;
  /** What changed inside of files, where a rule keeps their texts. */
  readonly contents?: ReadonlyMap<Finding, ContentChange>;
  readonly violations: readonly Violation[];
  /** What each requirement came to, where nothing else was evaluated. */
  readonly verdicts?: readonly ObjectVerdict[];
  /** Failures from elsewhere than the comparison: expectations that could not be looked at. */
  readonly failures: readonly Failure[];
  readonly examined: Examined;
  readonly unavailable: readonly Unavailable[];
  /** Leaves out findings below it, and says so. Failures stay: an incomplete run is never a clean one. */
  readonly minimumSeverity?: Severity;
  /** Options that restricted the run. Printable already, as are the notes: they may hold names. */
  readonly limits?: readonly string[];
  readonly notes?: readonly string[];
}

function bySeverityAndPath(left: Finding | Violation, right: Finding | Violation): number {
  return compareSeverity(right.severity, left.severity) || comparePaths(left.path, right.path);
}

function reportError({ path, operation, code, message }: Failure): ReportError {
  return {
    path: printable(path),
    ...(needsExactBytes(path) ? { pathBase64: pathBase64(path) } : {}),
    operation: printableText(operation),
    code: printableText(code),
    message: printableText(message),
  };
}

/** An expression is to be found in the policy again, so its backslashes stay what they are. */
function printableValue(key: string, value: string): string {
  return key === REQUIREMENTS.content.key ? readableText(value) : printableText(value);
}

function printableValues(values: Violation['expected']): Violation['expected'] {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? printableValue(key, value) : value]),
  );
}

function reportViolation(violation: Violation): ReportViolation {
  return {
    path: printable(violation.path),
    ...(needsExactBytes(violation.path) ? { pathBase64: pathBase64(violation.path) } : {}),
    rule: printableText(violation.rule),
    severity: violation.severity,
    expected: printableValues(violation.expected),
    actual: printableValues(violation.actual),
    ...printableRemarks(violation),
  };
}

function reportVerdict({ path, rule, requirement, result }: ObjectVerdict): ReportVerdict {
  return {
    path: printable(path),
    ...(needsExactBytes(path) ? { pathBase64: pathBase64(path) } : {}),
    rule: printableText(rule),
    requirement,
    result,
  };
}

function scoreOf(verdicts: readonly ObjectVerdict[]): RequirementScore {
  const count = (result: ObjectVerdict['result']): number =>
    verdicts.filter((verdict) => verdict.result === result).length;
  return { kept: count('kept'), violated: count('violated'), unjudged: count('unjudged') };
}

function unavailableNote({ attribute, fileSystem, example }: Unavailable): string {
  return `${printableText(attribute)} cannot be had on ${printableText(fileSystem)}, for example at ${printable(example)}`;
}

function leftOutNote(count: number, minimum: Severity): string {
  return `${count} ${count === 1 ? 'finding' : 'findings'} below severity ${minimum} left out`;
}

/** The findings that a report shows, in the order of its changes. */
export function reportedFindings({
  comparison,
  minimumSeverity = 'info',
}: Pick<ReportInput, 'comparison' | 'minimumSeverity'>): readonly Finding[] {
  return comparison.findings.filter(({ severity }) => atLeast(severity, minimumSeverity)).sort(bySeverityAndPath);
}

export function buildReport(input: ReportInput): Report {
  const { run, rules, recordedRules = rules, comparison, minimumSeverity = 'info', limits = [], verdicts } = input;
  const isShown = (finding: Finding | Violation): boolean => atLeast(finding.severity, minimumSeverity);
  const findings = reportedFindings(input);
  const shownViolations = input.violations.filter(isShown).sort(bySeverityAndPath);
  const failures = [...comparison.failures, ...input.failures];
  const errors = failures.sort((left, right) => comparePaths(left.path, right.path)).map(reportError);

  const links = findLinks(findings, comparison.records);
  const context = {
    rules,
    recordedRules,
    records: comparison.records,
    links,
    contents: input.contents,
    remarks: new RuleRemarks(),
  };
  const changes = findings.map((finding) => new ReportedChange(finding, context));
  const violations = shownViolations.map(reportViolation);
  const summary = summarize({ changes, violations, errors: errors.length }, input.examined);
  const exitCode = exitCodeOf(summary);

  const counted = comparison.findings.filter((finding) => !finding.isConsequence && !isShown(finding)).length;
  const leftOut = counted + input.violations.length - violations.length;
  const notes = [...(input.notes ?? []), ...comparison.notes];
  notes.push(...input.unavailable.map(unavailableNote));
  if (leftOut > 0) notes.push(leftOutNote(leftOut, minimumSeverity));

  return {
    schema: REPORT_SCHEMA,
    id: run.id,
    host: printableText(run.host),
    ...(run.by === undefined ? {} : { by: printableText(run.by) }),
    version: run.version,
    tool: run.tool,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    ...(limits.length === 0 ? {} : { limits }),
    status: statusOf(exitCode),
    exitCode,
    baseline: {
      ...run.baseline,
      file: printableText(run.baseline.file),
    },
    policy: { ...run.policy, name: printableText(run.policy.name) },
    summary,
    ...(verdicts === undefined ? {} : { requirements: scoreOf(verdicts) }),
    changes,
    violations,
    ...(verdicts === undefined ? {} : { verdicts: verdicts.map(reportVerdict) }),
    errors,
    notes,
  };
}
