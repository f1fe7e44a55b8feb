import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { box } from '../support/integ.ts';
import { AS_NOBODY, isRoot, NOBODY } from '../support/privileges.ts';

test('a file that cannot be read any more is one error: that its digests are lost goes without saying', () => {
  const it = box();
  it.file('file', 'text\n', 0o644);
  if (isRoot()) {
    it.give(NOBODY);
    it.under = AS_NOBODY;
  }
  it.init();
  chmodSync(it.path('file'), 0o000);
  expect(it.check().errors).toMatchObject([{ path: it.path('file'), operation: 'open', code: 'EACCES' }]);
});
