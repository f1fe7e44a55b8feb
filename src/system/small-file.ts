/**
 * The one way in which small files are read whole: policies, lists of signers, certificates, secrets, system files.
 * Only a regular file is opened and only a bounded part of it read, so that neither a fifo, a device nor an endless
 * file that somebody put under the name can hold integ up. What a failure means to the user is put into words here too.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { printableText } from '../model/bytes.ts';
import { errorCode, errorMessage, type SysexitName, SystemError } from '../model/errors.ts';

const CHUNK = 65_536;
const MEBIBYTE = 1024 * 1024;
/** Read into and copied from: files are small and many, as those of a package database. */
const room = Buffer.allocUnsafeSlow(CHUNK);

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a fifo or a pipe';
  if (stat.isSocket()) return 'a socket';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  return stat.isCharacterDevice() || stat.isBlockDevice() ? 'a device' : 'something unknown';
}

function requireRegular(stat: Stats): void {
  if (!stat.isFile()) throw new SystemError('open', 'EINVAL', `it is ${kindOf(stat)}, not a regular file`);
}

/** Refuses any other name for a program or library that opens by name and would wait. Throws as `openRegular`. */
export function requireRegularFile(file: string): void {
  requireRegular(statSync(file));
}

/**
 * Opens a regular file to read, and nothing else: the open file is one too, whatever happens to the name meanwhile.
 * `flags` come on top, as O_NOFOLLOW. Throws a SystemError, EINVAL for anything but a regular file, or what the kernel
 * said.
 */
export function openRegular(file: string | Buffer, flags = 0): number {
  // Opening alone starts some devices, such as a watchdog.
  requireRegular((flags & constants.O_NOFOLLOW) === 0 ? statSync(file) : lstatSync(file));
  // Not blocking: the name may be that of a fifo by now, or a lease may be held on the file.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | flags);
  try {
    requireRegular(fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function tooLarge(limit: number): SystemError {
  const shown = limit >= MEBIBYTE ? `${Math.floor(limit / MEBIBYTE)} MiB` : `${limit} bytes`;
  return new SystemError('read', 'EFBIG', `it is larger than ${shown}`);
}

/** The rest of an open file. The size that the kernel tells is not asked: that of a file in /proc is 0. */
function readWhole(descriptor: number, limit: number): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const length = readSync(descriptor, room, 0, Math.min(CHUNK, limit - total + 1), null);
    if (length === 0) return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    total += length;
    if (total > limit) throw tooLarge(limit);
    chunks.push(Buffer.from(room.subarray(0, length)));
  }
}

/** The bytes of a regular file of at most `limit` bytes. Throws as `openRegular`, and EFBIG above the limit. */
export function readSmallFile(file: string | Buffer, limit: number, flags = 0): Buffer {
  const descriptor = openRegular(file, flags);
  try {
    return readWhole(descriptor, limit);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Why a file could not be read, in a word or two for the middle of a sentence: `ENOENT`, `it is a device, not a regular
 * file`.
 */
export function shortProblem(error: unknown): string {
  return error instanceof SystemError ? error.message : errorCode(error);
}

export interface ReadingProblem {
  readonly kind: SysexitName;
  /** Printable: `no such file`. */
  readonly reason: string;
  readonly hint: string | undefined;
}

/** What it means that a file, which the user or some settings named, could not be read. */
export function readingProblem(error: unknown): ReadingProblem {
  const code = errorCode(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing', reason: 'no such file', hint: undefined };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'permission', reason: 'permission denied', hint: 'run as its owner or as root' };
    case 'EINVAL':
      if (!(error instanceof SystemError)) break;
      return { kind: 'io', reason: error.message, hint: 'write its text into a regular file and name that' };
    case 'EFBIG':
      if (!(error instanceof SystemError)) break;
      return { kind: 'io', reason: error.message, hint: 'look whether it is the file that was meant' };
    case 'ELOOP':
      return { kind: 'io', reason: 'its symbolic links lead round', hint: 'name the file itself' };
    case 'EAGAIN':
      return { kind: 'io', reason: 'another program holds it and would have to be waited for', hint: 'copy it' };
  }
  return { kind: 'io', reason: printableText(errorMessage(error)), hint: undefined };
}
