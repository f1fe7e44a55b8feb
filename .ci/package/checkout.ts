/**
 * The built checkout that packages are made of: where it is, which version, of which time; and how programs are run for
 * it. The version stands in package.json and nowhere else.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));

export interface PackageJson {
  readonly version: string;
  readonly description: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function readCheckout(file: string): string {
  return readFileSync(join(CHECKOUT, file), 'utf8');
}

// What package.json of this project holds is what this type says.
export const PACKAGE = JSON.parse(readCheckout('package.json')) as PackageJson;

/** The form of a version in which 1.0.0-rc.1 comes before 1.0.0, for dpkg and rpm. */
export const DISTRIBUTION_VERSION = PACKAGE.version.replace('-', '~');

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a program prints. Throws what it says when it fails. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): string {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd: options.cwd ?? CHECKOUT,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.environment },
    input: options.input ?? '',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw new Error(`cannot run ${program}: ${error.message}`);
  if (status !== 0)
    throw new Error(`${[program, ...args].join(' ')} ends with ${status ?? signal}:\n${stderr}${stdout}`);
  return stdout;
}

/** Seconds: when whatever is packed was made, so that two builds are equal. By default that is the last commit. */
export function sourceDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH'] ?? run('git', ['log', '-1', '--format=%ct']).trim();
  if (!/^\d+$/.test(given)) throw new Error(`SOURCE_DATE_EPOCH is no number of seconds: ${given}`);
  return Number(given);
}

/** Gives a folder to work in, which is gone afterwards. */
export function inScratch(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'integ-package-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
