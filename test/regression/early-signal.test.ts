import { expect, test } from 'vitest';
import { box, until } from '../acceptance/integ.ts';

test('a signal that comes while the workers are starting ends init with its code and without a crash', async () => {
  const it = box();
  for (let index = 0; index < 50; index += 1) it.file(`d${index}/file`);
  for (let round = 0; round < 5; round += 1) {
    const child = it.start(['init', '--force', '--jobs', '8']);
    let said = '';
    child.stderr?.on('data', (text) => {
      said += String(text);
    });
    await until(() => it.leftovers().some((name) => name.includes('.tmp-')), 'init has begun');
    await new Promise((resolve) => setTimeout(resolve, 10 * round));
    child.kill('SIGTERM');
    const ended = await new Promise((resolve) => child.once('close', (status, by) => resolve(status ?? by)));
    // It may have been done before the signal came.
    expect([0, 143]).toContain(ended);
    expect(said).toBe('');
    expect(it.leftovers()).toEqual([]);
  }
});
