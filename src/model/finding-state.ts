/**
 * What a report found of one object, exactly: the bytes behind a line of the report. It is kept with the report, so
 * that what was reviewed can be accepted later whatever is on disk by then.
 */
import type { Path } from './bytes.ts';
import type { PackedContent } from './content.ts';
import type { MountPoint } from './entry.ts';
import type { RecordedPackage } from './packages.ts';
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
  /** The text that `after` tells of, where its rule keeps texts and the baseline does not hold it already. */
  readonly content: PackedContent | undefined;
  /** The mount at `path` as recorded and as found, where the finding tells of one. */
  readonly mount: { readonly before: MountPoint | undefined; readonly after: MountPoint | undefined } | undefined;
  /**
   * The package that explains it, as it was found, with all that it lists; an empty version when it is not installed
   * any more. Only with the first finding that it explains.
   */
  readonly package?: RecordedPackage | undefined;
}
