/** A bound on how much of a report is shown: what does not fit is left out, and counted. */
export class Room {
  #left: number;
  #leftOut = 0;

  /** In whatever the caller measures sizes. */
  constructor(most: number) {
    this.#left = most;
  }

  /** Whether there is room for something of a size; if not, what it tells of is counted as left out. */
  admits(size: number, tells: number): boolean {
    const fits = size <= this.#left;
    if (fits) this.#left -= size;
    else this.#leftOut += tells;
    return fits;
  }

  /** As many of a list as there is room for, each of size 1, beside what is to be kept for others. */
  take<Item>(list: readonly Item[], kept = 0): readonly Item[] {
    const taken = list.slice(0, Math.max(0, this.#left - kept));
    this.#left -= taken.length;
    this.#leftOut += list.length - taken.length;
    return taken;
  }

  /** How many were left out since this was asked last. */
  leftOut(): number {
    const count = this.#leftOut;
    this.#leftOut = 0;
    return count;
  }
}
