/** SHA-256 of a whole file of any size, in steps. */
import { createHash } from 'node:crypto';
import { closeSync, constants, readSync } from 'node:fs';
import { openRegular } from './small-file.ts';

const CHUNK = 1 << 20;

/** In lower-case hex. Throws as `openRegular`, also for a symbolic link, and what reading gives. */
export function* hashingFile(file: string | Buffer): Generator<void, string, undefined> {
  const descriptor = openRegular(file, constants.O_NOFOLLOW);
  try {
    const digest = createHash('sha256');
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
      digest.update(chunk.subarray(0, length));
      yield;
    }
    return digest.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
