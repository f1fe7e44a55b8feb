/**
 * Judges files under growing and append-only rules whose size, digests or inode differ, and recognises rotation.
 *
 * A rotated log is the recorded inode found at another monitored name with the recorded bytes still first. What is then
 * reported:
 *  - `moved` for each log that has another name now, with whatever else differs (mode, owner). It counts as a change:
 *    the recorded log is not where it was.
 *  - for the new log at the old name, what its rule watches; when nothing of that differs, a consequence of the move
 *    that shows size and inode.
 *  - `removed` for a log whose inode is gone and whose name another rotated log has taken: the oldest one, dropped.
 * None of these is `truncated` or `rewritten`. Those stay for a log that shrank in place or whose recorded bytes are
 * not to be found, at its own name or under its inode: a log rotated and compressed at once is among them.
 */
import type { AttributeName } from '../model/attributes.ts';
import { type Path, parentPath } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { inodeOf, type RecordBytes, recordType, sameAttribute, sizeOf } from '../model/record.ts';
import type { FindingFlag } from '../model/report.ts';
import type { Rule, Watch } from '../model/rule.ts';
import { compareRecords, type RecordComparison } from './compare.ts';
import type { Finding, RecordArena, RecordHandle } from './finding.ts';
import { type Judge, ruleAt } from './judge.ts';
import { type PrefixProbe, recordedDigests, verifyPrefix } from './prefix.ts';

export function isLogWatch(watch: Watch): boolean {
  return watch.growing || watch.appendOnly;
}

/** A recorded log whose content must be looked into. */
export interface LogCandidate {
  readonly path: Path;
  readonly rule: number;
  readonly recordedRule: number;
  readonly before: RecordHandle;
  readonly after: RecordHandle;
  readonly comparison: RecordComparison;
}

/** A regular file that is new at its name: the name is new, or it stood for another inode. */
export interface Arrival {
  readonly path: Path;
  readonly rule: number;
  readonly record: RecordHandle;
}

export interface LogContext {
  readonly rules: readonly Rule[];
  readonly recordedRules: readonly Rule[];
  readonly records: RecordArena;
  readonly judge: Judge;
  /** Absent when stored states are compared, whose files cannot be read again. */
  readonly probe: PrefixProbe | undefined;
  readonly onFailure: (failure: Failure) => void;
}

/**
 * Whether `after`, at `path`, is the log that `before` recorded at `recordedPath`, gone on: same inode, not smaller,
 * and the recorded bytes first. Without digests to prove that, an inode number says enough within one directory only,
 * for numbers are used again.
 */
export function isContinuation(
  recordedPath: Path,
  before: RecordBytes,
  path: Path,
  after: RecordBytes,
  watch: Watch,
  context: LogContext,
): boolean {
  if (recordType(after) !== 'file' || inodeOf(before) !== inodeOf(after) || sizeOf(after) < sizeOf(before))
    return false;
  const digests = recordedDigests(before, watch.digests);
  if (digests.length === 0) return parentPath(recordedPath) === parentPath(path);
  if (context.probe === undefined) return digests.every((name) => sameAttribute(before, after, name));
  const verdict = verifyPrefix(before, after, path, digests, context.probe);
  if (verdict.state === 'failed') context.onFailure(verdict.failure);
  return verdict.state === 'kept';
}

type Verdict = 'kept' | 'truncated' | 'rewritten' | 'unknown' | 'failed';

function verdictOf(candidate: LogCandidate, context: LogContext): Verdict {
  const { growth } = candidate.comparison;
  if (growth === 'truncated' || growth === 'rewritten') return growth;
  if (growth === 'allowed') return 'kept';
  if (context.probe === undefined) return 'unknown';
  const before = context.records.get(candidate.before);
  const after = context.records.get(candidate.after);
  const { digests } = ruleAt(context.recordedRules, candidate.recordedRule).watch;
  const verdict = verifyPrefix(before, after, candidate.path, digests, context.probe);
  if (verdict.state === 'failed') context.onFailure(verdict.failure);
  return verdict.state;
}

/** What to show of a log that broke its promise, or of one that only grew between two stored states. */
function contentDifferences(candidate: LogCandidate, context: LogContext): readonly AttributeName[] {
  const before = context.records.get(candidate.before);
  const after = context.records.get(candidate.after);
  const { watch } = ruleAt(context.recordedRules, candidate.recordedRule);
  const shown = new Set<AttributeName>(candidate.comparison.differences);
  for (const name of ['size', ...watch.digests] as const) if (!sameAttribute(before, after, name)) shown.add(name);
  return [...shown];
}

