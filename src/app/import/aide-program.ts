/** The AIDE of this host: its version, and its dry run, which reads no content and writes nothing. */
import { existsSync } from 'node:fs';
import { UserError } from '../../model/errors.ts';
import type { AideVersion } from '../../policy/import/aide/attributes.ts';
import { type DryRunEntry, readDryRunLine } from '../../policy/import/aide/dry-run.ts';
import { runHelper } from '../../system/helper-program.ts';
import type { Context } from '../context.ts';
import { runForeignProgram } from './foreign-program.ts';

const PLACES = ['/usr/bin/aide', '/usr/sbin/aide', '/usr/local/bin/aide', '/usr/local/sbin/aide'];

function findAide(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** What the installed AIDE means by its rules; that of 0.19 without one. */
export function installedAideVersion(): AideVersion {
  const program = findAide();
  if (program === undefined) return '0.19';
  const { stdout, stderr } = runHelper(program, ['--version']);
  const minor = /\b(?:AIDE|Aide) 0\.(\d+)/.exec(stdout + stderr)?.[1];
  return minor !== undefined && Number(minor) < 19 ? '0.18' : '0.19';
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
