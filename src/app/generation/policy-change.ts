/**
 * What a new policy makes of a baseline. What both policies select keeps its recorded state; what only the new one
 * selects is examined; what only the old one selects is dropped. It must never absorb a change: an object that the old
 * policy selected and that is new or other than recorded stays so for the next check.
 */
import type { BaselineReader } from '../../baseline/reader.ts';
import type { BaselineWriter } from '../../baseline/writer.ts';
import { ruleAt } from '../../check/judge.ts';
import { SeenBits } from '../../check/missing-entries.ts';
import { BaselineLookup } from '../../check/stored.ts';
import { ATTRIBUTE_NAMES, type AttributeName, appliesTo, DIGEST_NAMES, OBJECT_TYPES } from '../../model/attributes.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { baseName, comparePaths, type Path, parentPath, ROOT } from '../../model/bytes.ts';
import { unkept } from '../../model/content.ts';
import { type Entry, EntryPaths, type MountPoint, type ScanSink, type ScanSummary } from '../../model/entry.ts';
import type { Failure } from '../../model/errors.ts';
import { attributeBytes, type RecordBytes, recordType, sameAttribute } from '../../model/record.ts';
import { completeRecord, restrictRecord } from '../../model/record-parts.ts';
import type { Policy, StartLink, Watch } from '../../model/rule.ts';
import { Selector } from '../../policy/select.ts';
import { startPaths } from '../../scan/plan.ts';
import { mountOf } from '../../system/mounts.ts';
import type { LiveContents } from '../check/live-contents.ts';

/** What became of the objects, for the user. */
export interface PolicyChangeResult {
  /** Recorded, selected by both policies, and as it was. */
  readonly kept: number;
  readonly added: readonly Path[];
  readonly dropped: readonly Path[];
  /** Recorded objects that were found unchanged and now have attributes too that only the new policy watches. */
  readonly completed: number;
  /** Objects that lack such attributes since they are not as recorded any more: they stay findings. */
  readonly differing: readonly Path[];
  /** What is newly selected and could not be examined. */
  readonly failures: readonly Failure[];
  /** What of the header follows from the new policy. */
  readonly header: Pick<BaselineHeader, 'mounts' | 'unavailable' | 'failures'>;
}

/**
 * Paths that both policies name keep the target of their link as it was recorded, or that they were no link, unless the
 * links that lead there now are `settled`: what they are was accepted. New paths are taken as they are now.
 */
export function carriedStartLinks(
  present: Policy,
  recorded: readonly StartLink[],
  next: Policy,
  found: readonly StartLink[],
  settled: ReadonlySet<Path>,
): readonly StartLink[] {
  const known = new Set(present.rules.flatMap((rule) => rule.paths.map(({ literal }) => literal)));
  const targets = new Map<Path, readonly Path[]>();
  for (const { path, target } of recorded) {
    const way = targets.get(path) ?? [];
    // Two rules that name one path have recorded the same way.
    if (!way.includes(target)) targets.set(path, [...way, target]);
  }
  return next.rules.flatMap((rule) =>
    rule.paths.flatMap(({ literal }) => {
      if (literal === undefined) return [];
      // The literal of a pattern is the bytes of its path.
      const path = literal as Path;
      if (!known.has(path) || settled.has(path)) {
        return found.filter((link) => link.rule === rule.index && link.path === path);
      }
      return (targets.get(path) ?? []).map((target) => ({ rule: rule.index, path, target }));
    }),
  );
}

/**
 * The policy for the scan: each rule also tells what the old rules had recorded, so that both states can be compared.
 */
export function comparingPolicy(present: Policy, next: Policy): Policy {
  const recorded = new Set<AttributeName>(
    present.rules.flatMap(({ watch }) => [...watch.attributes, ...watch.digests]),
  );
  const rules = next.rules.map((rule) => {
    const watched = new Set<AttributeName>([...rule.watch.attributes, ...recorded]);
    const digests = DIGEST_NAMES.filter((name) => rule.watch.digests.includes(name) || recorded.has(name));
    const attributes = ATTRIBUTE_NAMES.filter((name) => watched.has(name));
    return { ...rule, watch: { ...rule.watch, attributes, digests } };
  });
  return { ...next, rules };
}

/** Attributes that a record under the watch holds beyond the fixed ones; target and rdev always are. */
function recordedNames({ attributes, digests }: Watch): ReadonlySet<AttributeName> {
  return new Set<AttributeName>([...attributes, ...digests, 'target', 'rdev']);
}

