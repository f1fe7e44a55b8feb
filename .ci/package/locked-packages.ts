/**
 * The packages with native code, and Node.js itself, for either processor: npm brings those that package-lock.json
 * names and refuses other content.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../src/app/installation/files.ts';
import { PACKAGE, readCheckout, run } from './checkout.ts';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optional?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export const runtimePackage = (arch: Platform['arch']): string => `node-linux-${arch}`;

/** Installs them below `folder`. Gives back their node_modules. */
export function installLocked(folder: string, arch: Platform['arch']): string {
  // What npm wrote has this form.
  const { packages } = JSON.parse(readCheckout('package-lock.json')) as Lock;
  const runtime = runtimePackage(arch);
  const version = packages[`node_modules/${runtime}`]?.version;
  if (version === undefined) throw new Error(`package-lock.json has no ${runtime}`);
  const wanted = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.startsWith('node_modules/') && link !== true && dev !== true,
  );
  const name = 'integ-packages';
  // As optional: npm refuses to require what is for another processor, whatever --cpu says.
  const own = { name, version: '0.0.0', optionalDependencies: { ...PACKAGE.dependencies, [runtime]: version } };
  const { dev, ...locked } = packages[`node_modules/${runtime}`] ?? {};
  const kept = { '': own, ...Object.fromEntries(wanted), [`node_modules/${runtime}`]: locked };
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name, lockfileVersion: 3, packages: kept }));
  const platform = ['--os=linux', '--libc=glibc', `--cpu=${arch}`];
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...platform], { cwd: folder });
  return join(folder, 'node_modules');
}
