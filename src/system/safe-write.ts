/**
 * Files that appear whole or not at all: written under a temporary name beside the target, synced, renamed over it, and
 * the directory synced. A reader, or whoever looks after a crash or on a full disk, finds the old file or the new one.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { printableText } from '../model/bytes.ts';
import { errorCode, errorMessage, type SysexitName, UserError } from '../model/errors.ts';
import { isOwnFile } from './own-file.ts';
import { runSteps } from './turns.ts';

const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OWNER_ONLY = 0o600;

const MENDS: Readonly<Record<string, readonly [code: SysexitName, reason: string, hint: string]>> = {
  ENOSPC: ['io', 'no space left on the device', 'free some space or name a file elsewhere'],
  EDQUOT: ['io', 'the disk quota is used up', 'free some space or name a file elsewhere'],
  EIO: ['io', 'the device reports an input/output error', 'look at the kernel log and name a file elsewhere'],
  EROFS: ['cannotCreate', 'the file system is read-only', 'name a file on a writable file system'],
  ENOENT: ['cannotCreate', 'the directory does not exist', 'create the directory or name another file'],
  ENOTDIR: ['cannotCreate', 'a part of the path is not a directory', 'name another file'],
  EISDIR: ['cannotCreate', 'it is a directory', 'name a file in it'],
  ELOOP: ['cannotCreate', 'it is a symbolic link', 'name the file itself'],
  ENAMETOOLONG: ['cannotCreate', 'the name is too long', 'name another file'],
  EACCES: ['permission', 'permission denied', 'run as a user who may write there or name another file'],
  EPERM: ['permission', 'operation not permitted', 'run as a user who may write there or name another file'],
};

/** What a failure to write a file means to the user. Errors that are for the user already stay as they are. */
export function writeError(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const [code, reason, hint] = MENDS[errorCode(error)] ?? ['io', printableText(errorMessage(error)), undefined];
  const message = `cannot write ${printableText(file)}: ${reason}`;
  return new UserError(code, message, hint === undefined ? { cause: error } : { hint, cause: error });
}

/** Makes names that came or went durable. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some file systems (FUSE, network) know no fsync of a directory; they keep the rename in their own way.
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'ENOTSUP') throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Creates the directory that is to hold a file, and those above it, for the owner alone, where they do not exist. */
export function createDirectoryOf(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    // mkdir says EEXIST where something else than a directory has the name.
    const refused = errorCode(error) === 'EEXIST' ? Object.assign(new Error(), { code: 'ENOTDIR' }) : error;
    throw writeError(file, refused);
  }
}

/**
 * Renaming would put a file in the place of whatever is there; a device or a link there is meant for something else.
 */
function requireReplaceable(target: string): void {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const kind = found.isSymbolicLink() ? 'ELOOP' : found.isDirectory() ? 'EISDIR' : undefined;
  if (kind !== undefined) throw Object.assign(new Error(kind), { code: kind });
  const message = `cannot write ${printableText(target)}: it exists and is not a regular file`;
  throw new UserError('cannotCreate', message, { hint: 'name another file' });
}

/** write(2) may take less than it was given. */
function writeWhole(descriptor: number, bytes: Uint8Array, from?: number): void {
  for (let offset = 0; offset < bytes.length; ) {
    const position = from === undefined ? null : from + offset;
    offset += writeSync(descriptor, bytes, offset, bytes.length - offset, position);
  }
}

const TEMPORARY = /^\.tmp-[0-9a-f]{16}$/;

/** A file under construction. Ends with `publish` or `discard`; all methods throw a UserError that names the target. */
export class TemporaryFile {
  readonly target: string;
  /** Where the bytes are until `publish`. */
  readonly path: string;
  readonly #descriptor: number;
  #isOpen = true;
  /** A signal ends the process between two steps of the work, wherever that is. */
  readonly #onExit = (): void => this.discard();

