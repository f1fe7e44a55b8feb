/**
 * What a package installs beside the tree, where a distribution looks for it: the command, manual pages, completions,
 * units that nobody has enabled, an example of a policy that is not in force, documentation.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SYSTEM_LAUNCHER, SYSTEM_TREE } from '../../src/app/installation/launcher.ts';
import { packagedJob } from '../../src/app/schedule/job.ts';
import { SHIPPED_UNITS } from '../../src/app/schedule/places.ts';
import { failureUnit, serviceUnit, timerUnit } from '../../src/app/schedule/systemd.ts';
import { FAILURE, SERVICE, TIMER } from '../../src/app/schedule/unit-names.ts';
import { CHECKOUT, readCheckout, run } from './checkout.ts';
import { systemLauncher } from './launcher.ts';
import type { Stage } from './stage.ts';

const inStage = (path: string): string => path.replace(/^\//, '').replace(/\/$/, '');

export const TREE = inStage(SYSTEM_TREE);
export const CONFIGURATION = 'etc/integ';
/** A file that an administrator may edit or take away, and neither an upgrade nor anybody brings back. */
export const EXAMPLE = `${CONFIGURATION}/policy.yaml.example`;
export const STATE = 'var/lib/integ';
export const DOCUMENTATION = 'usr/share/doc/integ';

const EXAMPLE_POLICY = 'docs/examples/policy.yaml';
export const PAGES = readdirSync(join(CHECKOUT, 'docs/man')).sort();
const TMPFILES = `# The folder of baselines, histories and keys, where an image brings none. Nothing in it is ever cleaned away.
d /${STATE} 0700 root root -
`;

/** Where a shell looks for what completes a command. */
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions/integ',
  fish: 'usr/share/fish/vendor_completions.d/integ.fish',
} as const;

export function completion(shell: string): string {
  return run(process.execPath, ['bin/integ.js', 'completion', shell]);
}

/** What is read, with the links between the pages as they are in the checkout. */
export function stageDocumentation(stage: Stage, folder: string, copyright: string): void {
  for (const page of ['README.md', 'CHANGELOG.md', 'SECURITY.md']) stage.copy(join(CHECKOUT, page), join(folder, page));
  const pages = readdirSync(join(CHECKOUT, 'docs'), { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(CHECKOUT.length))
    .filter((page) => !page.startsWith('docs/man/'));
  for (const page of pages.sort()) stage.copy(join(CHECKOUT, page), join(folder, page));
  stage.text(join(folder, 'copyright'), copyright);
}

/** All but documentation. `zsh`: the folder in which the distribution keeps functions of that shell. */
export function stageSystemFiles(stage: Stage, zsh: string): void {
  stage.text(inStage(SYSTEM_LAUNCHER), systemLauncher(TREE), 0o755);
  for (const page of PAGES) {
    stage.compressed(join(`usr/share/man/man${page.at(-1)}`, page), readCheckout(join('docs/man', page)));
  }
  for (const [shell, path] of Object.entries(COMPLETIONS)) stage.text(path, completion(shell));
  stage.text(join(zsh, '_integ'), completion('zsh'));
  const job = packagedJob();
  stage.text(join(SHIPPED_UNITS, SERVICE), serviceUnit(job));
  stage.text(join(SHIPPED_UNITS, TIMER), timerUnit(job));
  stage.text(join(SHIPPED_UNITS, FAILURE), failureUnit(job));
  stage.text('usr/lib/tmpfiles.d/integ.conf', TMPFILES);
  stage.text(EXAMPLE, readCheckout(EXAMPLE_POLICY));
  stage.directory(STATE, 0o700);
}
