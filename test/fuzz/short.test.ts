/** A short run of every target with one seed; `npm run fuzz` does more. */
import { expect, test } from 'vitest';
import { scratchDirectory } from '../support/scratch.ts';
import { fuzz, resultText } from './engine/fuzz.ts';
import { TARGETS } from './targets.ts';

const SEED = 1;

for (const target of TARGETS) {
  test(`whatever ${target.name} is given is read or refused`, async () => {
    const keep = scratchDirectory();
    const result = await fuzz(target, { seed: SEED, bound: { runs: target.shortRuns }, keep });
    if (result.failures.length > 0) expect.fail(resultText(target, SEED, result));
  });
}
