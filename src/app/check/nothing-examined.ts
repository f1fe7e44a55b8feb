/** Who looked at nothing cannot say that nothing changed. */
import { ROOT } from '../../model/bytes.ts';
import type { Failure } from '../../model/errors.ts';

/**
 * What to report of a run that came by this many objects; none where something that could not be examined makes it
 * incomplete already. `message` says what was to be examined.
 */
export function nothingExamined(examined: number, failures: readonly Failure[], message: string): readonly Failure[] {
  return examined > 0 || failures.length > 0 ? [] : [{ path: ROOT, operation: 'examine', code: 'NOTHING', message }];
}
