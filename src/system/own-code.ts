/**
 * What integ itself consists of: one digest over its files, so that a report tells by which code it was made and a copy
 * on a rescue system can be compared; and what in the environment can make this code do something else.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where package.json, bin and dist are: seen from src/system and from the bundle alike. */
export const OWN_PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

/** The program that runs. */
export const OWN_PROGRAM = `${OWN_PACKAGE}bin/integ.js`;

function ownFiles(): string[] {
  const code = ['bin', 'dist'].flatMap((folder) =>
    readdirSync(OWN_PACKAGE + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => `${folder}/${name}`),
  );
  const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
  return ['package.json', ...code].sort(byBytes);
}

/**
 * SHA-256, in lower-case hex, over a line for each file in byte order of names: the SHA-256 of its content in hex, two
 * spaces, the name, a newline. That is what coreutils give in the directory of the package:
 *
 *     find bin dist package.json -type f \( -name '*.js' -o -name package.json \) |
 *       LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
 *
 * Throws what reading the files gives.
 */
export function ownCodeSha256(): string {
  const whole = createHash('sha256');
  for (const name of ownFiles()) {
    const digest = createHash('sha256')
      .update(readFileSync(OWN_PACKAGE + name))
      .digest('hex');
    whole.update(`${digest}  ${name}\n`);
  }
  return whole.digest('hex');
}

/** Variables that make Node or the dynamic loader run other code than integ's (node(1), ld.so(8)). */
const SUBVERTING = ['NODE_OPTIONS', 'NODE_PATH', 'LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH'];

/** Those that are set and not empty. */
export function subvertingVariables(environment: NodeJS.ProcessEnv = process.env): string[] {
  return SUBVERTING.filter((name) => (environment[name] ?? '') !== '');
}
