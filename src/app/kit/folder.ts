/**
 * The folder that becomes a kit: new or empty, and gone again with all that is in it when the kit is not finished.
 * What is written is on the medium when it is done, since a stick is pulled out.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Path, pathFromText, printableText } from '../../model/bytes.ts';
import { type DigestList, formatDigestList } from '../../model/digest-list.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import { syncDirectory, writeError } from '../../system/safe-write.ts';
import { openRegular } from '../../system/small-file.ts';
import { MANIFEST } from '../installation/files.ts';

const CHUNK = 1 << 20;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const FOLDER_MODE = 0o755;
type Mode = 0o600 | 0o644 | 0o755;

function makeEmpty(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw writeError(folder, error);
  }
  const name = printableText(folder);
  if (!lstatSync(folder).isDirectory()) {
    throw new UserError('cannotCreate', `${name} is there and is no directory`, { hint: 'name another one' });
  }
  if (readdirSync(folder).length === 0) return false;
  throw new UserError('cannotCreate', `${name} is not empty`, { hint: 'name a new or an empty directory' });
}

export class KitFolder {
  readonly path: string;
  /** Whether it was not there before. */
  readonly #isNew: boolean;
  readonly #digests = new Map<Path, string>();
  /** What was put into it, at the top. */
  readonly #written = new Set<string>();
  #isKept = false;
  readonly #onExit = (): void => this.discard();

  /** Throws a UserError `cannotCreate` for a directory that holds anything, or that cannot be made. */
  constructor(path: string) {
    this.path = path;
    this.#isNew = makeEmpty(path);
    process.on('exit', this.#onExit);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** All methods that write throw a UserError that names the file. */
  write(name: string, content: string | Buffer, mode: Mode): void {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    for (const _ of this.#writing(name, [bytes], mode));
  }

  /** Copies a regular file in steps. */
  *copying(from: string, name: string, mode: Mode): Generator<void, void, undefined> {
    const descriptor = openRegular(from);
    try {
      yield* this.#writing(name, chunksOf(descriptor), mode);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Takes up a file that was written into the folder by other means. */
  adopt(name: string, mode: Mode): void {
    this.#written.add(name);
    chmodSync(this.at(name), mode);
    this.#digests.set(
      pathFromText(name),
      createHash('sha256')
        .update(readFileSync(this.at(name)))
        .digest('hex'),
    );
  }

  /** Writes the list of digests, of which it gives back the digest, and keeps the folder. */
  finish(seconds: number | undefined): string {
    const list = formatDigestList(this.digests);
    this.write(MANIFEST, list, 0o644);
    const folders = [
      ...new Set([...this.digests.keys()].map((path) => dirname(this.at(Buffer.from(path, 'latin1').toString())))),
    ];
    for (const folder of folders) syncDirectory(folder);
    if (seconds !== undefined) this.#date(seconds);
    this.keep();
    return createHash('sha256').update(list).digest('hex');
  }

  get digests(): DigestList {
    return this.#digests;
  }

  keep(): void {
    this.#isKept = true;
    process.off('exit', this.#onExit);
  }

  /** Removes what was written. Does nothing to a folder that is kept. */
  discard(): void {
    if (this.#isKept) return;
    this.keep();
    this.remove();
  }

  remove(): void {
    try {
      if (this.#isNew) rmSync(this.path, { recursive: true, force: true });
      else for (const name of this.#written) rmSync(this.at(name), { recursive: true, force: true });
    } catch {
      // What made the caller give up is the error to tell; a folder without a list of digests is no kit.
    }
  }

  #date(seconds: number): void {
    for (const name of readdirSync(this.path, { recursive: true, encoding: 'utf8' })) {
      utimesSync(this.at(name), seconds, seconds);
    }
    utimesSync(this.path, seconds, seconds);
  }

  *#writing(name: string, chunks: Iterable<Buffer>, mode: Mode): Generator<void, void, undefined> {
    const file = this.at(name);
    this.#written.add(name.replace(/\/.*/, ''));
    try {
      mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
      const descriptor = openSync(file, NEW_FILE, mode);
      try {
        const digest = createHash('sha256');
        for (const chunk of chunks) {
          for (let offset = 0; offset < chunk.length; ) offset += writeSync(descriptor, chunk, offset);
          digest.update(chunk);
          yield;
        }
        fsyncSync(descriptor);
        this.#digests.set(pathFromText(name), digest.digest('hex'));
      } finally {
        closeSync(descriptor);
      }
      // Whatever the umask is.
      chmodSync(file, mode);
    } catch (error) {
      throw writeError(file, error);
    }
  }
}

function* chunksOf(descriptor: number): Generator<Buffer, void, undefined> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
    yield chunk.subarray(0, length);
  }
}
