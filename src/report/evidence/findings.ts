/**
 * Follows findings through the runs of a history, from the first report of each to what became of it. Pure: runs come
 * in their order, and what generations record comes through an interface. It says that something was accepted only
 * where a generation records exactly what was reported.
 */
import { isWithin, type Path } from '../../model/bytes.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { ChangeKind, ReportChange } from '../../model/report.ts';
import { explanationOf } from '../explained.ts';
import { forgotten, heldBy, type KnownGeneration, type Sides, sidesOf } from './contents.ts';
import type { Doubt, EvidenceFinding, FindingOutcome, GenerationNote } from './document.ts';
import { EarlierLog } from './earlier.ts';
import { type FollowedRun, OccurrenceLog } from './occurrences.ts';

/** What a run could not tell. */
export interface Coverage {
  /** Options restricted it, so that what it does not report may be there all the same. */
  readonly isRestricted: boolean;
  /** Where it could not look; nothing is known of what lies below. */
  readonly unexamined: readonly Path[];
}

export interface RunFindings {
  readonly run: FollowedRun;
  readonly coverage: Coverage;
  /** All changes of the report with their states, consequences included. */
  readonly changes: Iterable<{ readonly change: ReportChange; readonly state: FindingState }>;
}

/** The generation of a number, or undefined when nobody remembers it. */
export type GenerationLookup = (sequence: number) => KnownGeneration | undefined;

/** Why a run that does not report something at a path does not say that it is gone, if so. */
export function blindness({ isRestricted, unexamined }: Coverage, path: Path): Doubt | undefined {
  if (isRestricted) return 'restricted';
  return unexamined.some((place) => isWithin(path, place)) ? 'not examined' : undefined;
}

/** A finding that was reported and of which the end is not known yet. */
interface Timeline {
  readonly log: OccurrenceLog;
  readonly earlier: EarlierLog;
  change: Omit<EvidenceFinding, 'fate' | 'earlier' | keyof ReturnType<OccurrenceLog['describe']>>;
  sides: Sides;
  /** States in which it was reported. */
  readonly reported: Set<string>;
  /** Why the last run that did not report it does not end it. */
  doubt: Doubt | undefined;
}

interface Closed {
  readonly finding: EvidenceFinding;
  /** When it ended, ISO 8601. */
  readonly at: string;
}

/** The paths that a run tells something of, and as what. */
interface Told {
  readonly as: ReadonlyMap<Path, ChangeKind>;
  readonly consequences: ReadonlySet<Path>;
}

export class FindingThreads {
  readonly #generation: GenerationLookup;
  readonly #open = new Map<string, Timeline>();
  readonly #closed: Closed[] = [];
  /** Number of the run that came last. */
  #lastRun = 0;

  constructor(generation: GenerationLookup) {
    this.#generation = generation;
  }

  /** Takes the next run, oldest first. */
  add({ run, coverage, changes }: RunFindings): void {
    const as = new Map<Path, ChangeKind>();
    const consequences = new Set<Path>();
    const reported = new Set<string>();
    for (const { change, state } of changes) {
      if (state.isConsequence) {
        consequences.add(state.path);
        if (state.from !== undefined) consequences.add(state.from);
        continue;
      }
      as.set(state.path, state.kind);
      if (state.from !== undefined) as.set(state.from, state.kind);
      const key = JSON.stringify([state.kind, state.path, state.from ?? '']);
      reported.add(key);
      this.#report(key, run, change, sidesOf(state));
    }
    for (const [key, timeline] of this.#open) {
      if (!reported.has(key)) this.#miss(key, timeline, run, coverage, { as, consequences });
    }
    this.#lastRun = run.number;
  }

  /** Takes note of a run that nothing can be read of. */
  skip(run: number): void {
    this.#lastRun = run;
  }

