/**
 * Reads the database of dpkg below a root, which need not be that of this host: which packages are installed, and what
 * they say of given paths. Everything in it may be forged: sizes are bounded, and what it says explains a change only
 * together with what a baseline recorded (check/packages). It never writes and starts no program.
 */
import { baseName, joinPath, type Path, parentPath, pathFromLatin1, pathFromText } from '../../../model/bytes.ts';
import { SystemError } from '../../../model/errors.ts';
import {
  type DatabaseFile,
  type PackageClaim,
  type PackageKnowledge,
  packPaths,
  type RecordedPackage,
  type StatOverride,
  type StatOverrides,
} from '../../../model/packages.ts';
import { readRootedFile } from '../../rooted-file.ts';
import { Users } from '../../users.ts';
import type { PackageDatabase, WantedPaths } from '../manager.ts';
import { parseDiversions, parseList, parseOverrides, parseSums } from './lists.ts';
import { Places } from './places.ts';
import { type DpkgPackage, type DpkgStatus, malformedNote, parseStatus } from './status.ts';

const DIRECTORY = '/var/lib/dpkg';
/**
 * Bytes of one file, of one that an administrator fills, and of all that are read; the largest systems need a tenth.
 */
const FILE_LIMIT = 32 * 1024 * 1024;
const LOCAL_LIMIT = 2 * 1024 * 1024;
const TOTAL_LIMIT = 256 * 1024 * 1024;
/** Paths of all lists together. A list that is a link to another one counts as often as it is read. */
const MOST_LISTED = 3_000_000;
/** The only layout of info/ there is (the file info/format). */
const LAYOUT = '1';

// What dpkg runs as root (deb-control(5)).
const SCRIPTS: ReadonlySet<string> = new Set(['preinst', 'postinst', 'prerm', 'postrm', 'config']);
const DATA: ReadonlySet<string> = new Set([
  ...['list', 'md5sums', 'conffiles', 'templates', 'triggers', 'shlibs', 'symbols'],
]);
const INFO_NAME = /^([a-z0-9][a-z0-9+.:-]*)\.([a-z0-9]+)$/;

function idOf(text: string, named: (name: string) => number | undefined): number | undefined {
  return /^#\d{1,10}$/.test(text) ? Number(text.slice(1)) : named(text);
}

/** The packages alone. Undefined where dpkg does not manage the system. Throws a SystemError when it cannot be read. */
export function readDpkgStatus(root: Path): DpkgStatus | undefined {
  const status = readRootedFile(root, pathFromText(`${DIRECTORY}/status`), FILE_LIMIT);
  return status === undefined || status.length === 0 ? undefined : parseStatus(status.toString('latin1'));
}

export class DpkgDatabase implements PackageDatabase {
  /** Of what is installed, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** That there are stanzas which cannot be understood; what they tell of is never explained. */
  readonly problem: string | undefined;
  readonly #root: Path;
  readonly #packages: readonly DpkgPackage[];
  readonly #places: Places;
  #left = TOTAL_LIMIT;
  #listed = 0;

