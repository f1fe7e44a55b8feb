/** The AIDE of this host: its version, and its dry run, which reads no content and writes nothing. */
import { existsSync } from 'node:fs';
import { SystemError, UserError } from '../../model/errors.ts';
import { type DryRunEntry, readDryRunLine } from '../../policy/import/aide/dry-run.ts';
import type { InstalledAide } from '../../policy/import/aide/fitting.ts';
import { languageOf } from '../../policy/import/aide/version.ts';
import { runHelper } from '../../system/helper-program.ts';
import type { Context } from '../context.ts';
import { runForeignProgram } from './foreign-program.ts';

const PLACES = ['/usr/bin/aide', '/usr/sbin/aide', '/usr/local/bin/aide', '/usr/local/sbin/aide'];

function findAide(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** The AIDE that is installed here, as it tells its version. One that cannot be run is as none. */
export function installedAide(): InstalledAide {
  const program = findAide();
  if (program === undefined) return { version: undefined, problem: undefined };
  try {
    const { stdout, stderr } = runHelper(program, ['--version']);
    const version = languageOf(/^aide [0-9][^\s]*/im.exec(`${stdout}\n${stderr}`)?.[0] ?? '');
    return { version, problem: version === undefined ? `${program} does not tell its version` : undefined };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { version: undefined, problem: `${program} cannot be run (${error.code})` };
  }
}

/** Every object that AIDE looked at. Throws a UserError when there is no AIDE or it ends with an error. */
export async function aideDryRun(context: Context, config: string): Promise<readonly DryRunEntry[]> {
  const program = findAide();
  if (program === undefined) {
    throw new UserError('missing', `--compare: AIDE is not installed: looked for ${PLACES.join(', ')}`);
  }
  const entries: DryRunEntry[] = [];
  await runForeignProgram(
    context,
    program,
    [`--config=${config}`, '--dry-init', '--log-level=error'],
    '--dry-init',
    (line) => {
      const entry = readDryRunLine(line);
      if (entry !== undefined) entries.push(entry);
    },
  );
  return entries;
}
