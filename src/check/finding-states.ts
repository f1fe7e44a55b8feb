/** The exact states behind the findings of a report, for the history. It only gathers: nothing is judged here. */
import type { Path } from '../model/bytes.ts';
import type { PackedContent } from '../model/content.ts';
import type { MountPoint } from '../model/entry.ts';
import type { FindingState } from '../model/finding-state.ts';
import type { RecordedPackage } from '../model/packages.ts';
import type { RecordBytes } from '../model/record.ts';
import type { Finding, RecordArena, RecordHandle } from './finding.ts';

export interface StateSources {
  readonly records: RecordArena;
  readonly recordedMounts: readonly MountPoint[];
  readonly foundMounts: readonly MountPoint[];
  /** What the baseline holds under a path. */
  readonly recordedAt: (path: Path) => RecordBytes | undefined;
  /** Texts that were found (content/findings.ts). */
  readonly texts?: ReadonlyMap<Finding, PackedContent>;
  /** Packages that explain findings, as they are now, by name. */
  readonly packages?: ReadonlyMap<string, RecordedPackage>;
}

/** One state for each finding, in the order of the findings. */
export function* findingStates(
  findings: readonly Finding[],
  { records, recordedMounts, foundMounts, recordedAt, texts, packages }: StateSources,
): Generator<FindingState, void, undefined> {
  const recordOf = (handle: RecordHandle | undefined) => (handle === undefined ? undefined : records.get(handle));
  const mountsBefore = byPath(recordedMounts);
  const mountsNow = byPath(foundMounts);
  const untold = new Map(packages);
  for (const finding of findings) {
    const { kind, path, from, rule, isConsequence, explained } = finding;
    const explaining = explained && untold.get(explained.package);
    if (explaining !== undefined) untold.delete(explaining.name);
    yield {
      kind,
      path,
      from,
      rule,
      isConsequence,
      before: recordOf(finding.before),
      after: recordOf(finding.after),
      replaced: kind === 'moved' ? recordedAt(path) : undefined,
      content: texts?.get(finding),
      mount: finding.mount === undefined ? undefined : { before: mountsBefore.get(path), after: mountsNow.get(path) },
      ...(explaining === undefined ? {} : { package: explaining }),
    };
  }
}

function byPath(mounts: readonly MountPoint[]): ReadonlyMap<Path, MountPoint> {
  return new Map(mounts.map((mount) => [mount.path, mount]));
}
