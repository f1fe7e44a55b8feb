/**
 * Shows the other side that a scan goes on while it has nothing to tell, as when it reads a large file: whoever waits
 * ends a scan that is silent for long. Where nothing is read or listed any more there is no pulse.
 */
import type { Pace } from '../system/pace.ts';
import { ReaderGone } from './printer.ts';

/** Milliseconds between two signs of life, and between two looks whether one is due. */
const INTERVAL = 60_000;
const LOOK = 15_000;

export class Pulse {
  readonly #reads: Int32Array;
  readonly #show: () => void;
  readonly #timer: NodeJS.Timeout;
  #seen = 0;
  #isMoving = false;
  #shown = performance.now();

  constructor({ reads }: Pace & { readonly reads: SharedArrayBuffer }, show: () => void) {
    this.#reads = new Int32Array(reads);
    this.#show = show;
    this.#timer = setInterval(() => this.#look(), LOOK);
  }

  /** Something was done, or with false: it is time to look whether something was. */
  beat(isMoving = true): void {
    this.#isMoving ||= isMoving || this.#seen !== Atomics.load(this.#reads, 0);
    const now = performance.now();
    if (!this.#isMoving || now - this.#shown < INTERVAL) return;
    this.#shown = now;
    this.#seen = Atomics.load(this.#reads, 0);
    this.#isMoving = false;
    this.#show();
  }

  #look(): void {
    try {
      this.beat(false);
    } catch (error) {
      // Whatever is printed next ends the scan for the same reason.
      if (!(error instanceof ReaderGone)) throw error;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
