/** The options of the scripts that make packages. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Platform } from '../../src/app/installation/files.ts';
import { CHECKOUT } from './checkout.ts';

export interface PackageOptions {
  readonly archs: readonly Platform['arch'][];
  /** An existing folder. */
  readonly output: string;
  /** The same content, less compressed: for trying it. */
  readonly quick: boolean;
}

/** `possible`: the processors that packages of a kind are made for. */
export function packageOptions(possible: readonly Platform['arch'][]): PackageOptions {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', multiple: true, default: [...possible] },
      output: { type: 'string', default: join(CHECKOUT, 'dist-packages') },
      quick: { type: 'boolean', default: false },
    },
  });
  const archs = possible.filter((arch) => values.arch.includes(arch));
  const unknown = values.arch.find((arch) => !archs.some((known) => known === arch));
  if (unknown !== undefined) throw new Error(`--arch ${unknown}: it is made for ${possible.join(' and ')}`);
  const output = resolve(values.output);
  mkdirSync(output, { recursive: true });
  return { archs, output, quick: values.quick };
}