  private constructor(root: Path, { packages, malformed }: DpkgStatus) {
    this.#root = root;
    this.#packages = packages;
    this.problem = malformedNote(malformed);
    const installed = packages.filter(({ isInstalled }) => isInstalled);
    this.versions = new Map(installed.map(({ name, version }) => [name, version]));
    this.#places = new Places(root, parseDiversions(this.#text('diversions', LOCAL_LIMIT) ?? ''));
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

  /** What a baseline remembers of the installed packages, or of some, with those of their paths that are to be kept. */
  *recorded(kept: WantedPaths, names?: ReadonlySet<string>): Generator<RecordedPackage, void, undefined> {
    for (const found of this.#packages) {
      const { name, version, isInstalled } = found;
      if (!isInstalled || names?.has(name) === false) continue;
      const places = [...this.#placesOf(found, kept)].map(([, place]) => place).filter(kept.has);
      yield { name, version, files: packPaths([...new Set(places)]) };
    }
  }

  /**
   * What is known of the wanted paths. `suspects`: packages to be asked even where their lists have none of these
   * paths, whether they are known or not. Throws a SystemError when the database cannot be read.
   */
  knowledge(wanted: ReadonlySet<Path>, suspects: ReadonlySet<string>): PackageKnowledge {
    const claims = this.#claims(wanted, suspects);
    const directory = parentPath(this.#places.placeOf(pathFromText(`${DIRECTORY}/any`)));
    const info = parentPath(this.#places.placeOf(pathFromText(`${DIRECTORY}/info/any`)));
    return {
      by: 'dpkg',
      versions: this.versions,
      claims: (path) => claims.get(path) ?? [],
      overrides: this.#overrides(),
      isDiverted: (path) => this.#places.isDiverted(path),
      databaseFile: (path) => {
        if (parentPath(path) === info) return infoFile(baseName(path));
        const isBelow = [directory, info].some((each) => path === each || path.startsWith(`${each}/`));
        return isBelow ? { kind: 'state' } : undefined;
      },
      restoring: (name) => restoring(name, this.versions.get(name) ?? ''),
    };
  }

  #claims(wanted: ReadonlySet<Path>, suspects: ReadonlySet<string>): ReadonlyMap<Path, readonly PackageClaim[]> {
    const claims = new Map<Path, PackageClaim[]>();
    const endings = new Set([...wanted].map(baseName));
    const paths: WantedPaths = { has: (path) => wanted.has(path), mayHaveName: (name) => endings.has(name) };
    const known = new Set(this.#packages.map(({ name }) => name));
    const unknown = [...suspects].filter((name) => !known.has(name) && INFO_NAME.test(`${name}.list`));
    const told = (name: string, state: PackageClaim['state'], about: Pick<DpkgPackage, 'plainName' | 'conffiles'>) => {
      for (const [place, claim] of this.#claimsOf({ ...about, name }, paths, suspects.has(name))) {
        const others = claims.get(place);
        if (others === undefined) claims.set(place, [{ ...claim, state }]);
        else others.push({ ...claim, state });
      }
    };
    for (const found of this.#packages) told(found.name, found.isInstalled ? 'installed' : 'removed', found);
    for (const name of unknown) told(name, 'unknown', { plainName: name.replace(/:.*/s, ''), conffiles: new Map() });
    return claims;
  }

  /** What one package says of the wanted paths. Digests of what it does not list are read of a suspect only. */
  *#claimsOf(
    about: Pick<DpkgPackage, 'name' | 'plainName' | 'conffiles'>,
    wanted: WantedPaths,
    isSuspect: boolean,
  ): Generator<readonly [place: Path, claim: Omit<PackageClaim, 'state'>], void, undefined> {
    const { name, plainName, conffiles } = about;
    const owned = new Map<Path, Path>();
    for (const [listed, place] of this.#placesOf(about, wanted)) if (wanted.has(place)) owned.set(listed, place);
    if (owned.size === 0 && !isSuspect) return;
    const placeFor = (listed: Path): Path => owned.get(listed) ?? this.#places.placeFor(plainName, listed);
    const isWanted = (listed: Path): boolean => owned.has(listed) || (isSuspect && wanted.has(placeFor(listed)));
    const sums = parseSums(this.#text(`info/${name}.md5sums`) ?? '', isWanted);
    for (const listed of new Set([...owned.keys(), ...sums.keys(), ...[...conffiles.keys()].filter(isWanted)])) {
      const conffile = conffiles.get(listed);
      const md5 = conffile ?? sums.get(listed);
      yield [placeFor(listed), { package: name, md5, isConffile: conffile !== undefined, isListed: owned.has(listed) }];
    }
  }

  /** The paths that a package lists and that may be wanted, each with where its object is. */
  *#placesOf(
    { name, plainName }: Pick<DpkgPackage, 'name' | 'plainName'>,
    wanted: WantedPaths,
  ): Generator<readonly [listed: Path, place: Path], void, undefined> {
    for (const listed of parseList(this.#text(`info/${name}.list`) ?? '')) {
      this.#listed += 1;
      if (this.#listed > MOST_LISTED) throw new SystemError('read', 'EFBIG', 'packages list more than any system has');
      const ending = baseName(listed);
      if (!wanted.mayHaveName(ending) && !this.#places.mayRename(ending)) continue;
      yield [listed, this.#places.placeFor(plainName, listed)];
    }
  }

  #overrides(): StatOverrides {
    const users = new Users(this.#root);
    const overrides = new Map<Path, StatOverride>();
    const named = new Set<Path>();
    const bytes = this.#bytes('statoverride', LOCAL_LIMIT);
    for (const { user, group, mode, path } of parseOverrides(bytes?.toString('latin1') ?? '')) {
      const place = this.#places.placeOf(path);
      named.add(place);
      const uid = idOf(user, (name) => users.uidOf(name));
      const gid = idOf(group, (name) => users.gidOf(name));
      if (uid !== undefined && gid !== undefined) overrides.set(place, { uid, gid, mode });
    }
    const file = this.#places.placeOf(pathFromText(`${DIRECTORY}/statoverride`));
    return { file, bytes, of: (path) => overrides.get(path), names: (path) => named.has(path) };
  }

  #text(name: string, limit = FILE_LIMIT): string | undefined {
    return this.#bytes(name, limit)?.toString('latin1');
  }

  #bytes(name: string, limit: number): Buffer | undefined {
    const path = joinPath(pathFromText(DIRECTORY), pathFromLatin1(name));
    const bytes = readRootedFile(this.#root, path, Math.min(limit, this.#left));
    this.#left -= bytes?.length ?? 0;
    return bytes;
  }
}

/** No shell is told what stands in the database, unless it is a name and a version (deb-version(7)). */
function restoring(name: string, version: string): string | undefined {
  const isOrderly = /^[a-z0-9][a-z0-9+.:-]*$/.test(name) && /^[0-9][A-Za-z0-9.+:~-]*$/.test(version);
  return isOrderly ? `apt-get install --reinstall ${name}=${version}` : undefined;
}

function infoFile(name: Path): DatabaseFile {
  const [, about, extension = ''] = INFO_NAME.exec(name) ?? [];
  if (about === undefined) return { kind: 'state' };
  if (SCRIPTS.has(extension)) return { kind: 'script', package: about };
  return DATA.has(extension) ? { kind: 'data', package: about } : { kind: 'state' };
}
