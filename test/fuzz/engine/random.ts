/**
 * Random numbers that are the same for the same seed (sfc32, a generator of PractRand): a failure can be made again.
 */

export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    for (let round = 0; round < 16; round += 1) this.uint32();
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** From 0 to `limit` - 1; 0 for a limit of 0. */
  below(limit: number): number {
    return limit <= 1 ? 0 : Math.floor((this.uint32() / 2 ** 32) * limit);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** Throws for an empty list. */
  pick<Item>(items: readonly Item[]): Item {
    const index = this.below(items.length);
    if (items.length === 0) throw new Error('there is nothing to pick from');
    // The index is one of the list's, whose items may be undefined themselves.
    return items[index] as Item;
  }

  /** From 1 up, small numbers far more often than large ones. */
  small(most: number): number {
    return 1 + (this.below(2 ** this.below(Math.ceil(Math.log2(most + 1)))) % most);
  }
}
