/**
 * Lets the event loop have its turn in the middle of long work on the main thread, so that a signal is answered at any
 * moment. Work that is done in steps is a generator; what the steps do is not known here.
 */
import { setImmediate } from 'node:timers/promises';

/** How long the event loop may have to wait, in milliseconds: not noticed by people, and longer than a turn takes. */
const LONGEST_WAIT = 50;

/** Counts the time since the event loop had its last turn. */
export class Turns {
  #last = performance.now();

  /** Whether `give` is due. */
  get isDue(): boolean {
    return performance.now() - this.#last > LONGEST_WAIT;
  }

  async give(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
  }
}

/** Does all steps without a pause, and gives their result. */
export function runSteps<Result>(steps: Generator<void, Result, undefined>): Result {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** Does all steps, with a turn for the event loop between them when one is due. */
export async function takeTurns<Result>(steps: Generator<void, Result, undefined>): Promise<Result> {
  const turns = new Turns();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    if (turns.isDue) await turns.give();
  }
}
