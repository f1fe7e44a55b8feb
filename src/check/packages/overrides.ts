/**
 * Whether the file with the owners and modes that an administrator gave is the one that the baseline recorded. Who may write
 * it could allow any mode with a line, so that another one explains nothing.
 */
import { createHash } from 'node:crypto';
import { type DigestName, isStrong } from '../../model/attributes.ts';
import type { StatOverrides } from '../../model/packages.ts';
import { attributeBytes, type RecordBytes, recordType } from '../../model/record.ts';

/** The digests that Node has, by its names for them. */
const COMPUTED: readonly (readonly [DigestName, string])[] = [
  ...(['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-512', 'blake2b512'] as const).map(
    (name) => [name, name] as const,
  ),
];

/** `record`: what the baseline holds of the file; undefined where it holds nothing, so that nobody knows. */
export function areAsRecorded({ bytes }: StatOverrides, record: RecordBytes | undefined): boolean {
  if (bytes === undefined || record === undefined || recordType(record) !== 'file') return false;
  const shared = COMPUTED.filter(([name]) => isStrong(name) && attributeBytes(record, name) !== undefined);
  const isEqual = ([name, algorithm]: readonly [DigestName, string]): boolean =>
    createHash(algorithm)
      .update(bytes)
      .digest()
      .equals(attributeBytes(record, name) ?? new Uint8Array());
  return shared.length > 0 && shared.every(isEqual);
}
