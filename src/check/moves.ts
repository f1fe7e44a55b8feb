/**
 * Turns a removed and an added object into one that moved, where the same inode or the same content proves it. Looks at
 * records only.
 *
 * Same inode: the same type and inode number, and for files the same digests. Inode numbers are used again at once, so
 * where no strong digest of a non-empty file can tell, the times must agree too. Same content: a strong digest that
 * exactly one removed and one added file have, which recognises moves between file systems.
 *
 * A directory that moved is one finding; what moved along under the same relative name without a difference follows
 * from it and is marked as a consequence, for a renamed directory of ten thousand files is one event to its reader.
 */
import { type AttributeName, DIGEST_NAMES, isDigestName, isStrong } from '../model/attributes.ts';
import { baseName, joinPath, type Path, parentPath } from '../model/bytes.ts';
import { attributeBytes, inodeOf, type RecordBytes, recordType, sameAttribute, sizeOf } from '../model/record.ts';
import type { Rule } from '../model/rule.ts';
import { compareRecords } from './compare.ts';
import type { Finding, RecordArena } from './finding.ts';
import { type Judge, ruleAt } from './judge.ts';
import { isContinuation, isLogWatch, type LogContext } from './logs.ts';

const STRONG_DIGESTS = DIGEST_NAMES.filter(isStrong);

function recordOf(records: RecordArena, finding: Finding): RecordBytes {
  const handle = finding.kind === 'removed' ? finding.before : finding.after;
  if (handle === undefined) throw new Error('integ: internal error: a finding without its record');
  return records.get(handle);
}

function inodeIdentity(record: RecordBytes): string {
  return `${recordType(record)} ${inodeOf(record)}`;
}

function isSameObject(before: RecordBytes, after: RecordBytes): boolean {
  const comparable = (name: AttributeName): boolean =>
    attributeBytes(before, name) !== undefined && attributeBytes(after, name) !== undefined;
  const isSame = (name: AttributeName): boolean => sameAttribute(before, after, name);
  const exact = ([...DIGEST_NAMES, 'target', 'rdev', 'btime'] as const).filter(comparable);
  if (!exact.every(isSame)) return false;
  // A time of birth cannot be set, and a broken digest can be that of another content.
  const isProof =
    sizeOf(before) > 0n && exact.some((name) => name === 'btime' || (isDigestName(name) && isStrong(name)));
  return isProof || (isSame('mtime') && (isSame('size') || recordType(before) === 'directory'));
}

interface Pair {
  readonly removed: Finding;
  readonly added: Finding;
}

export interface MoveContext {
  readonly rules: readonly Rule[];
  readonly recordedRules: readonly Rule[];
  readonly records: RecordArena;
  readonly judge: Judge;
  readonly logs: LogContext;
}

class MoveSearch {
  readonly #context: MoveContext;
  readonly #byInode = new Map<string, Finding[]>();
  readonly #left: Set<Finding>;
  /** Where recorded objects are now. */
  readonly #newPlace = new Map<Path, Path>();
  readonly pairs: Pair[] = [];

  constructor(removed: readonly Finding[], context: MoveContext) {
    this.#context = context;
    this.#left = new Set(removed);
    for (const finding of removed) {
      const identity = inodeIdentity(recordOf(context.records, finding));
      const same = this.#byInode.get(identity);
      if (same === undefined) this.#byInode.set(identity, [finding]);
      else same.push(finding);
    }
  }

