/**
 * Compares a scan with a baseline: takes the stream of a scan and gives findings, failures and notes. It knows neither
 * files nor SQL. Memory grows with what differs, and otherwise by one bit for each recorded object.
 *
 * Which watch applies: the one the baseline was made by, for that is what was promised. Both states are examined under
 * the same policy, so that the rule of an object only differs when its type changed and a rule selects by type (or when
 * two stored baselines are compared); then what the other rule does not watch is not called lost.
 */
import type { AttributeName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import { type Entry, EntryPaths, type MountPoint, type ScanSink } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import { type RecordBytes, recordType } from '../model/record.ts';
import type { Rule } from '../model/rule.ts';
import type { StoredEntry } from '../model/stored-entries.ts';
import { letBe, type ToldFindings } from './comings.ts';
import { type CompiledWatch, compareRecords, compileWatch, hasOtherInode, isUnchanged } from './compare.ts';
import { markConsequences } from './consequences.ts';
import { type Finding, RecordArena } from './finding.ts';
import { bytesOfItem, type ScanGuard } from './guard.ts';
import { Judge, noSuchRule } from './judge.ts';
import { type Arrival, isLogWatch, judgeLogs, type LogCandidate, type LogContext } from './logs.ts';
import { type FailedPath, SeenBits, shadowedFailure, visitMissing } from './missing-entries.ts';
import { attachMounts } from './mount-findings.ts';
import { appearedMounts } from './mounts.ts';
import { findMoves } from './moves.ts';
import type { PrefixProbe } from './prefix.ts';
import { type BaselineEntries, BaselineLookup } from './stored.ts';

export interface ComparisonOptions {
  /** Rules that the scan ran by; an entry's `rule` is an index into them. */
  readonly rules: readonly Rule[];
  /** Rules of the baseline where they are others: when two baselines are compared. */
  readonly recordedRules?: readonly Rule[];
  /** Restricts the comparison, as the scan was restricted; what is outside is neither compared nor missed. */
  readonly scope?: (path: Path) => boolean;
  /** Reads the first bytes of logs again. Absent when the second state is stored. */
  readonly prefix?: PrefixProbe;
  /** Given where the scan is not to be believed. */
  readonly guard?: ScanGuard;
  /** What came or went is told though rules let it be. */
  readonly tellsAll?: boolean;
}

export interface ComparisonResult {
  /** In no particular order. */
  readonly findings: readonly Finding[];
  /** Records that the findings refer to. */
  readonly records: RecordArena;
  readonly failures: readonly Failure[];
  /** How many recorded objects were not looked at, since they or something above them failed. */
  readonly unexamined: number;
  /** What could not be compared and is no fault of an object. */
  readonly notes: readonly string[];
}

export class Comparison implements ScanSink {
  readonly #baseline: BaselineEntries;
  readonly #lookup: BaselineLookup;
  readonly #rules: readonly Rule[];
  readonly #recordedRules: readonly Rule[];
  readonly #scope: ((path: Path) => boolean) | undefined;
  readonly #prefix: PrefixProbe | undefined;
  readonly #guard: ScanGuard | undefined;
  readonly #tellsAll: boolean;
  readonly #watches: readonly CompiledWatch[];
  readonly #hasLogs: boolean;
  readonly #seen: SeenBits;
  readonly #records = new RecordArena();
  readonly #judge: Judge;
  readonly #added: Finding[] = [];
  /** Of the guarded scan: where the added ones are. */
  readonly #new = new Set<Path>();
  readonly #changed: Finding[] = [];
  readonly #logs: LogCandidate[] = [];
  /** Files that stand at a recorded name with another inode: where a rotated log may be. */
  readonly #replaced: Arrival[] = [];
  readonly #failures: Failure[] = [];
  readonly #failed: FailedPath[] = [];
  /** Objects of which recorded attributes cannot be had now. */
  readonly #lost: Failure[] = [];
  /** How many objects have an attribute now that could not be had when the baseline was made. */
  readonly #gained = new Map<AttributeName, number>();
  readonly #paths = new EntryPaths();

  constructor(baseline: BaselineEntries, options: ComparisonOptions) {
    this.#baseline = baseline;
    this.#lookup = new BaselineLookup(baseline);
    this.#rules = options.rules;
    this.#recordedRules = options.recordedRules ?? options.rules;
    this.#scope = options.scope;
    this.#prefix = options.prefix;
    this.#guard = options.guard;
    this.#tellsAll = options.tellsAll === true;
    this.#watches = this.#recordedRules.map((rule) => compileWatch(rule.watch));
    this.#hasLogs = this.#recordedRules.some((rule) => isLogWatch(rule.watch));
    this.#seen = new SeenBits(baseline.entryCount);
    this.#judge = new Judge(this.#rules, this.#recordedRules, this.#records);
  }

  entry(entry: Entry): void {
    const stored = this.#lookup.find(entry.directory, entry.name);
    if (stored === undefined) {
      const path = this.#paths.of(entry);
      if (this.#isInScope(path)) this.#add(path, entry);
      return;
    }
    if (this.#guard !== undefined && this.#seen.has(stored.id)) this.#guard.twice(this.#paths.of(entry));
    this.#seen.add(stored.id);
    const watch = this.#watches[stored.rule];
    if (watch === undefined) throw noSuchRule(stored.rule);
    const isOtherInode = this.#hasLogs && hasOtherInode(stored.record, entry.record);
    if (isOtherInode && recordType(entry.record) === 'file') this.#noteReplaced(entry);
    const isWatchedLog = isOtherInode && isLogWatch(watch.watch);
    if (!isWatchedLog && isUnchanged(stored.record, entry.record, watch)) return;
    this.#compare(stored, entry, watch, isWatchedLog);
  }

  listed(): void {
    // Names that are missing are found at the end, by the bits of what was seen.
  }

  failure(failure: Failure, below: boolean): void {
    this.#guard?.keep(failure.path, bytesOfFailure(failure));
    this.#failures.push(failure);
    this.#failed.push({ path: failure.path, below });
  }

  /** `recorded`: the mounts of the baseline; `found`: those that the scan met. In steps. */
  *finish(recorded: readonly MountPoint[], found: readonly MountPoint[]): Generator<void, ComparisonResult, undefined> {
    const inScope = (mount: MountPoint): boolean => this.#isInScope(mount.path);
    const before = recorded.filter(inScope);
    const now = found.filter(inScope);
    const removed: Finding[] = [];
    let unexamined = 0;
    const appeared = appearedMounts(before, now);
    const shadowed = yield* visitMissing(this.#baseline, this.#seen, {
      onRemoved: ({ path, rule, record }) => {
        this.#guard?.keep(path, bytesOfItem(path, record.length));
        removed.push(this.#judge.removed(path, rule, record));
      },
      onUnexamined: () => {
        unexamined += 1;
      },
      isInScope: (path) => this.#isInScope(path),
      failed: this.#failed,
      appeared,
    });
    this.#failures.push(...shadowed, ...this.#coveredFiles(appeared), ...this.#untoldLosses());

    const context: LogContext = {
      rules: this.#rules,
      recordedRules: this.#recordedRules,
      records: this.#records,
      judge: this.#judge,
      probe: this.#prefix,
      onFailure: (failure) => this.#failures.push(failure),
    };
    const taken = new Set(this.#logs.length === 0 ? [] : this.#changed.map((finding) => finding.path));
    const logs = judgeLogs(this.#logs, this.#arrivals(), taken, context);
    const added = logs.movedTo.size === 0 ? this.#added : this.#added.filter(({ path }) => !logs.movedTo.has(path));
    const moves = findMoves(removed, added, { ...context, logs: context });
    const differing = [...this.#changed, ...logs.findings, ...moves.moved].concat(moves.removed, moves.added);
    const findings = attachMounts(differing, before, now, {
      rules: this.#rules,
      recordedRules: this.#recordedRules,
      judge: this.#judge,
      recordedAt: (path) => this.#lookup.findPath(path),
      nearestTo: (path) => this.#lookup.findNearest(path),
    });
    const { told, stirred, notes } = this.#letBe(findings);
    return {
      findings: markConsequences(told, this.#records, stirred),
      records: this.#records,
      failures: this.#failures,
      unexamined,
      notes: [...this.#notes(), ...notes],
    };
  }

  #letBe(findings: readonly Finding[]): ToldFindings {
    if (this.#tellsAll) return { told: findings, stirred: new Set(), notes: [] };
    return letBe(findings, {
      rules: this.#rules,
      recordedRules: this.#recordedRules,
      records: this.#records,
      recordedRule: (path) => this.#lookup.findPath(path)?.rule,
    });
  }

  #add(path: Path, { rule, record }: Entry): void {
    if (this.#guard !== undefined) {
      if (this.#new.has(path)) this.#guard.twice(path);
      this.#guard.keep(path, bytesOfItem(path, record.length));
      this.#new.add(path);
    }
    this.#added.push(this.#judge.added(path, rule, record));
  }

  #compare(stored: StoredEntry, entry: Entry, { watch }: CompiledWatch, isWatchedLog: boolean): void {
    const path = this.#paths.of(entry);
    if (!this.#isInScope(path)) return;
    // Who is not believed could name another rule, so as not to have to tell what the recorded one watches.
    const isOfRule =
      stored.rule === entry.rule ||
      (this.#guard !== undefined && recordType(stored.record) === recordType(entry.record));
    const isSameRule = isOfRule && this.#rules === this.#recordedRules;
    const comparison = compareRecords(stored.record, entry.record, watch, isSameRule);
    const { differences, lost, growth } = comparison;
    if (differences.length > 0 || lost.length > 0 || growth !== 'allowed' || isWatchedLog) {
      this.#guard?.keep(path, bytesOfItem(path, stored.record.length + entry.record.length));
    }
    if (lost.length > 0) this.#lost.push(lostFailure(path, lost));
    for (const name of comparison.gained) this.#gained.set(name, (this.#gained.get(name) ?? 0) + 1);
    const rules = { rule: entry.rule, recordedRule: stored.rule };
    if (growth !== 'allowed' || (isWatchedLog && recordType(entry.record) === 'file')) {
      const before = this.#keep(stored.record);
      this.#logs.push({ path, ...rules, before, after: this.#keep(entry.record), comparison });
      return;
    }
    if (differences.length === 0) return;
    const object = { path, ...rules, before: stored.record, after: entry.record, differences };
    this.#changed.push(this.#judge.changed(object));
  }

  #keep(record: RecordBytes): number {
    return this.#records.add(record);
  }

  #noteReplaced(entry: Entry): void {
    const path = this.#paths.of(entry);
    this.#guard?.keep(path, bytesOfItem(path, entry.record.length));
    this.#replaced.push({ path, rule: entry.rule, record: this.#keep(entry.record) });
  }

  /** A file over which another one was mounted was not examined; what is examined in its place is another object. */
  #coveredFiles(appeared: readonly MountPoint[]): readonly Failure[] {
    const isFile = ({ path }: MountPoint): boolean => {
      const stored = this.#lookup.findPath(path);
      return stored !== undefined && recordType(stored.record) !== 'directory';
    };
    return appeared.filter(isFile).map((mount) => shadowedFailure(mount, 1));
  }

  /** A file that cannot be read has lost its digests, but that it cannot be read says it all. */
  #untoldLosses(): readonly Failure[] {
    if (this.#lost.length === 0) return [];
    const told = new Set(this.#failed.map(({ path }) => path));
    return this.#lost.filter(({ path }) => !told.has(path));
  }

  *#arrivals(): IterableIterator<Arrival> {
    yield* this.#replaced;
    for (const { path, rule, after } of this.#added) if (after !== undefined) yield { path, rule, record: after };
  }

  #isInScope(path: Path): boolean {
    return this.#scope === undefined || this.#scope(path);
  }

  #notes(): readonly string[] {
    return [...this.#gained].map(
      ([name, count]) =>
        `${name}: not compared for ${count} ${count === 1 ? 'object' : 'objects'}, ` +
        'it could not be read when the baseline was made',
    );
  }
}

function bytesOfFailure({ path, operation, code, message }: Failure): number {
  return bytesOfItem(path, operation.length + code.length + message.length);
}

function lostFailure(path: Path, lost: readonly AttributeName[]): Failure {
  const verb = lost.length === 1 ? 'was' : 'were';
  return {
    path,
    operation: 'compare',
    code: 'UNREADABLE',
    message: `${lost.join(', ')} ${verb} recorded and cannot be read now`,
  };
}
