/**
 * Flags findings whose content is damaged as a crash leaves it. Looked for when all is compared, in what is new or has
 * other content, and within bounds: no file of a whole system is read again for it.
 */
import type { ComparisonResult } from '../../check/comparison.ts';
import type { Finding } from '../../check/finding.ts';
import { hasNulBlocks } from '../../check/nul-blocks.ts';
import { isDigestName } from '../../model/attributes.ts';
import { errorCode, SystemError } from '../../model/errors.ts';
import { recordType, sizeOf } from '../../model/record.ts';
import { FileStarts } from '../../scan/file-starts.ts';
import type { Pace } from '../../system/pace.ts';
import type { Tree } from '../../system/tree.ts';

/** Of one run: bytes that are read, and what opening a file counts beside. */
const RUN_BYTES = 256 * 1024 * 1024;
const FILE_BYTES = 4096;

export function withNulBlocks(comparison: ComparisonResult, tree: Tree, pace: Pace | undefined): ComparisonResult {
  const starts = new FileStarts(tree, pace);
  let opened = 0;
  let left = 0;
  const findings = comparison.findings.map((finding) => {
    if (!hasNewContent(finding, comparison)) return finding;
    if (starts.bytes + opened * FILE_BYTES > RUN_BYTES) {
      left += 1;
      return finding;
    }
    opened += 1;
    return isDamaged(finding, starts) ? { ...finding, flags: [...finding.flags, 'nul-blocks' as const] } : finding;
  });
  const note = `${left} new or changed files were not searched for blocks of NUL bytes: more changed than one run reads again`;
  return { ...comparison, findings, notes: left === 0 ? comparison.notes : [...comparison.notes, note] };
}

/** Whether its rule watches the content of a file, and that is other than recorded or was never recorded. */
function hasNewContent({ kind, after, differences }: Finding, { records }: ComparisonResult): boolean {
  if (kind === 'removed' || after === undefined || !differences.some(isDigestName)) return false;
  const record = records.get(after);
  return recordType(record) === 'file' && sizeOf(record) > 0n;
}

/** What cannot be read again is told by nobody: that the object differs is a finding already. */
function isDamaged({ path }: Finding, starts: FileStarts): boolean {
  try {
    return starts.with(path, (first) => hasNulBlocks(path, first)) === true;
  } catch (error) {
    if (error instanceof SystemError || /^E[A-Z0-9]+$/.test(errorCode(error))) return false;
    throw error;
  }
}
