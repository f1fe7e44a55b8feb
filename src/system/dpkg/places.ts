/**
 * Where the object is that dpkg lists under a path: diversions move it, and symbolic links on the way to it (as /bin, where
 * /usr is merged) lead elsewhere. Only directories are resolved, inside the examined root; the object itself is not.
 */
import { baseName, joinPath, type Path, parentPath, ROOT } from '../../model/bytes.ts';
import { follow, type MaybeLink } from '../follow.ts';
import { linkInRoot } from '../rooted-file.ts';
import type { Diversion } from './lines.ts';

/** Resolves directories; what it met is remembered, since thousands of files share one. */
class RealDirectories {
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

  /** `real` has no link on the way. What leads nowhere stands for itself. */
  #follow(real: Path, name: Path): Path {
    const followed = follow(real, name, (path) => this.#linkAt(path));
    return 'code' in followed ? joinPath(real, name) : followed.path;
  }

  /** What is not there, or cannot be looked at, is no link. */
  #linkAt(path: Path): MaybeLink {
    try {
      const found = linkInRoot(this.#root, path);
      return found === 'nothing' ? 'no link' : found;
    } catch {
      return 'no link';
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
