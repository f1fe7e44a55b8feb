/**
 * Names and versions of installed packages, from the database of dpkg or apk, or from rpm(8) for the running system. What
 * a package holds is not looked at. The databases are data of the examined system: they are parsed and never believed to
 * be well-formed.
 */
import { type Path, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { MOST_PACKAGES } from '../model/packages.ts';
import { readDpkgStatus } from './dpkg/database.ts';
import { linesOf, stanzasOf } from './dpkg/lines.ts';
import { malformedNote } from './dpkg/status.ts';
import { runHelper } from './helper-program.ts';
import { readRootedFile } from './rooted-file.ts';

export interface InstalledPackages {
  /** Versions by name, one character a byte. */
  readonly versions: ReadonlyMap<string, string>;
  /** Why there are none, or not all, though there is a database. */
  readonly problem: string | undefined;
}

const APK_INSTALLED = pathFromLatin1('/lib/apk/db/installed');
const APK_SIZE_LIMIT = 64 * 1024 * 1024;
const RPM = '/usr/bin/rpm';
const RPM_MILLISECONDS = 30_000;

function fromDpkg(rootDirectory: Path): InstalledPackages {
  const { packages, malformed } = readDpkgStatus(rootDirectory) ?? { packages: [], malformed: 0 };
  const installed = packages.filter(({ isInstalled }) => isInstalled);
  return {
    versions: new Map(installed.map(({ plainName, version }) => [plainName, version])),
    problem: malformedNote(malformed),
  };
}

/** apk-package(5), installed database v2: lines of a letter, a colon and a value, and an empty line after each package. */
function fromApk(rootDirectory: Path): InstalledPackages {
  const text = readRootedFile(rootDirectory, APK_INSTALLED, APK_SIZE_LIMIT)?.toString('latin1') ?? '';
  const versions = new Map<string, string>();
  for (const stanza of stanzasOf(text)) {
    let [name, version] = ['', ''];
    for (const line of linesOf(stanza)) {
      if (line.startsWith('P:')) name = line.slice(2);
      else if (line.startsWith('V:')) version = line.slice(2);
    }
    if (name !== '') versions.set(name, version);
    if (versions.size > MOST_PACKAGES)
      throw new SystemError('read', 'EFBIG', 'there are more packages than there can be');
  }
  return { versions, problem: undefined };
}

/** As `rpm -qa` prints it: a name and a version a line. */
function fromRpm(rootDirectory: Path): InstalledPackages {
  if (rootDirectory !== ROOT) {
    return { versions: new Map(), problem: 'the packages of rpm are read on the running system only' };
  }
  const query = ['-qa', '--qf', '%{NAME} %{VERSION}-%{RELEASE}\\n'];
  const { status, stdout } = runHelper(RPM, query, { timeout: RPM_MILLISECONDS });
  if (status !== 0) throw new SystemError('spawn', 'EIO', `${RPM} ended with status ${status}`);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const versions = new Map(lines.flatMap(([name = '', version = '']) => (name === '' ? [] : [[name, version]])));
  return { versions, problem: undefined };
}

/** The packages of the system under `rootDirectory`. `hasRpm`: a database of rpm was seen there. */
export function readInstalledPackages(rootDirectory: Path, hasRpm: boolean): InstalledPackages {
  try {
    const readers = [fromDpkg, fromApk, ...(hasRpm ? [fromRpm] : [])];
    let found: InstalledPackages = { versions: new Map(), problem: undefined };
    for (const read of readers) {
      const { versions, problem } = read(rootDirectory);
      found = { versions, problem: problem ?? found.problem };
      if (versions.size > 0) break;
    }
    return found;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { versions: new Map(), problem: `the package database could not be read: ${error.message}` };
  }
}
