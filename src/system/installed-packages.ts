/**
 * Names and versions of installed packages, from the database of dpkg or apk, or from rpm(8) for the running system. What
 * a package holds is not looked at. The databases are data of the examined system: they are parsed and never believed to
 * be well-formed.
 */
import { type Path, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { runHelper } from './helper-program.ts';
import { readRootedFile } from './rooted-file.ts';

export interface InstalledPackages {
  /** Versions by name, one character a byte. */
  readonly versions: ReadonlyMap<string, string>;
  /** Why there are none, though there is a database. */
  readonly problem: string | undefined;
}

const SIZE_LIMIT = 256 * 1024 * 1024;
const RPM = '/usr/bin/rpm';
const RPM_MILLISECONDS = 30_000;

interface Format {
  readonly file: Path;
  readonly separator: string;
  readonly name: string;
  readonly version: string;
  readonly isInstalled: (fields: ReadonlyMap<string, string>) => boolean;
}

const FORMATS: readonly Format[] = [
  {
    // deb-status(5) as dpkg-query(1) reads it
    file: pathFromLatin1('/var/lib/dpkg/status'),
    separator: ': ',
    name: 'Package',
    version: 'Version',
    isInstalled: (fields) => (fields.get('Status') ?? '').endsWith(' installed'),
  },
  {
    // apk-package(5): installed database v2
    file: pathFromLatin1('/lib/apk/db/installed'),
    separator: ':',
    name: 'P',
    version: 'V',
    isInstalled: () => true,
  },
];

function parse(text: string, { separator, name, version, isInstalled }: Format): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const stanza of text.split(/\n{2,}/)) {
    const fields = new Map<string, string>();
    for (const line of stanza.split('\n')) {
      const at = line.indexOf(separator);
      if (at > 0 && !/^[ \t]/.test(line)) fields.set(line.slice(0, at), line.slice(at + separator.length));
    }
    const found = fields.get(name);
    if (found !== undefined && found !== '' && isInstalled(fields)) versions.set(found, fields.get(version) ?? '');
  }
  return versions;
}

/** As `rpm -qa` prints it: a name and a version a line. */
function askRpm(): ReadonlyMap<string, string> {
  const query = ['-qa', '--qf', '%{NAME} %{VERSION}-%{RELEASE}\\n'];
  const { status, stdout } = runHelper(RPM, query, { timeout: RPM_MILLISECONDS });
  if (status !== 0) throw new SystemError('spawn', 'EIO', `${RPM} ended with status ${status}`);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return new Map(lines.flatMap(([name = '', version = '']) => (name === '' ? [] : [[name, version] as const])));
}

/** The packages of the system under `rootDirectory`. `hasRpm`: a database of rpm was seen there. */
export function readInstalledPackages(rootDirectory: Path, hasRpm: boolean): InstalledPackages {
  try {
    for (const format of FORMATS) {
      const bytes = readRootedFile(rootDirectory, format.file, SIZE_LIMIT);
      const versions = parse(bytes?.toString('latin1') ?? '', format);
      if (versions.size > 0) return { versions, problem: undefined };
    }
    if (!hasRpm) return { versions: new Map(), problem: undefined };
    if (rootDirectory === ROOT) return { versions: askRpm(), problem: undefined };
    return { versions: new Map(), problem: 'the packages of rpm are read on the running system only' };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { versions: new Map(), problem: `the package database could not be read: ${error.message}` };
  }
}
