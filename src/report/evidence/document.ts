/**
 * The evidence for auditors as data, in exactly the shape of "integ-evidence/1" (docs/compliance.md). Everything
 * printable in it is escaped already; times are ISO 8601 in UTC. Types only.
 */
import type { ChangeKind, FindingFlag, ReportChange, ReportViolation } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { Framework } from './framework.ts';
import type { Schedule } from './schedule.ts';

export const EVIDENCE_SCHEMA = 'integ-evidence/1';

/** Who made a generation of the baseline, when and why. */
export interface GenerationNote {
  readonly sequence: number;
  readonly createdAt: string;
  readonly command: string;
  readonly who: string;
  readonly why: string;
  readonly ticket?: string;
}

export interface EvidenceGeneration extends GenerationNote {
  readonly seal: string;
  /** `sealed`: its file is there and says so itself; `remembered`: only the history says so. */
  readonly source: 'sealed' | 'remembered';
  /** Verified now, for one whose file is there. */
  readonly signature?: { readonly status: string; readonly signer?: string; readonly reason?: string };
  readonly policySha256?: string;
}

/** Why a later run that did not report something does not say that it is gone. */
export type Doubt = 'restricted' | 'not examined' | 'consequence' | 'older baseline';

/** What became of a finding. Each says no more than is known. */
export type FindingOutcome =
  /** No run that could tell has come without it. */
  | { readonly is: 'open'; readonly ageDays: number; readonly doubt?: Doubt }
  /** The generation records exactly the state that was reported. */
  | { readonly is: 'accepted'; readonly generation: GenerationNote }
  /** `init --force` made the baseline anew; `records`: whether that holds exactly the reported state. */
  | { readonly is: 'superseded'; readonly generation: GenerationNote; readonly records: boolean | 'unknown' }
  /** A later run no longer reported it, and the baseline still records what it recorded before. */
  | { readonly is: 'undone'; readonly run: number; readonly at: string }
  /** A later run reported the object as something else. */
  | { readonly is: 'reported otherwise'; readonly run: number; readonly at: string; readonly as: ChangeKind }
  /** No longer a finding since one of these generations, and nothing proves which, or that its state was accepted. */
  | { readonly is: 'no longer reported'; readonly generations: readonly GenerationNote[] };

export type ViolationOutcome =
  | { readonly is: 'open'; readonly ageDays: number; readonly doubt?: Doubt }
  | { readonly is: 'mended'; readonly run: number; readonly at: string }
  /** Another policy was in force when it was no longer reported. */
  | { readonly is: 'no longer reported'; readonly generations: readonly GenerationNote[] };

/** From which run to which something was reported. */
export interface Occurrences {
  /** ISO 8601: when the run began that reported it first, and last. */
  readonly firstReported: string;
  readonly lastReported: string;
  readonly firstReport: string;
  readonly lastReport: string;
  /** Numbers of the runs that reported it: `3-7, 9`. */
  readonly runs: string;
}

/** What reports before the last one said of a finding and the last one does not. */
export interface EarlierReports {
  /** The highest, where it was higher. */
  readonly severity?: Severity;
  readonly flags: readonly FindingFlag[];
  readonly attributes: readonly string[];
  /** True where no package explained it then, and one does now. */
  readonly wasUnexplained?: true;
}

/** As it was reported last. */
export interface EvidenceFinding extends Occurrences {
  readonly kind: ChangeKind;
  readonly path: string;
  readonly pathBase64?: string;
  readonly from?: string;
  readonly fromBase64?: string;
  readonly type: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly flags: readonly FindingFlag[];
  /** Attributes that differed. */
  readonly attributes: readonly string[];
  /** By which package. */
  readonly explained?: NonNullable<ReportChange['explained']>;
  /** Sequence of the baseline that it was compared with. */
  readonly sequence: number;
  readonly earlier?: EarlierReports;
  readonly fate: FindingOutcome;
}

export interface EvidenceViolation extends ReportViolation, Occurrences {
  readonly fate: ViolationOutcome;
}

export interface EvidenceRun {
  readonly number: number;
  readonly report: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: string;
  readonly exitCode: number;
  readonly sequence: number;
  readonly limits: string;
  /** As verified when the run was made; missing when the report cannot be read. */
  readonly signature?: { readonly status: string; readonly signer?: string };
  readonly examined?: number;
  readonly findings?: number;
  readonly violations?: number;
  /** How many objects could not be examined, and the first of them. */
  readonly errors?: number;
  readonly unexamined?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly matchesFile?: boolean;
  /** Why the stored report says nothing here. */
  readonly unreadable?: string;
}

export interface EvidenceRule {
  readonly name: string;
  readonly severity: Severity;
  /** Paths and `match:` expressions. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly watches: readonly string[];
  readonly depth?: number;
  readonly types: readonly string[];
  readonly mounts: 'stay' | 'cross';
  readonly requires: Readonly<Record<string, string | boolean>>;
  readonly notify: readonly string[];
  readonly keepsText: boolean;
  /** Recorded objects that it governs. */
  readonly objects: number;
}

export interface Evidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly host: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly tool: { readonly version: string; readonly sha256: string; readonly node: string };
  readonly framework: Framework;
  readonly period: {
    readonly since: string;
    readonly until: string;
    /** Since when anything is recorded at all; missing when nothing is. */
    readonly recordedSince?: string;
  };
  /** What is wrong with the records themselves; none of the rest is proved then. */
  readonly problems: readonly string[];
  readonly chain: {
    readonly intact: boolean;
    readonly breaks: readonly { readonly number: number; readonly what: string }[];
    readonly runs: number;
    readonly firstRun?: number;
    readonly lastRun?: number;
    /** Whether runs before the first one were removed, as `history.retain` says. */
    readonly pruned: boolean;
    readonly retainDays?: number;
  };
  readonly baseline: {
    readonly file: string;
    readonly sequence: number;
    readonly createdAt: string;
    readonly seal: string;
    readonly signature: { readonly status: string; readonly signer?: string; readonly reason?: string };
    readonly objects: number;
    /** What could not be examined when it was made. */
    readonly failures: number;
    readonly signers: readonly string[];
  };
  readonly policy: {
    readonly name: string;
    readonly sha256: string;
    readonly sources: readonly string[];
    readonly ignore: readonly string[];
    readonly digests: readonly string[];
    /** Generations of the period that put another policy into force. */
    readonly changes: readonly GenerationNote[];
  };
  readonly schedule: Schedule;
  readonly delivery: {
    readonly channels: readonly { readonly channel: string; readonly destination: string; readonly when: string }[];
    readonly waiting: readonly {
      readonly report: string;
      readonly channel: string;
      readonly destination: string;
      readonly since: string;
      readonly attempts: number;
      readonly why: string;
    }[];
    readonly remarks: readonly string[];
  };
  readonly summary: {
    readonly runs: number;
    readonly findings: Readonly<Record<FindingOutcome['is'], number>> & { readonly total: number };
    readonly violations: Readonly<Record<ViolationOutcome['is'], number>> & { readonly total: number };
  };
  readonly compensatingControl: readonly string[];
  readonly notes: readonly string[];
  readonly rules: readonly EvidenceRule[];
  readonly generations: readonly EvidenceGeneration[];
  readonly runs: readonly EvidenceRun[];
  readonly violations: readonly EvidenceViolation[];
  readonly findings: readonly EvidenceFinding[];
}
