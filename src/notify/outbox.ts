/**
 * Messages that wait until somebody takes them, one file each in a directory of their own. A message is on the disk
 * before its first attempt, and its file is removed when it was taken: that removal, one step, is the note of the
 * delivery. The outbox delivers nothing and decides nothing about when.
 */
import { createHash } from 'node:crypto';
import { constants, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { printableText } from '../model/bytes.ts';
import { errorCode, SystemError, UserError } from '../model/errors.ts';
import { claimFile, type Lock } from '../system/lock.ts';
import { isTrustedOwner } from '../system/own-file.ts';
import { syncDirectory, TemporaryFile, writeError, writeFileAtomically } from '../system/safe-write.ts';
import { readSmallFile } from '../system/small-file.ts';
import type { Message } from './channel.ts';
import {
  type Attempts,
  decodeMessage,
  decodeState,
  encodeMessage,
  encodeState,
  type Kept,
  NO_ATTEMPTS,
  type Postmark,
} from './outbox-format.ts';
import { MOST_BYTES, roomFor } from './outbox-room.ts';

const LONGEST_STATE = 64 * 1024;
/** A temporary file of a run that was killed, and of none that is still writing. */
const LEFT_OVER_MILLISECONDS = 24 * 3600 * 1000;

const MESSAGE = /^[0-9a-f]{32}\.message$/;
const TEMPORARY = /\.tmp-[0-9a-f]{16}$/;

/** A message in the outbox, without its bodies. */
export interface Waiting {
  readonly file: string;
  readonly message: Omit<Message, 'body' | 'smaller'>;
  readonly postmark: Postmark;
  readonly attempts: Attempts;
  readonly bytes: number;
}

export interface Contents {
  /** Oldest first. */
  readonly messages: readonly Waiting[];
  /** Files that hold no message any more, in words; they were renamed and are left alone from now on. */
  readonly damaged: readonly string[];
}

interface Failed {
  readonly why: string;
  readonly rest: Message | undefined;
  /** For good. */
  readonly isRefusal: boolean;
}

/** A message that this process alone may deliver, until `release`. */
export interface Claim {
  readonly message: Message;
  /** Whether an attempt was cut off before its outcome was noted, so that it may have been taken already. */
  readonly mayBeDelivered: boolean;
  /** Notes that an attempt begins, before anything is sent. */
  begin(now: number): void;
  /** Notes why it failed, and keeps what is still to be delivered where a part was taken. */
  failed(failure: Failed): void;
  /** Removes the message: it was taken. */
  delivered(): void;
  release(): void;
}

export class Outbox {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Makes a message durable. One that waits already, by its id, stays as it is; one that was refused for good is begun
   * anew. Throws a UserError when it cannot be written or when too much waits.
   */
  add(message: Message, postmark: Postmark): void {
    this.#createDirectory();
    const file = this.#fileOf(message.id);
    const isThere = existsSync(file);
    if (isThere && !this.#attempts(file).isRefused) return;
    const bytes = encodeMessage(message, postmark);
    if (!isThere) this.#requireRoom(bytes.reduce((sum, part) => sum + part.length, 0));
    writeMessage(file, bytes);
    if (isThere) removeIfThere(stateFile(file));
  }

  /**
   * What waits. Files that are damaged are kept aside under another name. Throws a UserError when nothing can be read.
   */
  contents(): Contents {
    const messages: Waiting[] = [];
    const damaged: string[] = [];
    for (const name of this.#names()) {
      if (!MESSAGE.test(name)) continue;
      const file = join(this.directory, name);
      const read = this.#read(file);
      if (read === undefined) continue;
      if (typeof read === 'string') {
        damaged.push(this.#setAside(file, read));
        continue;
      }
      const { body, smaller: _, ...message } = read.message;
      messages.push({ file, message, postmark: read.postmark, attempts: this.#attempts(file), bytes: body.length });
    }
    return { messages: messages.sort(byAge), damaged };
  }

  /** Removes what runs that were killed left. */
  clean(now: number): void {
    for (const name of this.#names()) {
      const file = join(this.directory, name);
      const isOldTemporary = TEMPORARY.test(name) && now - modifiedAt(file, now) > LEFT_OVER_MILLISECONDS;
      const isOrphan = name.endsWith(STATE_SUFFIX) && !existsSync(file.slice(0, -STATE_SUFFIX.length));
      if (isOldTemporary || isOrphan) removeIfThere(file);
    }
  }

  /** Takes a message for this process; undefined when another one has it, or it is gone. */
  claim(file: string): Claim | undefined {
    const lock = claimFile(file);
    if (lock === undefined) return undefined;
    try {
      // Under the lock: the outcome of the last attempt may have been noted since the contents were read.
      const read = this.#read(file);
      if (read !== undefined && typeof read !== 'string') return this.#claimed(file, read, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
    lock.release();
    return undefined;
  }

  #claimed(file: string, { message, postmark }: Kept, lock: Lock): Claim {
    const before = this.#attempts(file);
    let attempts = before;
    const note = (next: Attempts): void => {
      attempts = next;
      writeFileAtomically(stateFile(file), encodeState(next));
    };
    return {
      message,
      mayBeDelivered: before.isUnderWay,
      begin: (now) => note({ count: before.count + 1, lastAt: now, isUnderWay: true, why: '', isRefused: false }),
      failed: ({ why, rest, isRefusal }) => {
        if (rest !== undefined) writeMessage(file, encodeMessage({ ...rest, id: message.id }, postmark));
        note({ ...attempts, isUnderWay: false, why, isRefused: isRefusal });
      },
      delivered: () => {
        try {
          unlinkSync(file);
          syncDirectory(this.directory);
        } catch (error) {
          throw writeError(file, error);
        }
        removeIfThere(stateFile(file));
      },
      release: () => lock.release(),
    };
  }

  #fileOf(id: string): string {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
    return join(this.directory, `${name}.message`);
  }

  #createDirectory(): void {
    try {
      mkdirSync(this.directory, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw writeError(this.directory, error);
      this.#requireOwnDirectory();
    }
  }

  /** Somebody may have put something else under the name since the permissions of its directory were tested. */
  #requireOwnDirectory(): void {
    // Of a symbolic link both count: who made it, and where it leads.
    const [name, found] = [lstatSync(this.directory), statSync(this.directory)];
    if (found.isDirectory() && isTrustedOwner(name) && isTrustedOwner(found)) return;
    const message = `cannot write ${printableText(this.directory)}: it is not a directory of who runs integ`;
    throw new UserError('cannotCreate', message, { hint: 'find out who put it there, and remove it' });
  }

  #requireRoom(added: number): void {
    const files = this.#names().filter((name) => MESSAGE.test(name));
    const sizes = new Map(files.map((name) => [join(this.directory, name), sizeOf(join(this.directory, name))]));
    const refused = (): readonly string[] =>
      this.contents().messages.flatMap(({ file, attempts }) => (attempts.isRefused ? [file] : []));
    // Nobody takes them, and their reports are in the history.
    for (const file of roomFor(added, sizes, refused, printableText(this.directory))) removeIfThere(file);
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.directory);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw unreadable(this.directory, error);
    }
  }

  /** A message, or what is wrong with its file; undefined when it is gone. */
  #read(file: string): Kept | string | undefined {
    let bytes: Buffer;
    try {
      bytes = readSmallFile(file, MOST_BYTES, constants.O_NOFOLLOW);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      if (error instanceof SystemError) return error.message;
      throw unreadable(file, error);
    }
    return decodeMessage(bytes);
  }

  #attempts(file: string): Attempts {
    try {
      return decodeState(readSmallFile(stateFile(file), LONGEST_STATE, constants.O_NOFOLLOW).toString('utf8'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return NO_ATTEMPTS;
      if (error instanceof SystemError) return decodeState('');
      throw unreadable(stateFile(file), error);
    }
  }

  #setAside(file: string, what: string): string {
    const kept = `${file}.damaged`;
    try {
      renameSync(file, kept);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw writeError(kept, error);
    }
    return `${printableText(kept)}: ${what}`;
  }
}

const STATE_SUFFIX = '.state';

/** Those of one report in the order of their ids, so that the order is always the same. */
function byAge(left: Waiting, right: Waiting): number {
  return left.postmark.at - right.postmark.at || (left.message.id < right.message.id ? -1 : 1);
}

function writeMessage(file: string, parts: readonly Uint8Array[]): void {
  const temporary = TemporaryFile.beside(file);
  for (const part of parts) temporary.write(part);
  temporary.publish();
}

function stateFile(file: string): string {
  return `${file}${STATE_SUFFIX}`;
}

function sizeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function modifiedAt(file: string, otherwise: number): number {
  return lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? otherwise;
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It says nothing without its message; the next run tries again.
  }
}

function unreadable(file: string, error: unknown): UserError {
  const code = errorCode(error);
  return new UserError(code === 'EACCES' ? 'permission' : 'io', `cannot read ${printableText(file)}: ${code}`, {
    hint: 'run as the user whom the outbox belongs to',
    cause: error,
  });
}
