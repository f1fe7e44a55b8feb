/**
 * Runs the few programs of the system that integ needs (ssh-keygen, flock, getent): by absolute path, never through a
 * shell, in the root directory, and with an environment of its own, so that nothing the caller has set can stand in for
 * the program or change what it does. What the output means is the caller's affair.
 */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { SystemError } from '../model/errors.ts';
import { started } from './own-kit.ts';

/** The number under which the program gets the first of the descriptors that are handed over. */
export const FIRST_DESCRIPTOR = 3;
/** All that a program gets of what the caller has set. */
export const HELPER_ENVIRONMENT: Readonly<Record<string, string>> = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
const LARGEST_OUTPUT = 16 * 1024 * 1024;
/** Milliseconds for a program that asks nobody: each of them answers at once. */
const PATIENCE = 60_000;

export interface HelperOptions {
  /** For its standard input, which is /dev/null otherwise. */
  readonly input?: Uint8Array;
  /** Handed over as 3, 4, 5 … */
  readonly descriptors?: readonly number[];
  /** Beside LC_ALL and PATH; a variable without a value is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whether its standard error is ours, for a program that talks to the person at the terminal. */
  readonly talks?: boolean;
  /** Milliseconds before it is killed; a minute when not given, and no limit for one that talks to a person. */
  readonly timeout?: number;
}

export interface HelperResult {
  /** Exit status, or undefined when a signal ended it. */
  readonly status: number | undefined;
  /** What it wrote; one character a byte. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. Throws a SystemError when it cannot be started or was not done in time: ENOENT for one
 * that is not installed, or not in the rescue kit that integ runs from.
 */
export function runHelper(program: string, parameters: readonly string[], options: HelperOptions = {}): HelperResult {
  if (!program.startsWith('/')) throw new Error(`integ: internal error: ${program} is not an absolute path`);
  const { input, descriptors = [], environment = {}, talks = false } = options;
  const timeout = options.timeout ?? (talks ? undefined : PATIENCE);
  const command = started(program, parameters);
  const settings: SpawnSyncOptions & { encoding: 'latin1' } = {
    encoding: 'latin1',
    env: { ...HELPER_ENVIRONMENT, ...environment, ...command.environment },
    cwd: '/',
    shell: false,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', talks ? 'inherit' : 'pipe', ...descriptors],
    maxBuffer: LARGEST_OUTPUT,
    killSignal: 'SIGKILL',
  };
  if (input !== undefined) settings.input = input;
  if (timeout !== undefined) settings.timeout = timeout;
  const result = spawnSync(command.file, command.parameters, settings);
  if (result.error !== undefined && !hasEnded(result)) {
    const code = 'code' in result.error ? String(result.error.code) : 'EUNKNOWN';
    throw new SystemError('spawn', code, `${program} cannot be run: ${code}`);
  }
  return { status: result.status ?? undefined, stdout: result.stdout, stderr: result.stderr ?? '' };
}

/** A program that ends without reading all of its input is no error of ours (EPIPE): its status tells. */
function hasEnded(result: { readonly error?: Error; readonly status: number | null }): boolean {
  return (
    result.status !== null && result.error !== undefined && 'code' in result.error && result.error.code === 'EPIPE'
  );
}

/** Where a file without a name may be made; memory first. */
const DIRECTORIES = ['/dev/shm', '/run', '/tmp', '/var/tmp'];
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Makes the bytes readable for a program that insists on a file: an open file of ours that has no name any more, so
 * that nothing is left of it however the process ends. The program finds it as `/dev/fd/3` and so on. Throws a
 * SystemError when there is no place to write to.
 */
function namelessFile(bytes: Uint8Array): number {
  let failure: unknown;
  for (const directory of DIRECTORIES) {
    const path = `${directory}/integ-${randomBytes(8).toString('hex')}`;
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, NEW_FILE, 0o600);
      unlinkSync(path);
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
      return descriptor;
    } catch (error) {
      failure = error;
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : 'EUNKNOWN';
  throw new SystemError('open', code, `no temporary file can be made in ${DIRECTORIES.join(', ')}: ${code}`);
}

/** Calls `use` with the names under which a program run with these descriptors finds the given contents. */
export function withNamelessFiles<Result>(
  contents: readonly string[],
  use: (names: readonly string[], descriptors: readonly number[]) => Result,
): Result {
  const descriptors: number[] = [];
  try {
    for (const text of contents) descriptors.push(namelessFile(Buffer.from(text, 'utf8')));
    const names = descriptors.map((_, index) => `/dev/fd/${FIRST_DESCRIPTOR + index}`);
    return use(names, descriptors);
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}
