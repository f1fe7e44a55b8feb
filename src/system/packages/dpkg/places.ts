/**
 * Where the object is that dpkg lists under a path: diversions move it, and symbolic links on the way to it (as /bin,
 * where /usr is merged) lead elsewhere. Only directories are resolved, inside the examined root; the object itself is
 * not.
 */
import { baseName, joinPath, type Path, parentPath, ROOT } from '../../../model/bytes.ts';
import { SystemError } from '../../../model/errors.ts';
import { type FromAbove, fromAbove } from '../../../model/from-above.ts';
import { follow, type MaybeLink } from '../../follow.ts';
import { linkInRoot } from '../../rooted-file.ts';
import type { Diversion } from './lists.ts';

/** Characters of all directories that packages list, each with what remembering it costs: some 400,000 of them. */
const ROOM = 64 * 1024 * 1024;
const COST = 100;

/** Resolves directories; what it met is remembered, since thousands of files share one. */
class RealDirectories {
  readonly #root: Path;
  readonly #known = new Map<Path, Path>([[ROOT, ROOT]]);
  #left = ROOM;
  readonly #steps: FromAbove<Path, Path> = {
    known: (path) => this.#known.get(path),
    above: (path) => {
      this.#left -= path.length + COST;
      if (this.#left < 0) throw new SystemError('read', 'EFBIG', 'packages list more directories than any system has');
      return parentPath(path);
    },
    below: (above, path) => {
      const real = this.#follow(above, baseName(path));
      this.#known.set(path, real);
      return real;
    },
  };

  constructor(root: Path) {
    this.#root = root;
  }

  /** The path with its directory resolved. Where nothing is, the name stands for itself. */
  placeOf(path: Path): Path {
    return path === ROOT ? ROOT : joinPath(this.#real(parentPath(path)), baseName(path));
  }

  #real(directory: Path): Path {
    return fromAbove(directory, this.#steps);
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
  readonly #targets = new Set<Path>();
  readonly #names = new Set<Path>();

  constructor(root: Path, diversions: readonly Diversion[]) {
    this.#directories = new RealDirectories(root);
    for (const diversion of diversions) {
      this.#diversions.set(this.#directories.placeOf(diversion.from), diversion);
      this.#targets.add(this.#directories.placeOf(diversion.to));
      this.#names.add(baseName(diversion.from));
    }
  }

  /** Whether a path with this last name may be that of an object with another one. */
  mayRename(name: Path): boolean {
    return this.#names.has(name);
  }

  placeOf(path: Path): Path {
    return this.#directories.placeOf(path);
  }

  /** Whether a diversion leads from or to it. */
  isDiverted(place: Path): boolean {
    return this.#diversions.has(place) || this.#targets.has(place);
  }

  /** Where the file is that a package lists under this path. `plainName`: without the architecture. */
  placeFor(plainName: string, path: Path): Path {
    const place = this.#directories.placeOf(path);
    const diversion = this.#diversions.get(place);
    if (diversion === undefined || diversion.package === plainName) return place;
    return this.#directories.placeOf(diversion.to);
  }
}