  /** Pairs one added object with the removed one that it was. */
  matchInode(added: Finding): boolean {
    const after = recordOf(this.#context.records, added);
    const candidates = this.#byInode.get(inodeIdentity(after));
    if (candidates === undefined) return false;
    const fitting = candidates.filter((removed) => this.#left.has(removed) && this.#isSame(removed, added));
    const name = baseName(added.path);
    const removed = fitting.find((candidate) => baseName(candidate.path) === name) ?? fitting[0];
    if (removed === undefined) return false;
    this.#pair(removed, added);
    return true;
  }

  matchContent(added: readonly Finding[]): void {
    const removedByDigest = this.#uniqueByDigest(this.#left);
    if (removedByDigest.size === 0) return;
    for (const [digest, now] of this.#uniqueByDigest(added)) {
      const removed = now === undefined ? undefined : removedByDigest.get(digest);
      if (now !== undefined && removed !== undefined && this.#left.has(removed)) this.#pair(removed, now);
    }
  }

  /** Undefined stands for a digest that more than one file has. */
  #uniqueByDigest(findings: Iterable<Finding>): Map<string, Finding | undefined> {
    const found = new Map<string, Finding | undefined>();
    for (const finding of findings) {
      const record = recordOf(this.#context.records, finding);
      if (recordType(record) !== 'file' || sizeOf(record) === 0n) continue;
      for (const name of STRONG_DIGESTS) {
        const bytes = attributeBytes(record, name);
        if (bytes === undefined) continue;
        const key = `${name} ${Buffer.from(bytes).toString('latin1')}`;
        found.set(key, found.has(key) ? undefined : finding);
      }
    }
    return found;
  }

  #isSame(removed: Finding, added: Finding): boolean {
    const { records, recordedRules, logs } = this.#context;
    const before = recordOf(records, removed);
    const after = recordOf(records, added);
    if (isSameObject(before, after)) return true;
    const { watch } = ruleAt(recordedRules, removed.rule);
    if (isLogWatch(watch)) return isContinuation(removed.path, before, added.path, after, watch, logs);
    return recordType(before) === 'directory' && this.#hasMovedChild(removed.path, added.path);
  }

  /** A directory whose own time changed is still known by something that moved along in it. */
  #hasMovedChild(from: Path, to: Path): boolean {
    const child = this.#movedChildren.get(from);
    return child?.has(to) ?? false;
  }

  readonly #movedChildren = new Map<Path, Set<Path>>();

  #pair(removed: Finding, added: Finding): void {
    this.#left.delete(removed);
    this.#newPlace.set(removed.path, added.path);
    this.pairs.push({ removed, added });
    if (baseName(removed.path) !== baseName(added.path)) return;
    const from = parentPath(removed.path);
    const places = this.#movedChildren.get(from) ?? new Set<Path>();
    this.#movedChildren.set(from, places.add(parentPath(added.path)));
  }

  /** Whether it moved along with the directory that holds it. */
  movedAlong({ removed, added }: Pair): boolean {
    const to = this.#newPlace.get(parentPath(removed.path));
    return to !== undefined && joinPath(to, baseName(removed.path)) === added.path;
  }
}

export interface MoveResult {
  readonly moved: readonly Finding[];
  /** What is left of both lists. */
  readonly removed: readonly Finding[];
  readonly added: readonly Finding[];
}

export function findMoves(removed: readonly Finding[], added: readonly Finding[], context: MoveContext): MoveResult {
  if (removed.length === 0 || added.length === 0) return { moved: [], removed, added };
  const search = new MoveSearch(removed, context);
  const isDirectory = (finding: Finding): boolean => recordType(recordOf(context.records, finding)) === 'directory';
  const unmatched = added.filter((finding) => isDirectory(finding) || !search.matchInode(finding));
  // Deepest first: a directory may be known by the directories in it.
  const directories = unmatched.filter(isDirectory).sort((left, right) => right.path.length - left.path.length);
  for (const directory of directories) search.matchInode(directory);
  search.matchContent(unmatched.filter((finding) => !isDirectory(finding)));
  if (search.pairs.length === 0) return { moved: [], removed, added };

  const gone = new Set<Finding>(search.pairs.flatMap((pair) => [pair.removed, pair.added]));
  const moved = search.pairs.map((pair) => {
    const before = recordOf(context.records, pair.removed);
    const after = recordOf(context.records, pair.added);
    const { watch } = ruleAt(context.recordedRules, pair.removed.rule);
    const { differences } = compareRecords(before, after, watch, false);
    const object = { path: pair.added.path, rule: pair.added.rule, recordedRule: pair.removed.rule, before, after };
    const isConsequence = differences.length === 0 && search.movedAlong(pair);
    return context.judge.moved(pair.removed.path, { ...object, differences }, isConsequence);
  });
  return {
    moved,
    removed: removed.filter((finding) => !gone.has(finding)),
    added: added.filter((finding) => !gone.has(finding)),
  };
}
