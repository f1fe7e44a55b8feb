/** Names and versions of packages from the installed database of apk, version 2 (apk-package(5)). */
import { type Path, pathFromLatin1 } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { MOST_PACKAGES } from '../../model/packages.ts';
import { readRootedFile } from '../rooted-file.ts';
import type { InstalledPackages, PackageManager } from './manager.ts';
import { linesOf, stanzasOf } from './stanzas.ts';

const DATABASE = pathFromLatin1('/lib/apk/db/installed');
const SIZE_LIMIT = 64 * 1024 * 1024;

/** Lines of a letter, a colon and a value, and an empty line after each package. */
function installed(root: Path): InstalledPackages {
  const text = readRootedFile(root, DATABASE, SIZE_LIMIT)?.toString('latin1') ?? '';
  const versions = new Map<string, string>();
  for (const stanza of stanzasOf(text)) {
    let [name, version] = ['', ''];
    for (const line of linesOf(stanza)) {
      if (line.startsWith('P:')) name = line.slice(2);
      else if (line.startsWith('V:')) version = line.slice(2);
    }
    if (name !== '') versions.set(name, version);
    if (versions.size > MOST_PACKAGES) {
      throw new SystemError('read', 'EFBIG', 'there are more packages than there can be');
    }
  }
  return { versions, problem: undefined };
}

export const APK: PackageManager = { name: 'apk', installed };
