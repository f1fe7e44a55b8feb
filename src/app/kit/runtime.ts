/** The runtime of a kit: Node.js, the programs that integ starts, and the loader and libraries that they want. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KIT } from '../../system/own-kit.ts';
import { takeTurns } from '../../system/turns.ts';
import { closedLibc, closedLoader } from './closing.ts';
import type { KitFolder } from './folder.ts';
import { librariesOf } from './libraries.ts';
import { lacking, type Platform } from './platform.ts';

const LIBC = 'libc.so.6';
/** Loaded by the C library when it is asked for users, where that is older than 2.34. */
const NAME_SERVICE = 'libnss_files.so.2';

/** Adds them to a folder in which the native modules are already. */
export async function addRuntime(folder: KitFolder, { loader }: Platform, programs: readonly string[]): Promise<void> {
  await takeTurns(folder.copying(process.execPath, KIT.node, 0o755));
  const license = join(dirname(process.execPath), '../LICENSE');
  if (existsSync(license)) await takeTurns(folder.copying(license, `${KIT.runtime}/LICENSE`, 0o644));
  for (const program of programs) {
    await takeTurns(folder.copying(program, `${KIT.runtime}/${basename(program)}`, 0o755));
  }
  folder.write(KIT.openssl, '# Nothing is configured: the file of the system is not to be read.\n', 0o644);
  folder.write(`${KIT.runtime}/${basename(loader)}`, closedLoader(readFileSync(loader)), 0o755);
  const binaries = [process.execPath, ...programs, ...nativeModules(folder).map((name) => folder.at(name))];
  const libraries = new Map<string, string>();
  for (const program of binaries) {
    const list = { file: loader, parameters: ['--list', program], environment: {} };
    for (const [name, file] of librariesOf(list, program)) if (!libraries.has(name)) libraries.set(name, file);
  }
  const libc = libraries.get(LIBC);
  if (libc === undefined) throw lacking(`Node.js does not want ${LIBC}`, 'run integ by another Node.js');
  const names = join(dirname(libc), NAME_SERVICE);
  if (existsSync(names)) libraries.set(NAME_SERVICE, names);
  for (const [name, file] of libraries) {
    const to = `${KIT.libraries}/${name}`;
    if (name === LIBC) folder.write(to, closedLibc(readFileSync(file)), 0o644);
    else if (name !== basename(loader)) await takeTurns(folder.copying(file, to, 0o644));
  }
}

export function nativeModules({ digests }: KitFolder): string[] {
  return [...digests.keys()].filter((name) => name.endsWith('.node'));
}