/** Not a sign that an object changed, unless it was watched: device numbers change at boot, reading sets the atime. */
const UNSTEADY: readonly AttributeName[] = ['dev', 'atime'];

function isAsRecorded(stored: RecordBytes, found: RecordBytes, watch: Watch): boolean {
  return ATTRIBUTE_NAMES.every((name) => {
    if (attributeBytes(stored, name) === undefined) return true;
    if (UNSTEADY.includes(name) && !watch.attributes.includes(name)) return true;
    return sameAttribute(stored, found, name);
  });
}

/** Which objects a policy selects, as far as mounts were known when the baseline was made. */
class RecordedSelection {
  readonly #selector: Selector;
  readonly #mounts: readonly MountPoint[];

  constructor(policy: Policy, mounts: readonly MountPoint[]) {
    this.#selector = new Selector(policy);
    this.#mounts = mounts;
  }

  govern(path: Path, type: ReturnType<typeof recordType>): number {
    return this.#selector.govern(path, type, this.#mountRoot(path));
  }

  /** Whether the policy selects the object, whatever its type, or goes into it. */
  meets(path: Path): boolean {
    if (OBJECT_TYPES.some((type) => this.govern(path, type) >= 0)) return true;
    if (path === ROOT) return this.#selector.descendsRoot();
    return this.#selector.enter(parentPath(path), this.#mountRoot(path)).descend(baseName(path), false);
  }

  #mountRoot(path: Path): Path {
    return mountOf(this.#mounts, parentPath(path))?.path ?? ROOT;
  }
}

export class PolicyChange implements ScanSink {
  readonly #current: BaselineReader;
  readonly #present: Policy;
  readonly #next: Policy;
  readonly #writer: BaselineWriter;
  readonly #before: RecordedSelection;
  readonly #after: RecordedSelection;
  readonly #lookup: BaselineLookup;
  readonly #seen: SeenBits;
  readonly #paths = new EntryPaths();
  readonly #names: readonly ReadonlySet<AttributeName>[];
  readonly #added: Path[] = [];
  readonly #differing: Path[] = [];
  readonly #failures: Failure[] = [];
  readonly #live: LiveContents;
  #kept = 0;
  #completed = 0;

  /**
   * Both policies with the targets of their start links. The scan runs by `comparingPolicy`; `live` has the texts of
   * files of today.
   */
  constructor(
    current: BaselineReader,
    present: Policy,
    next: Policy,
    { writer, live }: { readonly writer: BaselineWriter; readonly live: LiveContents },
  ) {
    this.#current = current;
    this.#present = present;
    this.#next = next;
    this.#writer = writer;
    this.#live = live;
    this.#before = new RecordedSelection(present, current.header.mounts);
    this.#after = new RecordedSelection(next, current.header.mounts);
    this.#lookup = new BaselineLookup(current);
    this.#seen = new SeenBits(current.entryCount);
    this.#names = next.rules.map(({ watch }) => recordedNames(watch));
  }

