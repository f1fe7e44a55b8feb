/**
 * Marks directories whose only differences follow from what was found directly in them. Without such a child the same
 * differences are a change of their own: somebody made and removed something there.
 */
import type { AttributeName } from '../model/attributes.ts';
import { type Path, parentPath, ROOT } from '../model/bytes.ts';
import { recordType } from '../model/record.ts';
import type { Finding, RecordArena } from './finding.ts';

/** Attributes of a directory that differ when something in it came or went. */
export const FOLLOWING: ReadonlySet<AttributeName> = new Set(['mtime', 'ctime', 'size', 'blocks', 'nlink']);

/** Whether nothing differs but what would follow from something that came or went in a directory. */
export function mayFollow(finding: Finding, records: RecordArena): boolean {
  return (
    finding.kind === 'changed' &&
    finding.after !== undefined &&
    finding.mount === undefined &&
    finding.flags.length === 0 &&
    finding.differences.every((name) => FOLLOWING.has(name)) &&
    recordType(records.get(finding.after)) === 'directory'
  );
}

/**
 * Returns the findings with consequences marked. Children are looked at first, so that a directory never follows from
 * one that is a consequence itself: a name that comes or goes changes the directory that holds it and no other. What
 * came or went in a `stirred` directory is not told: neither is the directory, unless it has such a child too.
 */
export function markConsequences(
  findings: readonly Finding[],
  records: RecordArena,
  stirred: ReadonlySet<Path> = new Set(),
): readonly Finding[] {
  const candidates = new Map<Path, Finding>();
  for (const finding of findings) if (mayFollow(finding, records)) candidates.set(finding.path, finding);
  if (candidates.size === 0) return findings;

  const withChild = new Set<Path>();
  const report = (path: Path): void => {
    const parent = parentPath(path);
    if (path !== ROOT && candidates.has(parent)) withChild.add(parent);
  };
  for (const finding of findings) {
    if (finding.isConsequence || candidates.get(finding.path) === finding) continue;
    report(finding.path);
    if (finding.from !== undefined) report(finding.from);
  }
  const consequences = new Set<Finding>();
  const untold = new Set<Finding>();
  const deepestFirst = [...candidates.values()].sort((left, right) => right.path.length - left.path.length);
  for (const candidate of deepestFirst) {
    if (withChild.has(candidate.path)) consequences.add(candidate);
    else if (stirred.has(candidate.path)) untold.add(candidate);
    else report(candidate.path);
  }
  const told = untold.size === 0 ? findings : findings.filter((finding) => !untold.has(finding));
  return told.map((finding) => (consequences.has(finding) ? { ...finding, isConsequence: true } : finding));
}
