/** Empty directories for tests, removed with all that is in them: nothing of a test run stays behind. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** For one test, called in it or in `beforeEach`. */
export function scratchDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(realpathSync(parent), 'integ-test-'));
  onTestFinished(() => remove(directory));
  return directory;
}

/** For all tests of a file or a `describe`, called where they are declared. It is there as long as they run. */
export function sharedDirectory(parent = tmpdir()): string {
  const directory = join(realpathSync(parent), `integ-test-${randomUUID()}`);
  beforeAll(() => void mkdirSync(directory, { mode: 0o700 }));
  afterAll(() => remove(directory));
  return directory;
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
