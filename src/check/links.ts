/** Finds findings that are names of one inode: one change to a file with several hard links is one event. */
import type { Path } from '../model/bytes.ts';
import { inodeKey, linkCount, recordType } from '../model/record.ts';
import type { Finding, RecordArena } from './finding.ts';

/** For each finding whose inode has other reported names, those names. */
export function findLinks(findings: readonly Finding[], records: RecordArena): ReadonlyMap<Finding, readonly Path[]> {
  const byInode = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.after === undefined || finding.isConsequence) continue;
    const record = records.get(finding.after);
    if (recordType(record) !== 'file' || linkCount(record) < 2) continue;
    const key = inodeKey(record);
    const names = byInode.get(key);
    if (names === undefined) byInode.set(key, [finding]);
    else names.push(finding);
  }
  const links = new Map<Finding, readonly Path[]>();
  for (const names of byInode.values()) {
    if (names.length < 2) continue;
    const paths = names.map((finding) => finding.path);
    for (const finding of names) {
      links.set(
        finding,
        paths.filter((path) => path !== finding.path),
      );
    }
  }
  return links;
}
