/** Writes what a release says of its content, the lists of packages, beside the packages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE, sourceDate } from './checkout.ts';
import { packageOptions } from './package-options.ts';
import { cycloneDx, spdx } from './sbom.ts';

const { output } = packageOptions([]);
writeFileSync(join(output, `integ-${PACKAGE.version}.cdx.json`), cycloneDx(sourceDate()));
writeFileSync(join(output, `integ-${PACKAGE.version}.spdx.json`), spdx(sourceDate()));
