/**
 * What holds a comparison to its bounds when the scan is not to be believed, as one of another host: it may tell of
 * more than fits into memory, and of one object twice.
 */
import { needsExactBytes, type Path } from '../model/bytes.ts';

export interface ScanGuard {
  /**
   * So many bytes more, at this path, are about to be kept. Throws where that is too much, which ends the comparison.
   */
  keep(path: Path, bytes: number): void;
  /** An object was told that was told before. */
  twice(path: Path): never;
}

/** A finding with its place in all lists until it is printed, as measured. */
const BYTES_OF_ITEM = 700;
/** A record is copied for the finding, and what is looked for by (inode, digests) is made of it. */
const COPIES_OF_RECORD = 3;
/**
 * A path passes through other forms on its way; one that is not printed as it is has an escaped one, and one in base64.
 */
const FORMS_OF_PATH = { plain: 2, escaped: 6 };

/** Bytes that are kept of a finding, a failure or the like. */
export function bytesOfItem(path: Path, recordBytes: number): number {
  const forms = needsExactBytes(path) ? FORMS_OF_PATH.escaped : FORMS_OF_PATH.plain;
  return BYTES_OF_ITEM + path.length * forms + recordBytes * COPIES_OF_RECORD;
}