  entry(entry: Entry): void {
    const path = this.#paths.of(entry);
    const stored = this.#lookup.find(entry.directory, entry.name);
    if (stored === undefined) {
      // New on disk under the old policy is a change, which is not for a policy to accept.
      if (this.#before.govern(path, recordType(entry.record)) >= 0) return;
      this.#add(path, { ...entry, record: restrictRecord(entry.record, this.#namesOf(entry.rule)) });
      this.#added.push(path);
      return;
    }
    const rule = this.#after.govern(path, recordType(stored.record));
    if (rule < 0) return;
    this.#seen.add(stored.id);
    const record = this.#carried(path, rule, stored, entry.record);
    this.#add(path, { ...entry, rule, record }, stored.rule);
  }

  listed(): void {
    // What was not seen is found at the end.
  }

  failure(failure: Failure): void {
    if (!this.#before.meets(failure.path)) this.#failures.push(failure);
  }

  /** Adds what the scan did not come by, as it was recorded, and tells what became of everything; in steps. */
  *finish(
    summary: ScanSummary,
    nodes: (directory: number) => Entry['directory'],
  ): Generator<void, PolicyChangeResult, undefined> {
    const dropped: Path[] = [];
    for (const { id, path, directory, name, rule: recordedRule, record } of this.#current.entries()) {
      yield;
      if (this.#seen.has(id)) continue;
      const rule = this.#after.govern(path, recordType(record));
      if (rule < 0) {
        dropped.push(path);
        continue;
      }
      this.#kept += 1;
      this.#add(path, { directory: nodes(directory), name, rule, record }, recordedRule);
    }
    const { header } = this.#current;
    const failures = [...header.failures.filter(({ path }) => this.#after.meets(path)), ...this.#failures];
    return {
      kept: this.#kept,
      added: this.#added.sort(comparePaths),
      dropped,
      completed: this.#completed,
      differing: this.#differing.sort(comparePaths),
      failures: this.#failures,
      header: { mounts: this.#mounts(summary), unavailable: this.#unavailable(summary), failures },
    };
  }

  /**
   * Stores an entry with the text that belongs to it: the recorded one, or what is on disk where it was recorded so.
   */
  #add(path: Path, entry: Entry, recordedRule?: number): void {
    this.#writer.add(entry);
    const settings = this.#next.rules[entry.rule]?.diff;
    if (settings === undefined || recordType(entry.record) !== 'file') return;
    if (unkept(path, entry.record, settings) !== undefined) return;
    const present = recordedRule === undefined ? undefined : this.#present.rules[recordedRule]?.diff;
    // A text that was kept although not everybody could read it: whether it may stay is not known from its record.
    const mayStay = present !== undefined && (settings.isPrivate || !present.isPrivate);
    const content = (mayStay ? this.#current.contentOf(path) : undefined) ?? this.#live.contentOf(entry)?.content;
    if (content !== undefined) this.#writer.keepContent(path, content);
  }

  #namesOf(rule: number): ReadonlySet<AttributeName> {
    const names = this.#names[rule];
    if (names === undefined) throw new Error(`integ: internal error: no rule ${rule}`);
    return names;
  }

  /** The recorded state, or with what the new rule watches besides, if the object is as it was recorded. */
  #carried(
    path: Path,
    rule: number,
    stored: { readonly rule: number; readonly record: RecordBytes },
    found: RecordBytes,
  ): RecordBytes {
    const type = recordType(stored.record);
    const lacking = new Set(
      [...this.#namesOf(rule)].filter(
        (name) => appliesTo(name, type) && attributeBytes(stored.record, name) === undefined,
      ),
    );
    if (lacking.size === 0) {
      this.#kept += 1;
      return stored.record;
    }
    const { watch } = ruleAt(this.#present.rules, stored.rule);
    if (!isAsRecorded(stored.record, found, watch)) {
      this.#kept += 1;
      this.#differing.push(path);
      return stored.record;
    }
    const completed = completeRecord(stored.record, found, lacking);
    if (completed.length === stored.record.length) this.#kept += 1;
    else this.#completed += 1;
    return completed;
  }

  /** Recorded mounts that still matter, and those that only the new policy comes by. */
  #mounts({ mounts: found }: ScanSummary): readonly MountPoint[] {
    const { mounts: recorded } = this.#current.header;
    const known = new Map(recorded.map((mount) => [mount.path, mount]));
    const now = new Map(found.map((mount) => [mount.path, mount]));
    const all = [...recorded, ...found.filter(({ path }) => !known.has(path))];
    const metBefore = metMounts(this.#present, this.#before, all);
    const metAfter = metMounts(this.#next, this.#after, all);
    const kept = recorded.filter(({ path }) => metAfter(path) || now.has(path));
    // Whether the walk goes in follows from the policy.
    const carried = kept.map((mount) => ({ ...mount, entered: now.get(mount.path)?.entered ?? mount.entered }));
    const fresh = found.filter(({ path }) => !known.has(path) && !metBefore(path));
    return [...carried, ...fresh].sort((left, right) => comparePaths(left.path, right.path));
  }

  #unavailable({ unavailable: found }: ScanSummary): BaselineHeader['unavailable'] {
    const { unavailable: recorded } = this.#current.header;
    const isKnown = (attribute: string, fileSystem: string): boolean =>
      recorded.some((item) => item.attribute === attribute && item.fileSystem === fileSystem);
    return [...recorded, ...found.filter(({ attribute, fileSystem }) => !isKnown(attribute, fileSystem))];
  }
}

/** Whether a scan by the policy comes by a mount: one that it starts in, or that lies where it selects. */
function metMounts(
  policy: Policy,
  selection: RecordedSelection,
  mounts: readonly MountPoint[],
): (path: Path) => boolean {
  const holding = new Set(startPaths(policy).map((start) => mountOf(mounts, start)?.path ?? ROOT));
  return (path) => holding.has(path) || (path !== ROOT && selection.meets(path));
}