export interface JudgedLogs {
  readonly findings: readonly Finding[];
  /** New names that are moves and no longer additions. */
  readonly movedTo: ReadonlySet<Path>;
}

/** `taken` names have a finding of a stricter rule, which stands. */
export function judgeLogs(
  candidates: readonly LogCandidate[],
  arrivals: Iterable<Arrival>,
  taken: ReadonlySet<Path>,
  context: LogContext,
): JudgedLogs {
  const verdicts = new Map(candidates.map((candidate) => [candidate, verdictOf(candidate, context)]));
  const rotated = findRotated(candidates, verdicts, arrivals, context);
  const movedTo = new Set<Path>();
  const occupied = new Set<Path>();
  const findings: Finding[] = [];

  for (const [candidate, arrival] of rotated) {
    occupied.add(arrival.path);
    if (taken.has(arrival.path)) continue;
    movedTo.add(arrival.path);
    const before = context.records.get(candidate.before);
    const after = context.records.get(arrival.record);
    const { watch } = ruleAt(context.recordedRules, candidate.recordedRule);
    const { differences } = compareRecords(before, after, watch, false);
    const object = { path: arrival.path, rule: arrival.rule, recordedRule: candidate.recordedRule, before, after };
    findings.push(context.judge.moved(candidate.path, { ...object, differences }));
  }

  for (const candidate of candidates) {
    const finding = judgeName(candidate, verdicts.get(candidate) ?? 'kept', rotated.has(candidate), occupied, context);
    if (finding !== undefined) findings.push(finding);
  }
  return { findings, movedTo };
}

function findRotated(
  candidates: readonly LogCandidate[],
  verdicts: ReadonlyMap<LogCandidate, Verdict>,
  arrivals: Iterable<Arrival>,
  context: LogContext,
): ReadonlyMap<LogCandidate, Arrival> {
  const wanted = new Map<bigint, LogCandidate[]>();
  for (const candidate of candidates) {
    const { digests } = ruleAt(context.recordedRules, candidate.recordedRule).watch;
    const before = context.records.get(candidate.before);
    const isProvenHere = verdicts.get(candidate) === 'kept' && recordedDigests(before, digests).length > 0;
    const isSameInode = sameAttribute(before, context.records.get(candidate.after), 'inode');
    if (isProvenHere || isSameInode) continue;
    wanted.set(inodeOf(before), [...(wanted.get(inodeOf(before)) ?? []), candidate]);
  }
  const rotated = new Map<LogCandidate, Arrival>();
  if (wanted.size === 0) return rotated;
  for (const arrival of arrivals) {
    const after = context.records.get(arrival.record);
    for (const candidate of wanted.get(inodeOf(after)) ?? []) {
      if (rotated.has(candidate) || arrival.path === candidate.path) continue;
      const before = context.records.get(candidate.before);
      const { watch } = ruleAt(context.recordedRules, candidate.recordedRule);
      if (isContinuation(candidate.path, before, arrival.path, after, watch, context)) rotated.set(candidate, arrival);
    }
  }
  return rotated;
}

/** What is to be said of the name of a candidate, the move apart. */
function judgeName(
  candidate: LogCandidate,
  verdict: Verdict,
  isRotated: boolean,
  occupied: ReadonlySet<Path>,
  context: LogContext,
): Finding | undefined {
  const before = context.records.get(candidate.before);
  const after = context.records.get(candidate.after);
  const { path, rule, recordedRule } = candidate;
  const changed = (
    differences: readonly AttributeName[],
    flags: readonly FindingFlag[],
    isConsequence: boolean,
  ): Finding | undefined =>
    differences.length === 0
      ? undefined
      : context.judge.changed({ path, rule, recordedRule, before, after, differences }, flags, isConsequence);

  if (occupied.has(path)) return isRotated ? undefined : context.judge.removed(path, recordedRule, before);
  const own = candidate.comparison.differences;
  if (isRotated) {
    const isFresh = own.length === 0;
    const places = (['size', 'inode'] as const).filter((name) => !sameAttribute(before, after, name));
    return changed(isFresh ? places : own, [], isFresh);
  }
  switch (verdict) {
    case 'truncated':
    case 'rewritten':
      return changed(contentDifferences(candidate, context), [verdict], false);
    case 'unknown':
      return changed(contentDifferences(candidate, context), [], false);
    case 'kept':
    case 'failed':
      return changed(own, [], false);
    default: {
      const never: never = verdict;
      throw new Error(`integ: internal error: verdict ${String(never)}`);
    }
  }
}
