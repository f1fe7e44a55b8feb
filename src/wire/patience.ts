/** How long to wait for another host. Whole lines count, since who sends byte after byte brings nothing either. */

/**
 * Seconds without a line after which nothing more is expected; a scan that has nothing to tell gives a sign of life.
 */
const SILENCE = 600;
/** Seconds beyond the time that a file system is waited for there, to tell of it. */
const TELLING = 60;
/** Seconds for a scan without a deadline, which somebody who sends a line now and then would make endless. */
const LONGEST = 24 * 3600;
/**
 * Seconds beyond its deadline that a scan may take to begin and to tell what it left out: a tenth of it, within these.
 */
const GRACE = { least: 30, most: 300 };

export class Patience {
  readonly #now: () => number;
  readonly #deadline: number | undefined;
  readonly #end: number;
  readonly #silence: number;
  #lines = 0;
  #heard: number;

  /**
   * `deadline`: seconds from now in which the other side is to end; `stall`: seconds that it waits for a file system;
   * `now` counts seconds.
   */
  constructor(deadline: number | undefined, stall: number, now: () => number) {
    this.#now = now;
    this.#silence = Math.max(SILENCE, stall + TELLING);
    this.#deadline = deadline;
    this.#heard = now();
    const grace = Math.min(Math.max(GRACE.least, (deadline ?? 0) / 10), GRACE.most);
    this.#end = now() + (deadline === undefined ? LONGEST : deadline + grace);
  }

  /** How many lines have come so far. */
  hear(lines: number): void {
    if (lines === this.#lines) return;
    this.#lines = lines;
    this.#heard = this.#now();
  }

  /** What there is to be said when the waiting is over, or undefined. */
  get problem(): { readonly message: string; readonly hint: string } | undefined {
    const now = this.#now();
    if (now >= this.#end) {
      return this.#deadline === undefined
        ? {
            message: `did not come to the end of the scan in ${LONGEST / 3600} hours`,
            hint: 'give a --deadline, or --paths to examine less at a time',
          }
        : { message: 'did not end at the deadline', hint: 'see what integ does there; give more time' };
    }
    if (now - this.#heard < this.#silence) return undefined;
    return {
      message: `has sent nothing for ${Math.round(this.#silence / 60)} minutes`,
      hint: 'see what integ does there, and whether a file system hangs',
    };
  }
}
