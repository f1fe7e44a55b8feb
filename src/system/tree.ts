/** The examined tree: a kernel and the directory that counts as its root. Paths are absolute within that root. */
import { baseName, joinPath, type Path, parentPath, pathFromLatin1, printableText } from '../model/bytes.ts';
import { objectTypeOf } from '../model/record.ts';
import type { AvoidedMounts } from './avoided-mounts.ts';
import type { Kernel, Stat } from './kernel.ts';
import { openLibcKernel } from './libc-kernel.ts';
import { PortableKernel } from './portable-kernel.ts';
import { rootError } from './root-error.ts';

const ITSELF = pathFromLatin1('');

export interface TreeOptions {
  /** Directory on this host that counts as the root: '/' for the live system. */
  readonly root: string;
  /** The caller is a worker thread, whose working directory may differ from the process's. */
  readonly isWorker: boolean;
  /** Examine through node:fs even where libc could be called. */
  readonly portable: boolean;
  /** What nothing is opened or looked at in; a worker is told otherwise where not to go. */
  readonly avoided?: AvoidedMounts;
}

export class Tree {
  readonly kernel: Kernel;
  readonly rootDescriptor: number;
  readonly #avoided: AvoidedMounts | undefined;

  constructor(options: TreeOptions) {
    const libc = options.portable ? undefined : openLibcKernel({ privateDirectory: options.isWorker });
    this.kernel = libc ?? new PortableKernel();
    this.#avoided = options.avoided;
    try {
      this.rootDescriptor = this.kernel.openRoot(options.root);
    } catch (error) {
      throw rootError(printableText(options.root), error);
    }
  }

  /** Opens a directory for listing. No component may be a symbolic link. Throws SystemError. */
  openDirectory(path: Path): number {
    this.#avoided?.refuse(path);
    return this.kernel.openDirectory(this.rootDescriptor, relative(path));
  }

  /**
   * Opens a directory for naming objects in it, and with `name` one of which it is known that it will be looked at.
   * Throws SystemError.
   */
  openParent(path: Path, name?: Path): number {
    this.#avoided?.refuse(name === undefined ? path : joinPath(path, name));
    return this.kernel.openParent(this.rootDescriptor, relative(path));
  }

  /**
   * Opens a regular file for reading and says what it is; undefined where something else stands at the path. Throws
   * SystemError.
   */
  openFile(path: Path, stat: Stat): number | undefined {
    const name = baseName(path);
    const parent = this.openParent(parentPath(path), name);
    let descriptor = -1;
    try {
      this.kernel.stat(parent, name, stat);
      // Opening alone starts some devices.
      if (isDevice(stat)) return undefined;
      descriptor = this.kernel.openFile(parent, name);
      this.kernel.stat(descriptor, ITSELF, stat);
      if (objectTypeOf(stat.mode) === 'file') return descriptor;
      this.kernel.close(descriptor);
      return undefined;
    } catch (error) {
      if (descriptor >= 0) this.kernel.close(descriptor);
      throw error;
    } finally {
      this.kernel.close(parent);
    }
  }

  /** Whether an entry of a directory may be looked at. */
  mayLookAt(path: Path): boolean {
    try {
      this.#avoided?.refuse(path);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.kernel.close(this.rootDescriptor);
  }
}

function isDevice({ mode }: Stat): boolean {
  const type = objectTypeOf(mode);
  return type === 'char' || type === 'block';
}

function relative(path: Path): Path {
  return pathFromLatin1(path.slice(1));
}
