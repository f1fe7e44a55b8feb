import { expect, test } from 'vitest';
import { box } from '../support/integ.ts';
import { until } from '../support/waiting.ts';

test('a signal that comes while the workers are starting ends init with its code and without a crash', async () => {
  const it = box();
  for (let index = 0; index < 50; index += 1) it.file(`d${index}/file`);
  for (let round = 0; round < 5; round += 1) {
    const child = it.start(['init', '--force', '--jobs', '8']);
    await until(() => it.leftovers().some((name) => name.includes('.tmp-')), 'init has begun');
    await new Promise((resolve) => setTimeout(resolve, 10 * round));
    child.kill('SIGTERM');
    const { code, stderr } = await child.ended;
    // It may have been done before the signal came.
    expect([0, 143]).toContain(code);
    expect(stderr).toBe('');
    expect(it.leftovers()).toEqual([]);
  }
});
