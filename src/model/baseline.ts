/** What a baseline says of itself, apart from its entries. */
import type { Path } from './bytes.ts';
import type { MountPoint, Unavailable } from './entry.ts';
import type { StoredFailure } from './errors.ts';
import type { RecordedPackage } from './packages.ts';
import type { StartLink } from './rule.ts';

/** One policy file as it was read: the main file first, then includes in the order they were met. */
export interface PolicySource {
  /** File name as given, or builtin:NAME. */
  readonly name: string;
  readonly text: string;
}

/** How a generation came to be. */
export interface GenerationOrigin {
  readonly command: 'init' | 'accept' | 'policy update';
  readonly who: string;
  readonly why: string;
  readonly ticket?: string;
}

export interface BaselineHeader {
  readonly host: string;
  /** Version of integ that wrote it. */
  readonly version: string;
  readonly sequence: number;
  /** ISO 8601, UTC, nanoseconds. */
  readonly createdAt: string;
  /** Seal of the generation before, or empty. */
  readonly previousSeal: string;
  readonly origin: GenerationOrigin;
  /** Directory that was examined as root: '/' or what --root named. */
  readonly root: Path;
  readonly policyName: string;
  /** SHA-256 over the policy sources, hex. */
  readonly policySha256: string;
  readonly policy: readonly PolicySource[];
  /** Paths of rules that led through symbolic links; `rule` counts in the policy as written. */
  readonly startLinks: readonly StartLink[];
  readonly mounts: readonly MountPoint[];
  readonly unavailable: readonly Unavailable[];
  /** What could not be examined when the baseline was made. */
  readonly failures: readonly StoredFailure[];
  /** What was installed, and which of the entries it listed; empty where no package database could be read. */
  readonly packages: readonly RecordedPackage[];
}
