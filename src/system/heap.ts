/** How much memory V8 takes before it looks for what is not needed any more. */
import { setFlagsFromString } from 'node:v8';

/**
 * For work whose input somebody else chooses: the heap grows by two fifths between two collections, where it would
 * otherwise grow to several times of what is in use.
 */
export function growHeapSlowly(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
