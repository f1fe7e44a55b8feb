/** Node.js as it is installed: with libatomic beside it, which a minimal system lacks, and told to look there first. */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Platform, RUNTIME } from '../../src/app/installation/files.ts';
import { run } from './checkout.ts';
import { runtimePackage } from './locked-packages.ts';
import type { Stage } from './stage.ts';

/** The name that Debian gives to a processor. */
export const DEBIAN_ARCH = { x64: 'amd64', arm64: 'arm64' } as const;
const LIBRARIES = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as const;

/** Debian has the library for another processor in a package for those who compile for it. */
function libatomicPackage(arch: Platform['arch']): { readonly name: string; readonly file: string } {
  return process.arch === arch
    ? { name: 'libatomic1', file: `usr/lib/${LIBRARIES[arch]}/libatomic.so.1` }
    : { name: `libatomic1-${DEBIAN_ARCH[arch]}-cross`, file: `usr/${LIBRARIES[arch]}/lib/libatomic.so.1` };
}

/** Where the library came from, for its licence. */
export interface Libatomic {
  readonly file: string;
  /** Such as 'gcc-12 12.2.0-14': what Debian made it of. */
  readonly source: string;
}

/** Fetched by apt, which verifies it, into `folder`. */
export function fetchLibatomic(folder: string, arch: Platform['arch']): Libatomic {
  const { name, file } = libatomicPackage(arch);
  run('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', name], { cwd: folder });
  const deb = readdirSync(folder).find((found) => found.startsWith(`${name}_`));
  if (deb === undefined) throw new Error(`apt-get download brought no ${name}`);
  const unpacked = join(folder, 'libatomic');
  run('dpkg-deb', ['--extract', join(folder, deb), unpacked]);
  const [source = ''] = run('dpkg-deb', ['--field', join(folder, deb), 'Source'])
    .trim()
    .split(' ');
  const version = run('dpkg-deb', ['--field', join(folder, deb), 'Version']).trim();
  return { file: realpathSync(join(unpacked, file)), source: `${source} (${name} ${version})` };
}

/** `modules`: the node_modules that Node.js came in. */
export function stageRuntime(
  stage: Stage,
  tree: string,
  modules: string,
  libatomic: Libatomic,
  platform: Platform,
): void {
  const node = join(modules, runtimePackage(platform.arch));
  stage.copy(join(node, 'bin/node'), join(tree, RUNTIME.node), 0o755);
  run('patchelf', ['--set-rpath', '$ORIGIN/../lib', stage.at(join(tree, RUNTIME.node))]);
  stage.copy(join(node, 'LICENSE'), join(tree, RUNTIME.license));
  stage.copy(libatomic.file, join(tree, RUNTIME.libatomic));
}
