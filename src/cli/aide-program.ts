/** The AIDE of this host: its version, and its dry run, which reads no content and writes nothing. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { AideVersion } from '../policy/import/aide/attributes.ts';
import { type DryRunEntry, readDryRunLine } from '../policy/import/aide/dry-run.ts';
import { runHelper } from '../system/helper-program.ts';
import type { Context } from './context.ts';

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
  const child = spawn(program, [`--config=${config}`, '--dry-init', '--log-level=error'], {
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = context.onSignal(() => child.kill());
  try {
    let complaint = '';
    child.stderr.setEncoding('latin1').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, 1000);
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const entries: DryRunEntry[] = [];
    child.stdout.setEncoding('latin1');
    for await (const line of createInterface({ input: child.stdout })) {
      const entry = readDryRunLine(line);
      if (entry !== undefined) entries.push(entry);
    }
    const status = await ended;
    if (status !== 0) {
      const reason = printableText(complaint.trim().split('\n')[0] ?? '');
      throw new UserError('io', `${program} --dry-init ended with ${status ?? 'a signal'}: ${reason}`);
    }
    return entries;
  } finally {
    forget();
  }
}
