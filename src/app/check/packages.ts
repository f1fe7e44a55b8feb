/**
 * Packages as commands use them: what a new generation remembers of them, and which findings of a check they explain. A
 * package database that cannot be read never hides a finding and never ends a command: nothing is explained then.
 */
import type { BaselineWriter } from '../../baseline/writer.ts';
import type { ComparisonResult } from '../../check/comparison.ts';
import { explainFindings, wantedPaths } from '../../check/packages/explain.ts';
import { recordedOwners } from '../../check/packages/owners.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { type Path, pathFromText, printableText } from '../../model/bytes.ts';
import { SystemError, UserError } from '../../model/errors.ts';
import { packPaths, type RecordedPackage, UnpackingRoom, unpackPaths } from '../../model/packages.ts';
import type { RecordBytes } from '../../model/record.ts';
import type { PackageDatabase, WantedPaths } from '../../system/packages/manager.ts';
import { openPackageDatabase } from '../../system/packages/managers.ts';
import type { Context } from '../context.ts';

const EVERY_PATH: WantedPaths = { has: () => true, mayHaveName: () => true };
const NOTHING: ReadonlyMap<string, RecordedPackage> = new Map();

/** What is asked of the baseline. */
interface PackageBaseline {
  readonly header: BaselineHeader;
  readonly recordedAt: (path: Path) => RecordBytes | undefined;
}

interface Explained {
  readonly comparison: ComparisonResult;
  /** The packages that explain findings, as they are now, by name. */
  readonly packages: ReadonlyMap<string, RecordedPackage>;
}

function unreadable(error: SystemError): string {
  return `the package database cannot be read (${printableText(error.message)}): no change is explained by packages`;
}

/**
 * What init asks before it examines anything: were it asked afterwards, an upgrade in between would leave old files
 * under the new version, and no later change of them would be explained.
 */
export function readPackages({ root, log }: Context): PackageDatabase | undefined {
  try {
    return openPackageDatabase(pathFromText(root));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    log.warn(unreadable(error));
    return undefined;
  }
}

/** The packages for the header of a baseline whose entries are all stored. */
export function packagesOf(
  { log }: Context,
  database: PackageDatabase | undefined,
  writer: BaselineWriter,
): readonly RecordedPackage[] {
  if (database === undefined) return [];
  try {
    return [...database.recorded({ has: writer.holdings(), mayHaveName: writer.storedNames() })];
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    log.warn(unreadable(error));
    return [];
  }
}

/**
 * The packages for a generation that selects other objects: with what they list now among those that `held` does not
 * have, for of the others the present generation says whose they are. Versions stay, for a policy accepts no change.
 */
export function carriedPackages(
  context: Context,
  recorded: readonly RecordedPackage[],
  writer: BaselineWriter,
  held: (path: Path) => boolean,
): readonly RecordedPackage[] {
  const present = new Map(packagesOf(context, readPackages(context), writer).map((found) => [found.name, found]));
  const holds = writer.holdings();
  return withinBounds(() => {
    const room = new UnpackingRoom();
    return recorded.map(({ name, version, files }) => {
      const listed = present.get(name);
      const added = listed === undefined ? [] : (unpackPaths(listed.files, room) ?? []).filter((path) => !held(path));
      const kept = (unpackPaths(files, room) ?? []).filter(holds);
      return { name, version, files: packPaths([...new Set([...kept, ...added])]) };
    });
  });
}

/** What a new generation makes of the recorded packages. A baseline that records more than there can be makes none. */
export function withinBounds<Result>(make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new UserError('untrusted', error.message, { hint: 'take a baseline that is known to be good' });
  }
}

/** Asks the package database of the examined system, but only where there is something to explain. */
export function explainByPackages(
  root: string,
  { header: { packages: recorded }, recordedAt }: PackageBaseline,
  comparison: ComparisonResult,
): Explained {
  const wanted = wantedPaths(comparison.findings);
  const withNotes = (...notes: readonly string[]): ComparisonResult => ({
    ...comparison,
    notes: [...comparison.notes, ...notes],
  });
  if (wanted.size === 0) return { comparison, packages: NOTHING };
  try {
    const database = openPackageDatabase(pathFromText(root));
    if (database === undefined) return { comparison, packages: NOTHING };
    const owners = recordedOwners(recorded, wanted);
    const known = database.knowledge(wanted, new Set([...owners.values()].flat()));
    const { records } = comparison;
    const findings = explainFindings(comparison.findings, { records, recorded, owners, recordedAt, known });
    const names = new Set(findings.flatMap(({ explained }) => explained?.package ?? []));
    const noted = withNotes(...databaseNotes(database, recorded));
    return { comparison: { ...noted, findings }, packages: explainingPackages(database, names) };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { comparison: withNotes(unreadable(error)), packages: NOTHING };
  }
}

function databaseNotes({ problem }: PackageDatabase, recorded: readonly RecordedPackage[]): string[] {
  return [
    ...(recorded.length > 0 ? [] : ['the baseline records no packages, so that none explains a change']),
    ...(problem === undefined ? [] : [problem]),
  ];
}

function explainingPackages(
  database: PackageDatabase,
  names: ReadonlySet<string>,
): ReadonlyMap<string, RecordedPackage> {
  if (names.size === 0) return NOTHING;
  const packages = new Map<string, RecordedPackage>();
  for (const found of database.recorded(EVERY_PATH, names)) packages.set(found.name, found);
  for (const name of names) {
    if (!packages.has(name)) packages.set(name, { name, version: '', files: packPaths([]) });
  }
  return packages;
}
