/**
 * The text of a file as it is kept, to show later what changed inside: redacted, compressed, and bounded when it is
 * taken out again. Whose text may be kept is decided here too; what is a secret in it is not (check/content/redact.ts).
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DIGEST_NAMES, isStrong } from './attributes.ts';
import type { Path } from './bytes.ts';
import { attributeBytes, permissions, type RecordBytes, recordType, sameAttribute, sizeOf } from './record.ts';
import type { DiffSettings } from './rule.ts';
import { isSecretFile } from './secret-files.ts';

/** The longest text that is kept of a file, whatever a policy says, in bytes. */
export const LONGEST_CONTENT = 16 * 1024 * 1024;

/** Redacted text in raw deflate (RFC 1951). Comes from a file: what is in it is known only when it was unpacked. */
export type PackedContent = Uint8Array;

export function packContent(text: Uint8Array): PackedContent {
  return deflateRawSync(text);
}

/** The text, or undefined when the bytes are none that `packContent` gave: damaged, or longer than any text kept. */
export function unpackContent(packed: PackedContent): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: LONGEST_CONTENT });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

const S_IROTH = 0o004;

function isReadableByAll(record: RecordBytes): boolean {
  return (permissions(record) & S_IROTH) !== 0;
}

/** Why the text of a file is not kept, as far as its path and record tell; undefined when it may be. */
export function unkept(
  path: Path,
  record: RecordBytes,
  { isPrivate, max }: DiffSettings,
): 'secret' | 'private' | 'large' | undefined {
  if (isSecretFile(path)) return 'secret';
  if (!isPrivate && !isReadableByAll(record)) return 'private';
  return sizeOf(record) > BigInt(max) ? 'large' : undefined;
}

/** Whether a record has a digest at all: that of a file that nobody had time to read has none. */
export function hasDigest(record: RecordBytes): boolean {
  return DIGEST_NAMES.some((name) => attributeBytes(record, name) !== undefined);
}

/** Whether a record has a digest that proves what the file held. */
export function isProved(record: RecordBytes): boolean {
  return DIGEST_NAMES.some((name) => isStrong(name) && attributeBytes(record, name) !== undefined);
}

/** Whether two records tell of files with the same content: every digest that both hold, and one that proves it. */
export function hasSameContent(left: RecordBytes, right: RecordBytes): boolean {
  if (recordType(left) !== 'file' || recordType(right) !== 'file') return false;
  const shared = DIGEST_NAMES.filter(
    (name) => attributeBytes(left, name) !== undefined && attributeBytes(right, name) !== undefined,
  );
  return shared.some(isStrong) && shared.every((name) => sameAttribute(left, right, name));
}