  private constructor(target: string, path: string, descriptor: number) {
    this.target = target;
    this.path = path;
    this.#descriptor = descriptor;
    process.on('exit', this.#onExit);
  }

  /** Creates an empty file in the directory of the target, for its owner alone unless a mode is given. */
  static beside(target: string, mode = OWNER_ONLY): TemporaryFile {
    try {
      requireReplaceable(target);
      const path = `${target}.tmp-${randomBytes(8).toString('hex')}`;
      const file = new TemporaryFile(target, path, openSync(path, NEW_FILE, OWNER_ONLY));
      // Whatever the umask is: who asks for a mode wants others to read the file.
      if (mode !== OWNER_ONLY) file.#setMode(mode);
      return file;
    } catch (error) {
      throw writeError(target, error);
    }
  }

  #setMode(mode: number): void {
    try {
      fchmodSync(this.#descriptor, mode);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Writes after what this object wrote before, or at the offset `from`. */
  write(bytes: Uint8Array, from?: number): void {
    try {
      writeWhole(this.#descriptor, bytes, from);
    } catch (error) {
      this.discard();
      throw writeError(this.target, error);
    }
  }

  /** Makes the bytes durable and gives them the name of the target. */
  publish(): void {
    try {
      fsyncSync(this.#descriptor);
      requireReplaceable(this.target);
      this.#requireOwnName();
      renameSync(this.path, this.target);
      this.#close();
      syncDirectory(dirname(this.target));
    } catch (error) {
      this.discard();
      throw writeError(this.target, error);
    }
  }

  /** Removes the temporary file; the target stays what it was. May be called at any time, also after `publish`. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#close();
    try {
      unlinkSync(this.path);
    } catch {
      // What made the caller give up is the error to tell; a left-over is cleaned by removeLeftovers.
    }
  }

  /** What is renamed must be what was written and synced, not a file that somebody put under the same name. */
  #requireOwnName(): void {
    const named = lstatSync(this.path, { bigint: true });
    const written = fstatSync(this.#descriptor, { bigint: true });
    if (named.ino === written.ino && named.dev === written.dev) return;
    const message = `cannot write ${printableText(this.target)}: its temporary file was exchanged`;
    throw new UserError('io', message, { hint: 'find out who else writes into the directory' });
  }

  #close(): void {
    this.#isOpen = false;
    process.off('exit', this.#onExit);
    closeSync(this.#descriptor);
  }
}

/** Removes temporary files of killed runs. Only for the holder of the lock: another run's file is not told apart. */
export function removeLeftovers(target: string): void {
  const directory = dirname(target);
  const start = basename(target);
  try {
    for (const name of readdirSync(directory)) {
      const isTemporary = name.startsWith(start) && TEMPORARY.test(name.slice(start.length));
      if (isTemporary && isOwnFile(join(directory, name))) unlinkSync(join(directory, name));
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw writeError(target, error);
  }
}

/** Names of descriptors that the caller has opened, such as the /dev/fd/63 of a shell's >(…). */
const DESCRIPTORS = /^(?:\/dev\/(?:stdout|stderr|fd\/\d+)|\/proc\/self\/fd\/\d+)$/;

/**
 * Whether the name stands for an open stream, or for a device that has no content, such as /dev/null or a terminal.
 * Anything else below /dev, where /dev/shm is open to everybody, is a file like others: a link there may lead to a
 * disk.
 */
function isStream(file: string): boolean {
  if (!file.startsWith('/dev/') && !file.startsWith('/proc/self/fd/')) return false;
  if (!DESCRIPTORS.test(file)) return lstatSync(file, { throwIfNoEntry: false })?.isCharacterDevice() === true;
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/**
 * Writes a whole file in one step, from pieces of text that need not fit in memory together. Streams and
 * terminals under /dev are written to; they are never replaced. The file is for its owner alone unless a mode is given.
 */
export function writeFileAtomically(file: string, content: string | Iterable<string>, mode?: number): void {
  runSteps(writingFile(file, typeof content === 'string' ? [content] : content, mode));
}

/** The same in steps. */
export function* writingFile(file: string, pieces: Iterable<string>, mode?: number): Generator<void, void, undefined> {
  if (isStream(file)) {
    yield* writingStream(file, pieces);
    return;
  }
  const temporary = TemporaryFile.beside(file, mode);
  try {
    for (const piece of gather(pieces)) {
      temporary.write(Buffer.from(piece, 'utf8'));
      yield;
    }
  } catch (error) {
    temporary.discard();
    throw error;
  }
  temporary.publish();
}

const PIECE = 1 << 16;

/** Joins small pieces, so that each is worth a system call. */
export function* gather(pieces: Iterable<string>): Generator<string, void, undefined> {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < PIECE) continue;
    yield gathered;
    gathered = '';
  }
  if (gathered !== '') yield gathered;
}

function* writingStream(file: string, pieces: Iterable<string>): Generator<void, void, undefined> {
  try {
    const descriptor = openSync(file, constants.O_WRONLY | constants.O_NOCTTY);
    try {
      for (const piece of gather(pieces)) {
        writeWhole(descriptor, Buffer.from(piece, 'utf8'));
        yield;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw writeError(file, error);
  }
}