  /**
   * Ends the following at the generation that is in force. Findings that were open or ended since the time, first
   * report first.
   */
  finish(sequenceInForce: number, since: string, until: string): readonly EvidenceFinding[] {
    for (const [key, timeline] of this.#open) {
      const settled = this.#settledBy(timeline, sequenceInForce);
      const isRecorded = settled?.is === 'no longer reported' && this.#records(timeline, sequenceInForce);
      if (isEnd(settled) || isRecorded) this.#close(key, timeline, settled, endOf(settled, until));
    }
    const open = [...this.#open.values()].map((timeline): EvidenceFinding => {
      const { log, doubt } = timeline;
      return describe(timeline, { is: 'open', ageDays: log.ageDays(until), ...(doubt === undefined ? {} : { doubt }) });
    });
    const ended = this.#closed
      .filter(({ at, finding }) => isSince(at, since) || isSince(finding.lastReported, since))
      .map(({ finding }) => finding);
    return [...ended, ...open].sort(byFirstReport);
  }

  #report(key: string, run: FollowedRun, change: ReportChange, sides: Sides): void {
    let timeline = this.#open.get(key);
    if (timeline !== undefined && this.#hasEnded(timeline, run, sides)) {
      const outcome =
        this.#settledBy(timeline, run.sequence) ?? noLonger(this.#between(timeline.log.last, run.sequence));
      this.#close(key, timeline, outcome, endOf(outcome, run.startedAt));
      timeline = undefined;
    }
    if (timeline === undefined) {
      const fresh = { log: new OccurrenceLog(run), earlier: new EarlierLog(), reported: new Set<string>() };
      timeline = { ...fresh, sides, change: described(change, run), doubt: undefined };
      this.#open.set(key, timeline);
    } else {
      timeline.log.add(run, this.#lastRun);
      timeline.sides = sides;
      timeline.change = described(change, run);
      timeline.doubt = undefined;
    }
    timeline.earlier.add(change);
    timeline.reported.add(sides.after);
  }

  /** Whether an earlier state of the object came into the baseline, so that what is reported now is another finding. */
  #hasEnded(timeline: Timeline, run: FollowedRun, now: Sides): boolean {
    const { log, sides, reported } = timeline;
    if (log.last.sequence >= run.sequence || sides.before === now.before) return false;
    const settled = this.#settledBy(timeline, run.sequence);
    // Otherwise it is recorded in another form and was not accepted, as by another policy: the finding goes on.
    return isEnd(settled) || reported.has(now.before);
  }

  /** A run that does not report an open finding. */
  #miss(key: string, timeline: Timeline, run: FollowedRun, coverage: Coverage, told: Told): void {
    const { path, from = path } = timeline.sides;
    const settled = this.#settledBy(timeline, run.sequence);
    if (isEnd(settled)) {
      this.#close(key, timeline, settled, endOf(settled, run.startedAt));
      return;
    }
    timeline.doubt = doubtOf(timeline, run, coverage, told);
    if (timeline.doubt !== undefined) return;
    const as = told.as.get(path) ?? told.as.get(from);
    const at = run.startedAt;
    if (as !== undefined) this.#close(key, timeline, { is: 'reported otherwise', run: run.number, at, as }, at);
    else this.#close(key, timeline, settled ?? { is: 'undone', run: run.number, at }, at);
  }

  /** Generations after the last report, up to one. */
  #between(last: FollowedRun, sequence: number): readonly (KnownGeneration | number)[] {
    const found: (KnownGeneration | number)[] = [];
    for (let next = last.sequence + 1; next <= sequence; next += 1) {
      found.push(this.#generation(next) ?? next);
    }
    return found;
  }

  /** What the generations up to one say became of a finding; undefined: nothing, they record what was recorded. */
  #settledBy({ sides, reported, log }: Timeline, sequence: number): FindingOutcome | undefined {
    let doubtful: (KnownGeneration | number)[] = [];
    // The same state, under another policy: that it is no longer reported does not say that it no longer differs.
    const otherwiseWatched: KnownGeneration[] = [];
    for (const generation of this.#between(log.last, sequence)) {
      const held = typeof generation === 'number' ? 'unknown' : heldBy(generation, sides, reported);
      if (doubtful.length === 0 && typeof generation !== 'number') {
        const { note } = generation;
        if (note.command === 'init') {
          return { is: 'superseded', generation: note, records: held === 'unknown' ? held : held === 'after' };
        }
        if (note.command === 'accept' && held === 'after') return { is: 'accepted', generation: note };
        if (note.command === 'policy update' && held === 'before') otherwiseWatched.push(generation);
      }
      // What records the state before again was not the one that mattered, nor were those before it.
      if (held === 'before') doubtful = [];
      else doubtful.push(generation);
      // It records the reported state, but may have taken it over from one that nobody can look into.
      if (held === 'after') break;
    }
    const which = [...otherwiseWatched, ...doubtful];
    return which.length === 0 ? undefined : noLonger(which);
  }

  #records({ sides, reported }: Timeline, sequence: number): boolean {
    const generation = this.#generation(sequence);
    return generation !== undefined && heldBy(generation, sides, reported) === 'after';
  }

  #close(key: string, timeline: Timeline, outcome: FindingOutcome, at: string): void {
    this.#open.delete(key);
    this.#closed.push({ finding: describe(timeline, outcome), at });
  }
}

function doubtOf({ log, sides }: Timeline, run: FollowedRun, coverage: Coverage, told: Told): Doubt | undefined {
  const { path, from = path } = sides;
  if (run.sequence < log.last.sequence) return 'older baseline';
  if (told.consequences.has(path) || told.consequences.has(from)) return 'consequence';
  return blindness(coverage, path) ?? blindness(coverage, from);
}

function isSince(at: string, since: string): boolean {
  return Date.parse(at) >= Date.parse(since);
}

function byFirstReport(left: EvidenceFinding, right: EvidenceFinding): number {
  const order = Date.parse(left.firstReported) - Date.parse(right.firstReported);
  return order !== 0 ? order : left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}

function describe({ log, earlier: before, change }: Timeline, outcome: FindingOutcome): EvidenceFinding {
  const earlier = before.describe();
  return { ...change, ...log.describe(), ...(earlier === undefined ? {} : { earlier }), fate: outcome };
}

function described(change: ReportChange, run: FollowedRun): Timeline['change'] {
  const { kind, path, pathBase64, from, fromBase64, type, rule, severity, flags, attributes } = change;
  const explained = explanationOf(change);
  return {
    kind,
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    ...(from === undefined ? {} : { from }),
    ...(fromBase64 === undefined ? {} : { fromBase64 }),
    type,
    rule,
    severity,
    flags,
    attributes: Object.keys(attributes),
    ...(explained === undefined ? {} : { explained }),
    sequence: run.sequence,
  };
}

function noLonger(generations: readonly (KnownGeneration | number)[]): FindingOutcome {
  const notes = generations.map(
    (generation): GenerationNote => (typeof generation === 'number' ? forgotten(generation) : generation.note),
  );
  return { is: 'no longer reported', generations: notes };
}

/** Whether a generation by itself ended a finding. */
function isEnd(
  outcome: FindingOutcome | undefined,
): outcome is FindingOutcome & { readonly generation: GenerationNote } {
  return outcome?.is === 'accepted' || outcome?.is === 'superseded';
}

function endOf(outcome: FindingOutcome, otherwise: string): string {
  return isEnd(outcome) ? outcome.generation.createdAt : otherwise;
}
