/**
 * Makes integ_VERSION_ARCH.deb, for amd64 and arm64: `npm run package:deb`. Installing it asks nobody, starts nothing
 * and reaches no network.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Platform } from '../../src/app/installation/files.ts';
import { DISTRIBUTION_VERSION, inScratch, run, sourceDate } from './checkout.ts';
import { debianChangelog, MAINTAINER } from './debian-changelog.ts';
import { LINTIAN_OVERRIDES } from './lintian-overrides.ts';
import { MAINTAINER_SCRIPTS } from './maintainer-scripts.ts';
import { stageManifest } from './manifest.ts';
import { type PackageOptions, packageOptions } from './package-options.ts';
import { DEBIAN_ARCH } from './runtime.ts';
import { Stage } from './stage.ts';
import { DOCUMENTATION, EXAMPLE, stageDocumentation, stageSystemFiles, TREE } from './system-files.ts';
import { stageTree } from './tree.ts';

function control(stage: Stage, { arch }: Platform): string {
  return `Package: integ
Version: ${DISTRIBUTION_VERSION}
Architecture: ${DEBIAN_ARCH[arch]}
Maintainer: ${MAINTAINER}
Installed-Size: ${Math.ceil(stage.size() / 1024)}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 5.2)
Recommends: openssh-client
Section: admin
Priority: optional
Description: file integrity monitor with a sealed baseline
 integ records what the files of a host are, in a sealed baseline, and reports
 what was added, removed, changed or moved since, worst first, and what could
 not be examined.
 .
 It brings the Node.js it runs on. Nothing is started or scheduled by
 installing it: integ policy new, integ init and integ schedule install do.
`;
}

function md5sums(stage: Stage): string {
  const files = stage.files().filter((path) => path !== EXAMPLE);
  return files.map((path) => `${createHash('md5').update(stage.read(path)).digest('hex')}  ${path}\n`).join('');
}

function build(platform: Platform, scratch: string, { output, quick }: PackageOptions): void {
  const seconds = sourceDate();
  const stage = new Stage(join(scratch, 'stage'));
  const copyright = stageTree(stage, TREE, scratch, platform);
  stageSystemFiles(stage, 'usr/share/zsh/vendor-completions');
  stageDocumentation(stage, DOCUMENTATION, copyright);
  stage.compressed(join(DOCUMENTATION, 'changelog'), debianChangelog(seconds));
  stage.text('usr/share/lintian/overrides/integ', LINTIAN_OVERRIDES);
  stageManifest(stage, TREE);
  const about = { control: control(stage, platform), md5sums: md5sums(stage), conffiles: `/${EXAMPLE}\n` };
  for (const [name, text] of Object.entries(about)) stage.text(join('DEBIAN', name), text);
  for (const [name, text] of Object.entries(MAINTAINER_SCRIPTS)) stage.text(join('DEBIAN', name), text, 0o755);
  stage.setTimes(seconds);
  const file = join(output, `integ_${DISTRIBUTION_VERSION}_${DEBIAN_ARCH[platform.arch]}.deb`);
  const compression = quick ? ['-Zgzip', '-z1'] : ['-Zxz', '-z6'];
  // With more than one thread the file depends on how many there are.
  run('dpkg-deb', ['--root-owner-group', ...compression, '--threads-max=1', '--build', stage.root, file], {
    environment: { SOURCE_DATE_EPOCH: String(seconds) },
  });
  process.stdout.write(`${file}\n`);
}

const options = packageOptions(['x64', 'arm64']);
for (const arch of options.archs) inScratch((scratch) => build({ arch }, scratch, options));
