/** The tree that is the same in every package: integ, the packages it needs, its Node.js. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installedFiles, type Platform } from '../../src/app/installation/files.ts';
import { CHECKOUT } from './checkout.ts';
import { copyright } from './copyright.ts';
import { installLocked } from './locked-packages.ts';
import { fetchLibatomic, stageRuntime } from './runtime.ts';
import type { Stage } from './stage.ts';

/** `tree`: where in the stage; `scratch`: an empty folder to work in. Gives back the text of the copyright file. */
export function stageTree(stage: Stage, tree: string, scratch: string, platform: Platform): string {
  const modules = installLocked(join(scratch, 'packages'), platform.arch);
  const whole = join(scratch, 'whole');
  mkdirSync(whole);
  for (const name of ['bin', 'dist', 'policies', 'package.json', 'LICENSE']) {
    cpSync(join(CHECKOUT, name), join(whole, name), { recursive: true });
  }
  symlinkSync(modules, join(whole, 'node_modules'));
  for (const { from, to, mode } of installedFiles(whole, platform)) stage.copy(from, join(tree, to), mode);
  const libatomic = fetchLibatomic(scratch, platform.arch);
  stageRuntime(stage, tree, modules, libatomic, platform);
  return copyright(stage, tree, libatomic, platform);
}
