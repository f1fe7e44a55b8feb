/**
 * Reads the database of dpkg below a root, which need not be that of this host: which packages are installed, and what
 * they say of given paths. Everything in it may be forged: sizes are bounded, and what it says explains a change only
 * together with what a baseline recorded (check/packages). It never writes and starts no program.
 */
import { baseName, joinPath, type Path, parentPath, pathFromLatin1, pathFromText } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import {
  type DatabaseFile,
  type PackageClaim,
  type PackageKnowledge,
  packPaths,
  type RecordedPackage,
  type StatOverride,
} from '../../model/packages.ts';
import { readRootedFile } from '../rooted-file.ts';
import { Users } from '../users.ts';
import { parseDiversions, parseList, parseOverrides, parseSums } from './lines.ts';
import { Places } from './places.ts';
import { type DpkgPackage, type DpkgStatus, parseStatus } from './status.ts';

const DIRECTORY = '/var/lib/dpkg';
/** Bytes of one file, and of all that are read. A system with everything that Debian has stays below a tenth of it. */
const FILE_LIMIT = 64 * 1024 * 1024;
const TOTAL_LIMIT = 1024 * 1024 * 1024;
/** The only layout of info/ there is (the file info/format). */
const LAYOUT = '1';

// What dpkg runs as root; everything else in info/ is data.
const SCRIPTS: ReadonlySet<string> = new Set(['preinst', 'postinst', 'prerm', 'postrm', 'config']);
const INFO_NAME = /^([a-z0-9][a-z0-9+.:-]*)\.([a-z0-9]+)$/;

function idOf(text: string, named: (name: string) => number | undefined): number | undefined {
  return /^#\d{1,10}$/.test(text) ? Number(text.slice(1)) : named(text);
}

/** The packages alone. Undefined where dpkg does not manage the system. Throws a SystemError when it cannot be read. */
export function readDpkgStatus(root: Path): DpkgStatus | undefined {
  const status = readRootedFile(root, pathFromText(`${DIRECTORY}/status`), FILE_LIMIT);
  return status === undefined || status.length === 0 ? undefined : parseStatus(status.toString('latin1'));
}

export class DpkgDatabase {
  /** Of what is installed, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** Stanzas of the status file that cannot be understood; what they tell of is never explained. */
  readonly malformed: number;
  readonly #root: Path;
  readonly #packages: readonly DpkgPackage[];
  readonly #places: Places;
  #left = TOTAL_LIMIT;

  private constructor(root: Path, { packages, malformed }: DpkgStatus) {
    this.#root = root;
    this.#packages = packages;
    this.malformed = malformed;
    const installed = packages.filter(({ isInstalled }) => isInstalled);
    this.versions = new Map(installed.map(({ name, version }) => [name, version]));
    this.#places = new Places(root, parseDiversions(this.#text('diversions') ?? ''));
  }

  /** Undefined where dpkg does not manage the system. Throws a SystemError when its database cannot be read. */
  static open(root: Path): DpkgDatabase | undefined {
    const status = readDpkgStatus(root);
    if (status === undefined) return undefined;
    const database = new DpkgDatabase(root, status);
    const layout = database.#text('info/format')?.trim() ?? LAYOUT;
    if (layout !== LAYOUT) throw new SystemError('open', 'EINVAL', 'info/format is not one that is known');
    return database;
  }

  /** What a baseline remembers of the installed packages, or of some, with those of their paths that `isKept` takes. */
  *recorded(isKept: (path: Path) => boolean, names?: ReadonlySet<string>): Generator<RecordedPackage, void, undefined> {
    for (const found of this.#packages) {
      const { name, version, isInstalled } = found;
      if (!isInstalled || names?.has(name) === false) continue;
      const kept = [...this.#placesOf(found)].map(([, place]) => place).filter(isKept);
      yield { name, version, files: packPaths([...new Set(kept)]) };
    }
  }

  /** What is known of the wanted paths. Throws a SystemError when the database cannot be read. */
  knowledge(wanted: ReadonlySet<Path>): PackageKnowledge {
    const claims = this.#claims(wanted);
    const overrides = this.#overrides();
    const info = this.#places.placeOf(pathFromText(`${DIRECTORY}/info/any`));
    return {
      by: 'dpkg',
      versions: this.versions,
      claims: (path) => claims.get(path) ?? [],
      override: (path) => overrides.get(path),
      databaseFile: (path) => (parentPath(path) === parentPath(info) ? databaseFile(baseName(path)) : undefined),
    };
  }

  #claims(wanted: ReadonlySet<Path>): ReadonlyMap<Path, readonly PackageClaim[]> {
    const claims = new Map<Path, PackageClaim[]>();
    for (const found of this.#packages) {
      const owned = new Map<Path, Path>();
      for (const [listed, place] of this.#placesOf(found)) if (wanted.has(place)) owned.set(listed, place);
      if (owned.size === 0) continue;
      const sums = parseSums(this.#info(found, 'md5sums') ?? '');
      for (const [listed, place] of owned) {
        const conffile = found.conffiles.get(listed);
        const claim = { package: found.name, md5: conffile ?? sums.get(listed), isConffile: conffile !== undefined };
        const others = claims.get(place);
        if (others === undefined) claims.set(place, [claim]);
        else others.push(claim);
      }
    }
    return claims;
  }

  /** Each path that a package lists, and where its object is. */
  *#placesOf(found: DpkgPackage): Generator<readonly [listed: Path, place: Path], void, undefined> {
    for (const listed of parseList(this.#info(found, 'list') ?? '')) {
      yield [listed, this.#places.placeFor(found.plainName, listed)];
    }
  }

  #overrides(): ReadonlyMap<Path, StatOverride> {
    const users = new Users(this.#root);
    const overrides = new Map<Path, StatOverride>();
    for (const { user, group, mode, path } of parseOverrides(this.#text('statoverride') ?? '')) {
      const uid = idOf(user, (name) => users.uidOf(name));
      const gid = idOf(group, (name) => users.gidOf(name));
      if (uid !== undefined && gid !== undefined) overrides.set(this.#places.placeOf(path), { uid, gid, mode });
    }
    return overrides;
  }

  #info({ name }: DpkgPackage, extension: 'list' | 'md5sums'): string | undefined {
    return this.#text(`info/${name}.${extension}`);
  }

  #text(name: string): string | undefined {
    const path = joinPath(pathFromText(DIRECTORY), pathFromLatin1(name));
    const bytes = readRootedFile(this.#root, path, Math.min(FILE_LIMIT, this.#left));
    this.#left -= bytes?.length ?? 0;
    return bytes?.toString('latin1');
  }
}

function databaseFile(name: Path): DatabaseFile | undefined {
  const [, about, extension] = INFO_NAME.exec(name) ?? [];
  if (about === undefined || extension === undefined) return undefined;
  return { package: about, isScript: SCRIPTS.has(extension) };
}
