/** The programs of Tripwire, as they are installed or unpacked from the package that apt-get left, to compare with. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHIVES, archiveOf } from './package-archives.ts';

/** Why there is no Tripwire here, or undefined. */
export const noTripwire: string | undefined =
  existsSync('/usr/sbin/tripwire') || archiveOf('tripwire') !== undefined
    ? undefined
    : `tripwire is not installed, and its package is not in ${ARCHIVES}`;

export interface Tripwire {
  /** Directory of the programs. */
  readonly programs: string;
  /** The policy that Debian ships. */
  readonly policy: string;
}

/** `directory` takes what is unpacked. */
export function unpackTripwire(directory: string): Tripwire {
  const archive = archiveOf('tripwire');
  if (archive === undefined) return { programs: '/usr/sbin', policy: '/etc/tripwire/twpol.txt' };
  const { status, stderr } = spawnSync('dpkg-deb', ['-x', archive, directory], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`dpkg-deb: ${stderr}`);
  return { programs: join(directory, 'usr/sbin'), policy: join(directory, 'etc/tripwire/twpol.txt') };
}
