/**
 * Makes integ-VERSION-linux-x64.tar.xz: `npm run package:tar`. What is in it runs from wherever it is unpacked, by any
 * user, also where nothing can be written.
 */
import { join } from 'node:path';
import { ARCHIVE_LAUNCHER } from '../../src/app/installation/launcher.ts';
import { inScratch, PACKAGE, readCheckout, run, sourceDate } from './checkout.ts';
import { archiveLauncher } from './launcher.ts';
import { stageManifest } from './manifest.ts';
import { type PackageOptions, packageOptions } from './package-options.ts';
import { Stage } from './stage.ts';
import { completion, PAGES, stageDocumentation } from './system-files.ts';
import { stageTree } from './tree.ts';

const COMPLETIONS = { bash: 'integ.bash', zsh: '_integ', fish: 'integ.fish' } as const;

function build(arch: PackageOptions['archs'][number], scratch: string, { output, quick }: PackageOptions): void {
  const seconds = sourceDate();
  const name = `integ-${PACKAGE.version}-linux-${arch}`;
  const stage = new Stage(join(scratch, 'stage'));
  const copyright = stageTree(stage, name, scratch, { arch });
  stage.text(join(name, ARCHIVE_LAUNCHER), archiveLauncher(), 0o755);
  for (const page of PAGES) stage.text(join(name, 'man', `man${page.at(-1)}`, page), readCheckout(`docs/man/${page}`));
  for (const [shell, file] of Object.entries(COMPLETIONS))
    stage.text(join(name, 'completions', file), completion(shell));
  stageDocumentation(stage, name, copyright);
  stageManifest(stage, name);
  stage.setTimes(seconds);
  const file = join(output, `${name}.tar.xz`);
  // With more than one thread the file depends on how many there are.
  const compression = `xz -T1 -${quick ? 0 : 6}`;
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  run('tar', ['--create', '--sort=name', '--format=gnu', ...owner, '-I', compression, '-f', file, name], {
    cwd: stage.root,
  });
  process.stdout.write(`${file}\n`);
}

const options = packageOptions(['x64']);
for (const arch of options.archs) inScratch((scratch) => build(arch, scratch, options));
