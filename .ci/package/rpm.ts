/** Makes integ-VERSION.x86_64.rpm: `npm run package:rpm`. Its content is that of the package for Debian. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../src/app/installation/files.ts';
import { DISTRIBUTION_VERSION, inScratch, run, sourceDate } from './checkout.ts';
import { stageManifest } from './manifest.ts';
import { type PackageOptions, packageOptions } from './package-options.ts';
import { rpmSpec } from './rpm-spec.ts';
import { Stage } from './stage.ts';
import { DOCUMENTATION, stageDocumentation, stageSystemFiles, TREE } from './system-files.ts';
import { stageTree } from './tree.ts';

const RPM_ARCH = { x64: 'x86_64', arm64: 'aarch64' } as const;

function build(platform: Platform, scratch: string, { output, quick }: PackageOptions): void {
  const seconds = sourceDate();
  const stage = new Stage(join(scratch, 'stage'));
  const copyright = stageTree(stage, TREE, scratch, platform);
  stageSystemFiles(stage, 'usr/share/zsh/site-functions');
  stageDocumentation(stage, DOCUMENTATION, copyright);
  stageManifest(stage, TREE);
  stage.setTimes(seconds);
  const spec = join(scratch, 'integ.spec');
  writeFileSync(spec, rpmSpec(stage));
  const top = join(scratch, 'rpmbuild');
  mkdirSync(top);
  const arch = RPM_ARCH[platform.arch];
  const definitions = {
    _topdir: top,
    _build_name_fmt: '%{NAME}-%{VERSION}.%{ARCH}.rpm',
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    _binary_payload: quick ? 'w1.gzdio' : 'w6.xzdio',
  };
  const defined = Object.entries(definitions).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  run('rpmbuild', ['-bb', '--target', `${arch}-linux`, '--buildroot', stage.root, ...defined, spec], {
    environment: { SOURCE_DATE_EPOCH: String(seconds), HOME: scratch },
  });
  const file = `integ-${DISTRIBUTION_VERSION}.${arch}.rpm`;
  if (!readdirSync(join(top, 'RPMS')).includes(file)) throw new Error(`rpmbuild made no ${file}`);
  copyFileSync(join(top, 'RPMS', file), join(output, file));
  process.stdout.write(`${join(output, file)}\n`);
}

const options = packageOptions(['x64']);
for (const arch of options.archs) inScratch((scratch) => build({ arch }, scratch, options));
