/** What in a configuration of AIDE tells for which versions it was written. */
import type { Place } from '../notes.ts';
import { type AideVersion, isBefore } from './version.ts';

export interface Sign {
  readonly version: AideVersion;
  /** What tells it, as a part of a sentence. */
  readonly what: string;
  readonly place: Place;
}

/** Keeps the strongest of each kind. */
export class Signs {
  #until: Sign | undefined;
  #since: Sign | undefined;

  /** The last version that has what was found. */
  get until(): Sign | undefined {
    return this.#until;
  }

  /** The first version that has it. */
  get since(): Sign | undefined {
    return this.#since;
  }

  addUntil(sign: Sign): void {
    if (this.#until === undefined || isBefore(sign.version, this.#until.version)) this.#until = sign;
  }

  addSince(sign: Sign): void {
    if (this.#since === undefined || isBefore(this.#since.version, sign.version)) this.#since = sign;
  }
}
