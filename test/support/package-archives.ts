/**
 * Packages that `apt-get install --download-only` has left, for tests that unpack programs beside those of the system.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const ARCHIVES = '/var/cache/apt/archives';

/** The file of a package, or undefined. */
export function archiveOf(name: string): string | undefined {
  if (!existsSync(ARCHIVES)) return undefined;
  const found = readdirSync(ARCHIVES).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
  return found === undefined ? undefined : join(ARCHIVES, found);
}
