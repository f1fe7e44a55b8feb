/**
 * The report: findings with their context, in exactly the shape of "integ-report/1" (docs/report.md). Everything
 * printable here is already escaped by `printable`; times are ISO 8601 with nanoseconds; numbers that may exceed 2^53
 * are strings.
 */
import type { AttributeName, ObjectType } from './attributes.ts';
import type { Severity } from './severity.ts';

export const REPORT_SCHEMA = 'integ-report/1';

export type ReportStatus = 'clean' | 'changed' | 'incomplete';
export type ChangeKind = 'added' | 'removed' | 'changed' | 'moved';

/** Combinations of attributes that mean more than their parts. */
export const FINDING_FLAGS = [
  'setuid-added',
  'setgid-added',
  'world-writable-now',
  'capability-added',
  'executable-appeared',
  'type-changed',
  'content-changed-times-kept',
  'immutable-no-longer',
  'append-only-no-longer',
  'truncated',
  'rewritten',
  'nul-blocks',
  'mount-appeared',
  'mount-vanished',
  'mount-changed',
  'package-mismatch',
  'unowned-now-claimed',
  'rolled-back',
  'database-contradiction',
] as const;
export type FindingFlag = (typeof FINDING_FLAGS)[number];

export interface AttributeChange {
  readonly before?: string;
  readonly after?: string;
}

/** The package whose file is not as it ships it, as the package database of the examined host says. */
export interface ShippingPackage {
  readonly by: string;
  readonly package: string;
  readonly version: string;
  /** The command that puts the file back. */
  readonly restore?: string;
}

export interface ReportChange extends Remarks {
  /** By which it is chosen; missing in reports of versions that gave none. */
  readonly number?: number;
  readonly kind: ChangeKind;
  readonly path: string;
  readonly pathBase64?: string;
  readonly type: ObjectType;
  readonly rule: string;
  readonly severity: Severity;
  /** Where a moved object was. */
  readonly from?: string;
  readonly fromBase64?: string;
  readonly attributes: { readonly [Name in AttributeName | 'mount']?: AttributeChange };
  readonly flags: readonly FindingFlag[];
  /** The difference only follows from a reported child of this directory; counts nowhere. */
  readonly consequence?: true;
  /** Other reported names of the same inode. */
  readonly links?: readonly string[];
  /** What changed inside, for a rule with `diff`. */
  readonly content?: ContentChange;
  /** What package explains it (check/packages). */
  readonly explained?: Explanation;
  /** Of a finding with the flag package-mismatch: which package ships other content. */
  readonly shippedBy?: ShippingPackage;
}

/** What a policy says of the findings of a rule. Lines are as the policy has them, each printable. */
export interface Remarks {
  /** Why the rule is there. */
  readonly why?: string;
  /** What to do about a finding of it. */
  readonly fix?: string;
}

/** What changed inside a text file. Every line is printable. */
export interface ContentChange {
  /** In the words of those who know the format: "user backup added with uid 0". */
  readonly facts: readonly string[];
  /** Lines of a unified diff, without the two that name the files; redacted where secrets stood. */
  readonly diff?: readonly string[];
  /** Why there is no diff, or what was left out of it. */
  readonly omitted?: string;
}

/** A change that follows from a package being installed, upgraded or removed. */
export interface Explanation {
  readonly by: string;
  readonly package: string;
  /** Version when the baseline was made, or empty when the package was not installed. */
  readonly from: string;
  /** Version now, or empty when it is not installed any more. */
  readonly to: string;
  /**
   * `database`: the package database of the examined host says so, and nothing else does. `shipped` and `signed` are
   * for what vouches from outside. Older reports also say `md5`, which rests on the database too.
   */
  readonly proof: string;
}

export interface ReportViolation extends Remarks {
  /** As that of a change; the two never have the same. */
  readonly number?: number;
  readonly path: string;
  readonly pathBase64?: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly expected: Readonly<Record<string, string | boolean>>;
  readonly actual: Readonly<Record<string, string | boolean>>;
}

/** How many requirements hold, counted for each object and kind of requirement of each rule. */
export interface RequirementScore {
  readonly kept: number;
  readonly violated: number;
  /** What could not be judged. */
  readonly unjudged: number;
}

/** What one requirement came to for one object. */
export interface ReportVerdict {
  readonly path: string;
  readonly pathBase64?: string;
  readonly rule: string;
  /** Its kind, as policies name it. */
  readonly requirement: string;
  readonly result: keyof RequirementScore;
}

export interface ReportError {
  readonly path: string;
  readonly pathBase64?: string;
  readonly operation: string;
  readonly code: string;
  readonly message: string;
}

export interface ReportSummary {
  readonly examined: number;
  /** Bytes read for digests; a string since it may exceed 2^53. */
  readonly bytes: number | string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
  readonly violations: number;
  readonly errors: number;
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly id: string;
  /** The host that was examined. */
  readonly host: string;
  /** The host that looked, when it examined another system below --root. Absent otherwise. */
  readonly by?: string;
  readonly version: string;
  /** What made the report: its version, the digest of its code, the version of Node that ran it. */
  readonly tool: { readonly version: string; readonly sha256: string; readonly node: string };
  readonly startedAt: string;
  readonly finishedAt: string;
  /** What restricted the run, such as "--severity high"; absent when all was examined and everything found is told. */
  readonly limits?: readonly string[];
  /** A test of the channels: nothing was examined. Absent otherwise. */
  readonly test?: true;
  /** The check failed before it examined anything; `errors` says why. Sent, never stored. Absent otherwise. */
  readonly failed?: true;
  /** Why it could not be stored, so that it can neither be shown again nor be accepted. Absent otherwise. */
  readonly unstored?: string;
  readonly status: ReportStatus;
  readonly exitCode: number;
  readonly baseline: {
    readonly file: string;
    readonly sequence: number;
    readonly createdAt: string;
    readonly seal: string;
    readonly signature: { readonly status: string; readonly signer?: string };
  };
  readonly policy: { readonly name: string; readonly sha256: string; readonly matchesFile: boolean };
  readonly summary: ReportSummary;
  /** Where only requirements were evaluated, without a baseline: how many hold. Absent otherwise, as are `verdicts`. */
  readonly requirements?: RequirementScore;
  readonly changes: readonly ReportChange[];
  readonly violations: readonly ReportViolation[];
  readonly verdicts?: readonly ReportVerdict[];
  readonly errors: readonly ReportError[];
  /** What the reader should know and what is no finding: attributes a file system cannot give, filters in force. */
  readonly notes: readonly string[];
}
