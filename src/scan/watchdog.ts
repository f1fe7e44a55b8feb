/**
 * Notices workers that get on with nothing, since they sit in a system call that does not return. Time counts by its
 * own looks only, so that a program that was stopped, or busy elsewhere, blames nobody.
 */
import { isOver, type Pace } from '../system/pace.ts';
import type { PoolWorker } from './pool.ts';

/** Milliseconds between two looks, at most. */
const LOOK = 500;
/** Milliseconds that a worker may sit in one system call when the time of the scan is over. */
const GRACE = 1000;

interface Watched {
  readonly worker: PoolWorker;
  steps: number;
  /** Milliseconds of looks since it got on. */
  still: number;
}

export class Watchdog {
  readonly #pace: Pace | undefined;
  readonly #patience: number;
  readonly #look: number;
  #watched: Watched[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `patience`: milliseconds that a worker may sit in one system call. */
  constructor(patience: number, pace: Pace | undefined) {
    this.#pace = pace;
    this.#patience = patience;
    this.#look = Math.min(LOOK, patience);
  }

  /** `look` is called again and again, and may ask for those that are stuck. */
  start(look: () => void): void {
    this.#timer = setInterval(look, this.#look);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Those of the busy workers that have not got on for too long. One look more has passed. */
  stuckOf(busy: readonly PoolWorker[]): readonly PoolWorker[] {
    const before = new Map(this.#watched.map((watched) => [watched.worker, watched]));
    this.#watched = busy.map((worker) => {
      const known = before.get(worker);
      const { steps } = worker;
      return { worker, steps, still: known?.steps === steps ? known.still + this.#look : 0 };
    });
    const patience = isOver(this.#pace) ? Math.min(GRACE, this.#patience) : this.#patience;
    return this.#watched.filter(({ still }) => still >= patience).map(({ worker }) => worker);
  }
}
