/**
 * Whether a file still starts with the bytes that were recorded: the promise of append-only rules. The file is read
 * through an interface; this module only compares digests.
 */
import type { DigestName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { attributeBytes, type RecordBytes, sameAttribute, sizeOf } from '../model/record.ts';
import type { Watch } from '../model/rule.ts';

/** Reads the first bytes of a regular file of the examined tree. */
export interface PrefixProbe {
  /** Digests of the first `length` bytes, concatenated in the order of `algorithms`. */
  digestPrefix(path: Path, length: bigint, algorithms: readonly DigestName[]): Uint8Array | Failure;
}

export type PrefixVerdict = { readonly state: 'kept' | 'rewritten' } | { readonly state: 'failed'; failure: Failure };

/** Digests that a record holds, of those named and in that order. */
export function recordedDigests(record: RecordBytes, names: Watch['digests']): readonly DigestName[] {
  return names.filter((name) => attributeBytes(record, name) !== undefined);
}

/**
 * Compares the first bytes of the file at `path`, now described by `after`, with what `before` recorded. Without
 * recorded digests nothing can be said against the file, and it counts as kept; the caller decides whether that is
 * enough.
 */
export function verifyPrefix(
  before: RecordBytes,
  after: RecordBytes,
  path: Path,
  digests: readonly DigestName[],
  probe: PrefixProbe,
): PrefixVerdict {
  const length = sizeOf(before);
  if (sizeOf(after) < length) return { state: 'rewritten' };
  const algorithms = recordedDigests(before, digests);
  if (length === 0n || algorithms.length === 0) return { state: 'kept' };
  if (sizeOf(after) === length && algorithms.every((name) => attributeBytes(after, name) !== undefined)) {
    return { state: algorithms.every((name) => sameAttribute(before, after, name)) ? 'kept' : 'rewritten' };
  }
  const found = probe.digestPrefix(path, length, algorithms);
  if (!(found instanceof Uint8Array)) return { state: 'failed', failure: found };
  const expected = Buffer.concat(algorithms.map((name) => attributeBytes(before, name) ?? new Uint8Array()));
  return { state: expected.equals(found) ? 'kept' : 'rewritten' };
}
