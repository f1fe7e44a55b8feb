/** The examined tree as the expansion of globs sees it: names of a directory, and whether an object is there. */
import type { ObjectType } from '../model/attributes.ts';
import { baseName, joinPath, type Path, parentPath, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { errorCode } from '../model/errors.ts';
import { objectTypeOf } from '../model/record.ts';
import { Stat } from './kernel.ts';
import type { Tree } from './tree.ts';

const ITSELF = pathFromLatin1('');

interface ListedEntry {
  readonly name: Path;
  /** Not a symbolic link to one. */
  readonly isDirectory: boolean;
  /** Undefined for a type that integ does not know. */
  readonly type: ObjectType | undefined;
}

export class GlobFileSystem {
  readonly #tree: Tree;
  readonly #stat = new Stat();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** The names in a directory in byte order. Throws SystemError. */
  list(directory: Path): readonly ListedEntry[] {
    const { kernel } = this.#tree;
    const descriptor = this.#tree.openDirectory(directory);
    try {
      const names: Path[] = [];
      const reader = kernel.names(descriptor);
      for (let batch = reader.next(); batch !== undefined; batch = reader.next())
        for (const name of batch) names.push(name);
      return names.sort().flatMap((name) => {
        if (!this.#tree.mayLookAt(joinPath(directory, name))) return [];
        const type = this.#typeOf(descriptor, name);
        if (type === undefined) return [];
        return [{ name, isDirectory: type === 'directory', type: type === 'unknown' ? undefined : type }];
      });
    } finally {
      kernel.close(descriptor);
    }
  }

  /**
   * Whether an object is there; a symbolic link counts as itself, and none is followed on the way. Throws SystemError.
   */
  exists(path: Path): boolean {
    let descriptor = -1;
    try {
      const name = path === ROOT ? ITSELF : baseName(path);
      descriptor = this.#tree.openParent(parentPath(path), name);
      return this.#typeOf(descriptor, name) !== undefined;
    } catch (error) {
      if (isAbsence(error)) return false;
      throw error;
    } finally {
      if (descriptor >= 0) this.#tree.kernel.close(descriptor);
    }
  }

  /** Undefined when the name has gone. */
  #typeOf(descriptor: number, name: Path): ObjectType | 'unknown' | undefined {
    try {
      this.#tree.kernel.stat(descriptor, name, this.#stat);
      return objectTypeOf(this.#stat.mode) ?? 'unknown';
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }
}

// ELOOP: a component is a symbolic link, so that nothing lies below it.
const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR', 'ELOOP'];

function isAbsence(error: unknown): boolean {
  return ABSENT.includes(errorCode(error));
}
