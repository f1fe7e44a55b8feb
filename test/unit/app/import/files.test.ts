import { expect, test } from 'vitest';
import { importFilesOf } from '../../../../src/app/import/files.ts';

test('what cannot be looked at is not there', () => {
  expect(importFilesOf('host').exists('/etc/passwd')).toBe(true);
  for (const path of ['/nonexistent', '/etc/passwd/x', `/${'x'.repeat(300)}`, '', 'a\0b'])
    expect(importFilesOf('host').exists(path), path).toBe(false);
});
