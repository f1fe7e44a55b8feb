/** Tries a kit before it is called one. */
import { basename } from 'node:path';
import { printableText } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { runHelper } from '../../system/helper-program.ts';
import { byLoader, KIT } from '../../system/own-kit.ts';
import type { KitFolder } from './folder.ts';
import { librariesOf } from './libraries.ts';
import { lacking } from './platform.ts';
import { nativeModules } from './runtime.ts';
import { KIT_BASELINE, KIT_SIGNERS, type KitFacts } from './texts.ts';

/** Every library is found in the kit, by the loader of the kit; and the kit verifies its own baseline. */
export function tryKit(folder: KitFolder, facts: KitFacts, programs: readonly string[]): void {
  const inKit = (parameters: readonly string[]) => byLoader(folder.path, facts.loader, parameters);
  const own = programs.map((program) => `${KIT.runtime}/${basename(program)}`);
  for (const name of [KIT.node, ...own, ...nativeModules(folder)]) {
    for (const [library, file] of librariesOf(inKit(['--list', folder.at(name)]), folder.at(name))) {
      if (!file.startsWith(`${folder.path}/`))
        throw lacking(`${library} would come from ${printableText(file)}`, 'report this');
    }
  }
  const trust = facts.hasSigners ? ['--signers', folder.at(KIT_SIGNERS)] : ['--expect-seal', facts.seal];
  const command = ['baseline', 'verify', folder.at(KIT_BASELINE), ...trust, '--allow-unsafe-permissions'];
  const { file, parameters, environment } = inKit([
    folder.at(KIT.node),
    folder.at(`${KIT.integ}/bin/integ.js`),
    ...command,
  ]);
  const result = run(file, parameters, environment);
  if (result.status === 0) return;
  throw lacking(`the kit does not run: ${printableText(result.stderr.trim())}`, 'is the medium mounted noexec?');
}

function run(
  file: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): ReturnType<typeof runHelper> {
  try {
    return runHelper(file, parameters, { environment });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw lacking(error.message, 'name a directory on a file system from which programs may be started');
  }
}
