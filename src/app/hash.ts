/** Digests of files that are named one by one, outside of any policy. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { createDigest } from '../digest/algorithms.ts';
import type { DigestName } from '../model/attributes.ts';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { openRegular } from '../system/small-file.ts';
import { Turns } from '../system/turns.ts';

const CHUNK = 1 << 20;

/** A regular file, or a disk as a whole. Whatever else has content may have no end, or have to be waited for. */
function openContent(file: string): number {
  const found = statSync(file);
  if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  if (!found.isBlockDevice()) return openRegular(file);
  return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}

/** Digests of a file, or of `input`. Throws what reading gives, and a UserError `io` for a file that grows. */
export async function digestContent(
  file: string,
  algorithms: readonly DigestName[],
  input: AsyncIterable<Uint8Array> | undefined,
): Promise<ReadonlyMap<DigestName, Uint8Array>> {
  const digests = algorithms.map((name) => ({ name, digest: createDigest(name) }));
  for await (const piece of input ?? contentOf(file)) for (const { digest } of digests) digest.update(piece);
  return new Map(digests.map(({ name, digest }) => [name, digest.digest()]));
}

async function* contentOf(file: string): AsyncGenerator<Buffer, void, undefined> {
  const descriptor = openContent(file);
  try {
    yield* piecesOf(file, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The content up to its end. A file that grows has none that can be reached, and the digest of what it had is of no
 * use.
 */
async function* piecesOf(file: string, descriptor: number): AsyncGenerator<Buffer, void, undefined> {
  const size = sizeOf(descriptor);
  const turns = new Turns();
  const buffer = Buffer.allocUnsafe(CHUNK);
  let total = 0;
  for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
    total += length;
    // A file of /proc has more than its size says, which then stays as it is.
    if (total > size && sizeOf(descriptor) !== size) {
      throw new UserError('io', `cannot read ${printableText(file)}: it grows while it is read`, {
        hint: 'digest it when nobody writes it, or a copy of it',
      });
    }
    yield buffer.subarray(0, length);
    if (turns.isDue) await turns.give();
  }
}

/** Of a regular file; what else can be read ends when it says so. */
function sizeOf(descriptor: number): number {
  const stat = fstatSync(descriptor);
  return stat.isFile() ? stat.size : Number.POSITIVE_INFINITY;
}
