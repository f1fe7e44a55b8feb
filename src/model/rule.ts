/**
 * The compiled policy as plain data: what the scan, the comparison and the baseline need of it. No YAML, no positions.
 */
import type { AttributeName, DigestName, ObjectType } from './attributes.ts';
import type { Path } from './bytes.ts';
import type { NotifySettings } from './notify.ts';
import type { Requirement } from './requirement.ts';
import type { Severity } from './severity.ts';

/**
 * What a rule watches. `growing`: size may grow but not shrink. `appendOnly`: and the recorded bytes stay the first
 * bytes.
 */
export interface Watch {
  /** Attributes whose every difference counts, in table order. */
  readonly attributes: readonly AttributeName[];
  readonly growing: boolean;
  readonly appendOnly: boolean;
  /** Digests to compute: those among `attributes`, and with `appendOnly` those that prove the first bytes. */
  readonly digests: readonly DigestName[];
}

/** Whether a rule is there to leave out what it governs: nothing of it is examined. */
export function watchesNothing(watch: Watch): boolean {
  return watch.attributes.length === 0;
}

/** A path pattern in glob syntax; the text is what the user wrote, as bytes (one char a byte). */
export interface PathPattern {
  readonly text: string;
  /** Bytes of the path when the pattern has no glob characters. */
  readonly literal: string | undefined;
}

/** A regular expression for whole paths, matched from their first byte; the text is what the user wrote, as bytes. */
export interface MatchPattern {
  readonly text: string;
  /** The deepest directory that every path it matches is or lies in; the root when nothing more is certain. */
  readonly directory: Path;
}

export interface Rule {
  /** Position in the policy; the last rule that selects a path governs it. */
  readonly index: number;
  readonly name: string;
  readonly severity: Severity;
  readonly paths: readonly PathPattern[];
  /** Select exactly the objects whose path matches, not what lies below them. */
  readonly match: readonly MatchPattern[];
  readonly exclude: readonly PathPattern[];
  readonly watch: Watch;
  /** How far below each path; Infinity when not limited, 0 for the object itself. */
  readonly depth: number;
  readonly types: readonly ObjectType[];
  readonly crossMounts: boolean;
  /** What may come or go below its paths and is no finding; missing where all is told. */
  readonly letsBe?: { readonly new: boolean; readonly gone: boolean };
  readonly require: Requirement | undefined;
  /** What a symbolic link leads to is judged by `require`, and not the link. */
  readonly requireFollows?: true;
  /** Why the rule is there, and what to do about a finding of it: as the policy has them, lines and all. */
  readonly why?: string;
  readonly fix?: string;
  /** Who gets a mail of the findings of this rule, and of no others, beside those who get the whole report. */
  readonly notify: readonly string[];
  /** Whether the text of small files is kept, to show what changed inside. */
  readonly diff: DiffSettings | undefined;
}

/** Which texts of a rule are kept. */
export interface DiffSettings {
  /** Also those that not everybody may read. */
  readonly isPrivate: boolean;
  /** Largest file whose text is kept, in bytes. */
  readonly max: number;
}

export interface Policy {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly ignore: readonly PathPattern[];
  readonly digests: readonly DigestName[];
  /** Who may sign a baseline of this policy, as lines of an allowed_signers file; empty when none has to. */
  readonly signers: readonly string[];
  /** How many older generations stay beside the baseline; undefined: as many as integ keeps by default. */
  readonly keepGenerations?: number;
  /** How long reports are kept, in days; undefined: for ever. */
  readonly retainDays?: number;
  readonly notify: NotifySettings;
}

/**
 * A path of a rule that leads through a symbolic link, as it was when the baseline was made. The object it leads to is
 * watched by the same rule wherever no other rule selects it, so that a link is never a blind spot.
 */
export interface StartLink {
  readonly rule: number;
  /** As the policy has it. */
  readonly path: Path;
  /** Where it leads, without symbolic links; or a link on the way, which comes before where the way ends. */
  readonly target: Path;
}
