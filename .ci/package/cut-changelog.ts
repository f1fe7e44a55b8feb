/**
 * Turns what is under "Unreleased" of the changelog into the release that package.json names: `npm run
 * release:changelog`. Changes CHANGELOG.md and nothing else.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, PACKAGE, readCheckout } from './checkout.ts';

const UNRELEASED = '## [Unreleased]\n';

/** Throws when there is nothing to release, or when this version is in it already. */
export function cutChangelog(changelog: string, version: string, date: string): string {
  const [before, after] = changelog.split(UNRELEASED);
  if (before === undefined || after === undefined) throw new Error(`the changelog has no line ${UNRELEASED.trim()}`);
  if (after.includes(`\n## [${version}]`))
    throw new Error(`the changelog has ${version} already: raise the version first`);
  const [notes = ''] = after.split(/^## \[/m);
  if (notes.trim() === '') throw new Error('nothing is unreleased');
  return `${before}${UNRELEASED}\n## [${version}] - ${date}\n${after}`;
}

if (import.meta.main) {
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(join(CHECKOUT, 'CHANGELOG.md'), cutChangelog(readCheckout('CHANGELOG.md'), PACKAGE.version, date));
}
