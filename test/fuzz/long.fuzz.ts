/** What `npm run fuzz` runs: a test for each target that was asked for. */
import { expect, inject, test } from 'vitest';
import { fuzz, resultText } from './engine/fuzz.ts';
import { TARGETS } from './targets.ts';

const { target: wanted, ...options } = inject('fuzz');

for (const target of TARGETS.filter(({ name }) => wanted === undefined || name === wanted)) {
  test(target.name, async ({ task }) => {
    const result = await fuzz(target, options);
    task.meta.fuzz = resultText(target, options.seed, result);
    expect(result.failures).toHaveLength(0);
  });
}
