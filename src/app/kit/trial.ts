/** Tries a kit before it is called one. */
import { basename } from 'node:path';
import { printableText } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { runHelper } from '../../system/helper-program.ts';
import { byLoader, KIT, type StartedAs } from '../../system/own-kit.ts';
import type { KitFolder } from './folder.ts';
import { librariesOf, listed } from './libraries.ts';
import { lacking } from './platform.ts';
import { nativeModules } from './runtime.ts';
import { KIT_BASELINE, KIT_SIGNERS, type KitFacts } from './texts.ts';

/**
 * Every library is found in the kit, by the loader of the kit, which finds none where there is none; and the kit
 * verifies its own baseline. Throws a UserError `lacking`.
 */
export function tryKit(folder: KitFolder, facts: KitFacts, programs: readonly string[]): void {
  const own = programs.map((program) => `${KIT.runtime}/${basename(program)}`);
  for (const name of [KIT.node, ...own, ...nativeModules(folder)]) requireOwnLibraries(folder, facts, name);
  requireRunning(folder, facts);
}

function requireOwnLibraries(folder: KitFolder, { loader }: KitFacts, name: string): void {
  const { path } = folder;
  const program = folder.at(name);
  const list = ['--list', program];
  // In a folder without libraries, what is found nevertheless would come from the system that is examined.
  const { found } = listed(byLoader(path, loader, list, KIT.integ), program);
  for (const [library, file] of [...found, ...librariesOf(byLoader(path, loader, list), program)]) {
    if (file.startsWith(`${path}/`)) continue;
    throw lacking(`${library} would come from ${printableText(file)}`, 'report this as a defect of integ');
  }
}

function requireRunning(folder: KitFolder, { loader, hasSigners, seal }: KitFacts): void {
  const { path } = folder;
  const at = (name: string): string => folder.at(name);
  const trust = hasSigners ? ['--signers', at(KIT_SIGNERS)] : ['--expect-seal', seal];
  const command = ['baseline', 'verify', at(KIT_BASELINE), ...trust, '--allow-unsafe-permissions'];
  const started = byLoader(path, loader, [at(KIT.node), at(`${KIT.integ}/bin/integ.js`), ...command]);
  const { status, stderr } = run(started);
  if (status === 0) return;
  throw lacking(`the kit does not run: ${printableText(stderr.trim())}`, 'is the medium mounted noexec?');
}

/** Milliseconds: a stick is slow, and a baseline may be large. */
const PATIENCE = 10 * 60 * 1000;

function run({ file, parameters, environment }: StartedAs): ReturnType<typeof runHelper> {
  try {
    return runHelper(file, parameters, { environment, timeout: PATIENCE });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw lacking(error.message, 'name a directory on a file system from which programs may be started');
  }
}
