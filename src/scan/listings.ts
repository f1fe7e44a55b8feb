/**
 * Directories that workers are listing: keeps account of which of them were listed. What becomes of the others when a
 * worker is lost, the walk decides.
 */
import type { Path } from '../model/bytes.ts';
import { mountAt, type Pending } from './pending.ts';

/** What a worker was asked to list, and what of it it has listed. */
export interface Listing {
  readonly directories: readonly Pending[];
  readonly listed: Set<Pending>;
}

export class Listings {
  readonly #byTask = new Map<number, Listing>();

  get isEmpty(): boolean {
    return this.#byTask.size === 0;
  }

  begin(task: number, directories: readonly Pending[]): void {
    this.#byTask.set(task, { directories, listed: new Set() });
  }

  of(task: number): Listing | undefined {
    return this.#byTask.get(task);
  }

  /** Where the directories of a task lie: all on one mount. */
  mountOf(task: number): Path | undefined {
    const [first] = this.#byTask.get(task)?.directories ?? [];
    return first === undefined ? undefined : mountAt(first);
  }

  /** The task is over; what of it was not listed. */
  end(task: number): readonly Pending[] {
    const { directories = [], listed } = this.#byTask.get(task) ?? {};
    this.#byTask.delete(task);
    return directories.filter((pending) => listed?.has(pending) !== true);
  }
}
