/**
 * What a report found of one object, exactly: the bytes behind a line of the report. It is kept with the report, so that
 * what was reviewed can be accepted later whatever is on disk by then.
 */
import type { Path } from './bytes.ts';
import type { MountPoint } from './entry.ts';
import type { RecordBytes } from './record.ts';
import type { ChangeKind } from './report.ts';

export interface FindingState {
  readonly kind: ChangeKind;
  readonly path: Path;
  /** Where a moved object was. */
  readonly from: Path | undefined;
  /** Index into the rules of the baseline that was compared with; -1: a mount point that no rule governs. */
  readonly rule: number;
  /** It only follows from another finding. */
  readonly isConsequence: boolean;
  /** As recorded when the check was made; of a moved object at `from`. */
  readonly before: RecordBytes | undefined;
  /** As found. Missing for a removed object, and for a mount point of which only the mount differs. */
  readonly after: RecordBytes | undefined;
  /** Of a moved object: what was recorded under its new name, if anything was. */
  readonly replaced: RecordBytes | undefined;
  /** The mount at `path` as recorded and as found, where the finding tells of one. */
  readonly mount: { readonly before: MountPoint | undefined; readonly after: MountPoint | undefined } | undefined;
}
