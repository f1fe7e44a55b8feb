/**
 * Mount points at which nobody may look, nor at anything below: those that a policy ignores, those of which nobody
 * knows yet whether they answer, and those that do not. Whoever touches a file system that is dead waits for ever.
 */
import { isWithin, type Path, printable } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';

/** `unasked`: nobody has tried yet whether it answers. */
export type Avoidance = 'ignored' | 'unasked' | 'silent';

export class AvoidedMounts {
  readonly #mounts = new Map<Path, Avoidance>();
  readonly #wanted = new Set<Path>();

  add(path: Path, reason: Avoidance): void {
    this.#mounts.set(path, reason);
    this.#wanted.delete(path);
  }

  /** It has answered. */
  remove(path: Path): void {
    this.#mounts.delete(path);
    this.#wanted.delete(path);
  }

  /** Those among the unasked that somebody would have looked at. */
  get wanted(): readonly Path[] {
    return [...this.#wanted];
  }

  /** Throws a SystemError (ETIME) when the path is one of these or lies below one. */
  refuse(path: Path): void {
    for (const [mount, reason] of this.#mounts) {
      if (!isWithin(path, mount)) continue;
      if (reason === 'unasked') this.#wanted.add(mount);
      const why = reason === 'ignored' ? 'is ignored' : 'does not answer';
      throw new SystemError('open', 'ETIME', `the file system mounted at ${printable(mount)} ${why}`);
    }
  }
}
