/**
 * Whether the file with the owners and modes that an administrator gave is the one that the baseline recorded. Who may
 * write it could allow any mode with a line, so that another one explains nothing.
 */
import { createHash } from 'node:crypto';
import { DIGEST_NAMES, type DigestName, isStrong } from '../../model/attributes.ts';
import type { StatOverrides } from '../../model/packages.ts';
import { attributeBytes, type RecordBytes, recordType } from '../../model/record.ts';

/** `record`: what the baseline holds of the file; undefined where it holds nothing, so that nobody knows. */
export function areAsRecorded({ bytes }: StatOverrides, record: RecordBytes | undefined): boolean {
  if (bytes === undefined || record === undefined || recordType(record) !== 'file') return false;
  // Node has all strong digests, under the names that they have here.
  const shared = DIGEST_NAMES.filter((name) => isStrong(name) && attributeBytes(record, name) !== undefined);
  const isEqual = (name: DigestName): boolean =>
    createHash(name)
      .update(bytes)
      .digest()
      .equals(attributeBytes(record, name) ?? new Uint8Array());
  return shared.length > 0 && shared.every(isEqual);
}
