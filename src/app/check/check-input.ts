/** What a check goes by, once its baseline has passed every test of trust. */
import type { BaselineReader } from '../../baseline/reader.ts';
import type { SignatureVerdict } from '../../baseline/signature.ts';
import type { PathPattern } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import type { Pace } from '../../system/pace.ts';
import type { RemoteHost } from '../../system/remote-host.ts';
import type { Context } from '../context.ts';
import type { Succession } from '../history/succession.ts';

export interface CheckInput {
  readonly context: Context;
  readonly baseline: BaselineReader;
  readonly loaded: LoadedPolicy;
  readonly scope: readonly PathPattern[] | undefined;
  readonly minimumSeverity: Severity | undefined;
  readonly tellsAll: boolean;
  readonly limits: readonly string[];
  /** The host that is examined when it is not this one. */
  readonly remote: RemoteHost | undefined;
  readonly pace: Pace | undefined;
  /** Seconds without progress after which a file system is not waited for any more. */
  readonly stall: number | undefined;
  /** What the check before did not come to. */
  readonly skipped: readonly SkippedPath[];
  /** Remarks on whether this is the baseline that should be there. */
  readonly succession: Succession;
  /** Of a baseline that may be used. */
  readonly signature: SignatureVerdict;
  /** Whether what the baseline says may have effects outside of the report. */
  readonly isKnown: boolean;
  readonly isReportOnly: boolean;
}
