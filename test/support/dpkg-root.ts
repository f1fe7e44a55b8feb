/**
 * Packages made by dpkg-deb and installed by dpkg below a root of their own: the database is what dpkg itself writes.
 */
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRoot } from './privileges.ts';
import { tool, works } from './programs.ts';
import { scratchDirectory } from './scratch.ts';

/** Why packages cannot be installed here; undefined when they can. */
export function noDpkg(): string | undefined {
  if (!isRoot()) return 'only root may run dpkg --root';
  return works('dpkg', '--version') && works('dpkg-deb', '--version') ? undefined : 'there is no dpkg';
}

export interface Contents {
  readonly name: string;
  readonly version: string;
  /** Content by path; of an executable with the mode, of a link its target. */
  readonly files: Readonly<Record<string, string | { readonly mode: number; readonly content: string } | Link>>;
  readonly conffiles?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly fields?: readonly string[];
}

interface Link {
  readonly link: string;
}

/** A system that dpkg manages, with /usr merged as Debian has it. */
export class DpkgRoot {
  readonly root: string;
  readonly #debs: string;
  /** Of the files of the last package, in seconds. */
  #time = 1_700_000_000;

  constructor(root: string) {
    this.root = root;
    this.#debs = scratchDirectory();
    for (const name of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'usr/bin', 'usr/lib', 'etc']) {
      mkdirSync(join(root, name), { recursive: true });
    }
    for (const name of ['bin', 'lib']) symlinkSync(`usr/${name}`, join(root, name));
    for (const name of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', name), '');
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nmail:x:8:8:mail:/:/bin/false\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nmail:x:8:\n');
  }

  install(...packages: readonly Contents[]): void {
    const debs = packages.map((contents) => this.#build(contents));
    this.dpkg('--force-all', '--install', ...debs);
  }

  dpkg(...args: readonly string[]): void {
    tool('env', 'DEBIAN_FRONTEND=noninteractive', 'dpkg', `--root=${this.root}`, '--force-script-chrootless', ...args);
  }

  tool(program: 'dpkg-divert' | 'dpkg-statoverride', ...args: readonly string[]): void {
    tool(program, '--admindir', join(this.root, 'var/lib/dpkg'), ...args);
  }

  #build({ name, version, files, conffiles = [], scripts = {}, fields = [] }: Contents): string {
    // Archives have times to the second: two packages made within one would keep them where the content changed.
    this.#time += 3600;
    const tree = scratchDirectory();
    chmodSync(tree, 0o755);
    const put = (path: string, content: string, mode: number): void => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      chmodSync(path, mode);
      utimesSync(path, this.#time, this.#time);
    };
    for (const [path, file] of Object.entries(files)) {
      const target = join(tree, path);
      if (typeof file === 'string') put(target, file, 0o644);
      else if ('content' in file) put(target, file.content, file.mode);
      else {
        mkdirSync(dirname(target), { recursive: true });
        symlinkSync(file.link, target);
      }
    }
    const control = [`Package: ${name}`, `Version: ${version}`, 'Architecture: amd64', 'Maintainer: x <x@example.org>'];
    put(join(tree, 'DEBIAN/control'), `${[...control, ...fields, 'Description: x'].join('\n')}\n`, 0o644);
    if (conffiles.length > 0) put(join(tree, 'DEBIAN/conffiles'), `${conffiles.join('\n')}\n`, 0o644);
    for (const [script, text] of Object.entries(scripts)) put(join(tree, 'DEBIAN', script), text, 0o755);
    const deb = join(this.#debs, `${name}_${version}.deb`);
    tool('dpkg-deb', '--root-owner-group', '--build', tree, deb);
    return deb;
  }
}
