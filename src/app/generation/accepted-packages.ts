/**
 * What the next generation remembers of packages when explained findings are accepted: their versions move along, so
 * that a change after that is not explained by the same upgrade again. Pure data: nothing is asked of a package
 * database.
 */
import { recordedOwners } from '../../check/packages/owners.ts';
import type { Path } from '../../model/bytes.ts';
import type { FindingState } from '../../model/finding-state.ts';
import { packPaths, type RecordedPackage, UnpackingRoom, unpackPaths } from '../../model/packages.ts';
import type { Explanation, Report } from '../../model/report.ts';

/** A finding that a package explains, and its state. */
export interface ExplainedState {
  readonly explained: Explanation;
  readonly state: FindingState;
}

export interface AcceptedPackages {
  readonly recorded: readonly RecordedPackage[];
  readonly report: Report;
  /** All of the report. */
  readonly explained: readonly ExplainedState[];
  /** States of files that have the content of the version before, though their package has another one. */
  readonly rolledBack: readonly FindingState[];
  /** States that the next generation holds. */
  readonly accepted: ReadonlySet<FindingState>;
  /** Whether the present generation has an object there. */
  readonly held: (path: Path) => boolean;
}

/**
 * Packages that move to the version of the report: all that they explain there is accepted, and the report had
 * everything to tell. Else what is left would be explained by nothing; it stays explained by the way from the recorded
 * version.
 */
function movedPackages({
  recorded,
  report,
  explained,
  rolledBack,
  accepted,
}: AcceptedPackages): ReadonlyMap<string, RecordedPackage> {
  const moved = new Map<string, RecordedPackage>();
  if (report.limits !== undefined || report.status === 'incomplete') return moved;
  const versions = new Map(recorded.map(({ name, version }) => [name, version]));
  for (const { explained: explanation, state } of explained) {
    const found = state.package;
    if (found !== undefined && (versions.get(found.name) ?? '') === explanation.from) moved.set(found.name, found);
  }
  for (const { explained: explanation, state } of explained) {
    if (!accepted.has(state)) moved.delete(explanation.package);
  }
  // With the new version recorded, nothing would tell any more that the old content is back.
  const left = new Set(rolledBack.filter((state) => !accepted.has(state)).map(({ path }) => path));
  if (left.size === 0 || moved.size === 0) return moved;
  for (const name of [...recordedOwners(recorded, left).values()].flat()) moved.delete(name);
  return moved;
}

/**
 * The packages of the next generation, whose entries `holds` knows. What was there and belonged to nobody becomes a
 * package's by an accepted finding only: else a line in a list would do, and the change could follow later.
 */
export function acceptedPackages(
  request: AcceptedPackages,
  holds: (path: Path) => boolean,
): readonly RecordedPackage[] {
  const { recorded, held, accepted } = request;
  const moved = movedPackages(request);
  if (moved.size === 0) return recorded;
  const room = new UnpackingRoom();
  const files = new Map([...moved.values()].map((found) => [found.name, unpackPaths(found.files, room) ?? []]));
  const owned = recordedOwners(recorded, new Set([...files.values()].flat()));
  const told = new Set([...accepted].map(({ path }) => path));
  const belongs = (path: Path): boolean => holds(path) && (!held(path) || owned.has(path) || told.has(path));
  const kept = recorded.filter(({ name }) => !moved.has(name));
  const arrived = [...moved.values()].flatMap(({ name, version }) =>
    version === '' ? [] : [{ name, version, files: packPaths((files.get(name) ?? []).filter(belongs)) }],
  );
  return [...kept, ...arrived].sort((left, right) => (left.name < right.name ? -1 : 1));
}
