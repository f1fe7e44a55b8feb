/**
 * One writer at a time. The lock is a flock(2) on a file beside the baseline, which the kernel drops when the process
 * ends, however it ends: there is no stale lock to recognise, after kill -9, a reboot or a reused process id, and so no
 * race between two who would take one over. The text in the file only tells a second writer who the first one is.
 *
 * Node has no flock; flock(1) of util-linux sets it on a descriptor that it inherits, which belongs to the open file
 * and stays after flock(1) has ended.
 */
import { closeSync, constants, ftruncateSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { printableText } from '../model/bytes.ts';
import { errorCode, UserError } from '../model/errors.ts';
import { FIRST_DESCRIPTOR, type HelperResult, runHelper } from './helper-program.ts';
import { type Host, isoTime, liveHost } from './host.ts';
import { isStillNamed, openOwnFile } from './own-file.ts';
import { writeError } from './safe-write.ts';
import { openRegular } from './small-file.ts';

const FLOCK = '/usr/bin/flock';
const CONFLICT = 1;
const ATTEMPTS = 100;
const LONGEST_NOTE = 4096;

export interface Lock {
  /**
   * Gives the lock back, and removes a file that is there for nothing else. Happens by itself when the process ends.
   */
  release(): void;
}

/** Sets the lock without waiting; false when somebody else has it. */
function setLock(descriptor: number, file: string): boolean {
  let result: HelperResult;
  try {
    result = runHelper(FLOCK, ['-x', '-n', String(FIRST_DESCRIPTOR)], { descriptors: [descriptor] });
  } catch (error) {
    const hint = 'install util-linux, which has flock(1)';
    throw new UserError('io', `cannot lock ${file}: ${FLOCK} cannot be run`, { hint, cause: error });
  }
  if (result.status === 0) return true;
  if (result.status === CONFLICT && result.stderr === '') return false;
  const said = printableText(result.stderr.trim()) || `${FLOCK} ended with status ${result.status}`;
  throw new UserError('io', `cannot lock ${file}: ${said}`, { hint: 'keep the baseline on a local file system' });
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  readonly since: string;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const note: unknown = JSON.parse(text);
    if (typeof note !== 'object' || note === null) return undefined;
    if (!('pid' in note && 'host' in note && 'command' in note && 'since' in note)) return undefined;
    const { pid, host, command, since } = note;
    if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
    if (typeof command !== 'string' || typeof since !== 'string') return undefined;
    return { pid, host: printableText(host), command: printableText(command), since: printableText(since) };
  } catch {
    // Empty or half written: the holder has just got the lock.
    return undefined;
  }
}

function readHolder(descriptor: number): Holder | undefined {
  const note = Buffer.alloc(LONGEST_NOTE);
  const length = readSync(descriptor, note, 0, note.length, 0);
  return parseHolder(note.toString('utf8', 0, length));
}

function lockedError(holder: Holder | undefined, host: Host): UserError {
  const hint = 'wait until it has ended';
  if (holder === undefined) return new UserError('locked', 'baseline is locked by another run of integ', { hint });
  const place = holder.host === host.hostName() ? '' : ` on ${holder.host}`;
  const who = `pid ${holder.pid}${place} (integ ${holder.command}, since ${holder.since})`;
  return new UserError('locked', `baseline is locked by ${who}`, { hint });
}

function writeNote(descriptor: number, command: string, host: Host): void {
  const note: Holder = { pid: process.pid, host: host.hostName(), command, since: isoTime(host.now()) };
  ftruncateSync(descriptor);
  writeSync(descriptor, `${JSON.stringify(note)}\n`, 0);
}

/** Opens and locks; undefined when the file went away meanwhile, so that the lock would protect nothing. */
function tryLock(file: string, command: string, host: Host): number | undefined {
  const descriptor = openOwnFile(file, 'lock');
  let isHeld = false;
  try {
    if (!setLock(descriptor, printableText(file))) throw lockedError(readHolder(descriptor), host);
    if (!isStillNamed(descriptor, file)) return undefined;
    writeNote(descriptor, command, host);
    isHeld = true;
    return descriptor;
  } finally {
    if (!isHeld) closeSync(descriptor);
  }
}

/**
 * Locks the baseline `baselineFile` for writing, without waiting. `command` is what runs, such as `init`. Whether
 * others may write to the directory is for the caller to test, before. Throws a UserError: `locked` with the holder
 * when another run has the lock, else as a file that cannot be written.
 */
export function acquireLock(baselineFile: string, command: string, host: Host = liveHost): Lock {
  const file = `${baselineFile}.lock`;
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const descriptor = tryLock(file, command, host);
      if (descriptor !== undefined) return heldLock(descriptor, file);
    }
  } catch (error) {
    throw writeError(file, error);
  }
  throw lockedError(undefined, host);
}

/**
 * Claims a file that exists, without waiting: undefined when another process has it or it is gone. The claim ends with
 * `release` or the process; the file stays. Throws a UserError when it cannot be found out.
 */
export function claimFile(file: string): Lock | undefined {
  let descriptor: number;
  try {
    descriptor = openRegular(file, constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw writeError(file, error);
  }
  let isClaimed = false;
  try {
    isClaimed = setLock(descriptor, printableText(file)) && isStillNamed(descriptor, file);
  } finally {
    if (!isClaimed) closeSync(descriptor);
  }
  return isClaimed ? { release: () => closeSync(descriptor) } : undefined;
}

function heldLock(descriptor: number, file: string): Lock {
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    process.off('exit', release);
    try {
      // While the lock is held, so that the name is not another run's.
      if (isStillNamed(descriptor, file)) unlinkSync(file);
    } catch {
      // A file that stays is no lock: the next run locks it again.
    }
    closeSync(descriptor);
  };
  process.on('exit', release);
  return { release };
}
