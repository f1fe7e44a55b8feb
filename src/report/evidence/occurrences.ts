/** In which runs something was reported. */
import type { Occurrences } from './document.ts';

/** A run as far as findings are followed through it. */
export interface FollowedRun {
  readonly number: number;
  readonly report: string;
  readonly startedAt: string;
  /** Sequence of the baseline that was compared with. */
  readonly sequence: number;
}

const MILLISECONDS_PER_DAY = 86_400_000;

export class OccurrenceLog {
  readonly first: FollowedRun;
  #last: FollowedRun;
  /** Ends of ranges of run numbers without another between, first and last by turns. */
  readonly #ranges: number[];
  /** The run before the next one that reports it, if none came between. */
  #previous: number;

  constructor(run: FollowedRun) {
    this.first = run;
    this.#last = run;
    this.#ranges = [run.number, run.number];
    this.#previous = run.number;
  }

  get last(): FollowedRun {
    return this.#last;
  }

  /** `before`: number of the run that came before this one among those of the baseline. */
  add(run: FollowedRun, before: number): void {
    if (this.#previous === before) this.#ranges[this.#ranges.length - 1] = run.number;
    else this.#ranges.push(run.number, run.number);
    this.#last = run;
    this.#previous = run.number;
  }

  ageDays(until: string): number {
    return Math.max(0, Math.floor((Date.parse(until) - Date.parse(this.first.startedAt)) / MILLISECONDS_PER_DAY));
  }

  describe(): Occurrences {
    const ranges: string[] = [];
    for (let index = 0; index < this.#ranges.length; index += 2) {
      const [from, to] = this.#ranges.slice(index, index + 2);
      ranges.push(from === to ? `${from}` : `${from}-${to}`);
    }
    return {
      firstReported: this.first.startedAt,
      lastReported: this.#last.startedAt,
      firstReport: this.first.report,
      lastReport: this.#last.report,
      runs: ranges.join(', '),
    };
  }
}
