/**
 * Where the object is that dpkg lists under a path: diversions move it, and symbolic links on the way to it (as /bin, where
 * /usr is merged) lead elsewhere. Only directories are resolved, inside the examined root; the object itself is not.
 */
import { lstatSync, readlinkSync } from 'node:fs';
import {
  baseName,
  joinPath,
  type Path,
  parentPath,
  pathBytes,
  pathFromBytes,
  pathFromLatin1,
  ROOT,
} from '../../model/bytes.ts';
import type { Diversion } from './lines.ts';

/** As many as the kernel follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/** Resolves directories; what it met is remembered, since thousands of files share one. */
export class RealDirectories {
  readonly #root: Path;
  readonly #known = new Map<Path, Path>([[ROOT, ROOT]]);

  constructor(root: Path) {
    this.#root = root;
  }

  /** The path with its directory resolved. Where nothing is, the name stands for itself. */
  placeOf(path: Path): Path {
    return path === ROOT ? ROOT : joinPath(this.#real(parentPath(path)), baseName(path));
  }

  #real(directory: Path): Path {
    let known = this.#known.get(directory);
    const pending: Path[] = [];
    for (let at = directory; known === undefined; known = this.#known.get(at)) {
      pending.push(at);
      at = parentPath(at);
    }
    let real = known;
    for (const path of pending.reverse()) {
      real = this.#follow(real, baseName(path));
      this.#known.set(path, real);
    }
    return real;
  }

  /** `real` has no link on the way. A chain that is too long ends where it is. */
  #follow(real: Path, name: Path): Path {
    let at = real;
    let links = 0;
    const ahead = [name];
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      if (next === '..') {
        at = parentPath(at);
        continue;
      }
      const here = joinPath(at, next);
      const target = links < MOST_LINKS ? this.#targetOf(here) : undefined;
      if (target === undefined) {
        at = here;
        continue;
      }
      links += 1;
      if (target.startsWith('/')) at = ROOT;
      const names = target.split('/').filter((part) => part !== '' && part !== '.');
      ahead.push(...names.map(pathFromLatin1).reverse());
    }
    return at;
  }

  /** What a link points to; undefined for anything else, and for what cannot be looked at. */
  #targetOf(path: Path): Path | undefined {
    const onHost = pathBytes(this.#root === ROOT ? path : pathFromLatin1(this.#root + path));
    try {
      if (lstatSync(onHost, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
      return pathFromBytes(readlinkSync(onHost, { encoding: 'buffer' }));
    } catch {
      return undefined;
    }
  }
}

export class Places {
  readonly #directories: RealDirectories;
  readonly #diversions = new Map<Path, Diversion>();

  constructor(root: Path, diversions: readonly Diversion[]) {
    this.#directories = new RealDirectories(root);
    for (const diversion of diversions) this.#diversions.set(this.#directories.placeOf(diversion.from), diversion);
  }

  placeOf(path: Path): Path {
    return this.#directories.placeOf(path);
  }

  /** Where the file is that a package lists under this path. `plainName`: without the architecture. */
  placeFor(plainName: string, path: Path): Path {
    const place = this.#directories.placeOf(path);
    const diversion = this.#diversions.get(place);
    if (diversion === undefined || diversion.package === plainName) return place;
    return this.#directories.placeOf(diversion.to);
  }
}
