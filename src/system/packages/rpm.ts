/**
 * Names and versions of packages as rpm(8) tells them, for the running system alone: its database is read by no other.
 */
import { type Path, pathFromLatin1, ROOT } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { runHelper } from '../helper-program.ts';
import type { InstalledPackages, PackageManager } from './manager.ts';

const DATABASES = ['/var/lib/rpm', '/usr/lib/sysimage/rpm'].map(pathFromLatin1);
const PROGRAM = '/usr/bin/rpm';
const MILLISECONDS = 30_000;

/** A name and a version a line. */
function installed(root: Path, exists: (path: Path) => boolean): InstalledPackages {
  if (!DATABASES.some(exists)) return { versions: new Map(), problem: undefined };
  if (root !== ROOT) {
    return { versions: new Map(), problem: 'the packages of rpm are read on the running system only' };
  }
  const query = ['-qa', '--qf', '%{NAME} %{VERSION}-%{RELEASE}\\n'];
  const { status, stdout } = runHelper(PROGRAM, query, { timeout: MILLISECONDS });
  if (status !== 0) throw new SystemError('spawn', 'EIO', `${PROGRAM} ended with status ${status}`);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const versions = new Map(lines.flatMap(([name = '', version = '']) => (name === '' ? [] : [[name, version]])));
  return { versions, problem: undefined };
}

export const RPM: PackageManager = { name: 'rpm', installed };
