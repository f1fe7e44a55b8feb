import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { box } from '../support/integ.ts';

test('a scan that is over before all workers have started ends well, every time', () => {
  const it = box();
  it.init();
  rmSync(it.tree, { recursive: true });
  for (let round = 0; round < 6; round += 1) {
    // All that was watched is gone, so that nothing was examined.
    expect(it.check(['--jobs', '6'])).toMatchObject({ exitCode: 2 + 16, errors: [{ code: 'NOTHING' }] });
  }
});
