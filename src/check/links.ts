/** Finds findings that are names of one inode: one change to a file with several hard links is one event. */
import type { Path } from '../model/bytes.ts';
import { inodeKey, linkCount, recordType } from '../model/record.ts';
import type { Finding, RecordArena } from './finding.ts';

/** Names that are told of one inode: it may have 65,000, and all of each with all others would be billions. */
const MOST_NAMES = 100;

/** For each finding whose inode has other reported names, those names, or the first of them. */
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
    const paths = names.slice(0, MOST_NAMES + 1).map((finding) => finding.path);
    for (const finding of names) {
      links.set(finding, paths.filter((path) => path !== finding.path).slice(0, MOST_NAMES));
    }
  }
  return links;
}
