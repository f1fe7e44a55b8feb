/**
 * The digest algorithms by the names that the attribute table gives them: incremental, or in one call for data that is
 * in memory. Which digests are wanted and how they are printed is decided elsewhere; nothing here reads a file.
 */
import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type DigestName, digestLength } from '../model/attributes.ts';
import { UserError } from '../model/errors.ts';
import { Cksum } from './cksum.ts';
import { Haval } from './haval.ts';

/**
 * A running digest: any number of updates, then `digest` once. Bytes are in the order in which the digest is printed.
 */
export interface Digest {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
}

/** The algorithms that node:crypto has, under the names it gives them, which are ours. */
type CryptoName = Exclude<DigestName, 'crc32' | 'cksum' | 'haval' | 'xxh64'>;

let xxh64: (new () => Digest) | undefined;

/**
 * Makes ready what needs a moment before it can be used (XXH64); without names, everything.
 * To be awaited once before the first `createDigest` of such a name; the others work without.
 */
export async function loadDigests(names?: Iterable<DigestName>): Promise<void> {
  if (xxh64 !== undefined || (names !== undefined && !new Set(names).has('xxh64'))) return;
  xxh64 = (await import('./xxh64.ts')).Xxh64;
}

/** Throws a UserError when the host refuses the algorithm, as one in FIPS mode does with md5. */
export function createDigest(name: DigestName): Digest {
  switch (name) {
    case 'crc32':
      return new Crc32();
    case 'cksum':
      return new Cksum();
    case 'haval':
      return new Haval();
    case 'xxh64':
      if (xxh64 === undefined) throw new Error('xxh64 was used before loadDigests() had made it ready');
      return new xxh64();
    default:
      return permitted(name, () => createHash(name));
  }
}

/** Writes the digest of `data` to `target` at `offset`: the same as one update, but much cheaper for short data. */
export function digestInto(name: DigestName, data: Uint8Array, target: Buffer, offset: number): void {
  switch (name) {
    case 'crc32':
      target.writeUInt32BE(crc32(data), offset);
      return;
    case 'cksum':
    case 'haval':
    case 'xxh64': {
      const digest = createDigest(name);
      digest.update(data);
      target.set(digest.digest(), offset);
      return;
    }
    default:
      // A string of one character a byte costs a third of a Buffer made for every call.
      target.write(
        permitted(name, () => hash(name, data, 'binary')),
        offset,
        digestLength(name),
        'binary',
      );
  }
}

function permitted<T>(name: CryptoName, compute: () => T): T {
  try {
    return compute();
  } catch (cause) {
    throw new UserError('policy', `the digest ${name} is not available from the OpenSSL of this host`, {
      hint: 'a host in FIPS mode refuses some algorithms: leave it out of the policy, or choose sha256',
      cause,
    });
  }
}

/** CRC-32 of IEEE 802.3 as in gzip; 4 bytes, big-endian. */
class Crc32 implements Digest {
  #value = 0;

  update(data: Uint8Array): void {
    this.#value = crc32(data, this.#value);
  }

  digest(): Uint8Array {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.#value);
    return digest;
  }
}
