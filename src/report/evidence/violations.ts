/** Follows violated requirements through the runs of a history, until they were mended. Pure, as findings.ts is. */
import type { Path } from '../../model/bytes.ts';
import type { ReportViolation } from '../../model/report.ts';
import { forgotten } from './contents.ts';
import type { Doubt, EvidenceViolation, GenerationNote, ViolationOutcome } from './document.ts';
import { blindness, type Coverage } from './findings.ts';
import { type FollowedRun, OccurrenceLog } from './occurrences.ts';

export interface RunViolations {
  readonly run: FollowedRun;
  readonly coverage: Coverage;
  readonly policySha256: string;
  readonly violations: readonly { readonly violation: ReportViolation; readonly path: Path }[];
}

interface Timeline {
  readonly log: OccurrenceLog;
  readonly path: Path;
  violation: ReportViolation;
  policySha256: string;
  doubt: Doubt | undefined;
}

export class ViolationThreads {
  readonly #generation: (sequence: number) => GenerationNote | undefined;
  readonly #open = new Map<string, Timeline>();
  readonly #closed: { readonly violation: EvidenceViolation; readonly at: string }[] = [];
  #lastRun = 0;

  constructor(generation: (sequence: number) => GenerationNote | undefined) {
    this.#generation = generation;
  }

  /** Takes the next run, oldest first. */
  add({ run, coverage, policySha256, violations }: RunViolations): void {
    const reported = new Set<string>();
    for (const { violation, path } of violations) {
      // What is expected belongs to it: another requirement of the same rule is another violation.
      const key = JSON.stringify([path, violation.rule, Object.keys(violation.expected).sort()]);
      reported.add(key);
      const timeline = this.#open.get(key);
      if (timeline === undefined) {
        this.#open.set(key, { log: new OccurrenceLog(run), path, violation, policySha256, doubt: undefined });
      } else {
        timeline.log.add(run, this.#lastRun);
        Object.assign(timeline, { violation, policySha256, doubt: undefined });
      }
    }
    for (const [key, timeline] of this.#open) {
      if (reported.has(key)) continue;
      const isOlder = run.sequence < timeline.log.last.sequence;
      timeline.doubt = isOlder ? 'older baseline' : blindness(coverage, timeline.path);
      if (timeline.doubt === undefined) {
        this.#open.delete(key);
        this.#closed.push({
          violation: describe(timeline, this.#outcome(timeline, run, policySha256)),
          at: run.startedAt,
        });
      }
    }
    this.#lastRun = run.number;
  }

  /** Takes note of a run that nothing can be read of. */
  skip(run: number): void {
    this.#lastRun = run;
  }

  /** Violations that are open or ended since the time, first report first. */
  finish(since: string, until: string): readonly EvidenceViolation[] {
    const open = [...this.#open.values()].map((timeline) => {
      const { log, doubt } = timeline;
      return describe(timeline, { is: 'open', ageDays: log.ageDays(until), ...(doubt === undefined ? {} : { doubt }) });
    });
    const ended = this.#closed
      .filter(({ at }) => Date.parse(at) >= Date.parse(since))
      .map(({ violation }) => violation);
    return [...ended, ...open].sort((left, right) => Date.parse(left.firstReported) - Date.parse(right.firstReported));
  }

  #outcome(timeline: Timeline, run: FollowedRun, policySha256: string): ViolationOutcome {
    if (timeline.policySha256 === policySha256) return { is: 'mended', run: run.number, at: run.startedAt };
    const generations: GenerationNote[] = [];
    for (let next = timeline.log.last.sequence + 1; next <= run.sequence; next += 1) {
      const note = this.#generation(next);
      // What was accepted leaves the policy as it is.
      if (note === undefined || note.command !== 'accept') generations.push(note ?? forgotten(next));
    }
    return { is: 'no longer reported', generations };
  }
}

function describe({ log, violation }: Timeline, outcome: ViolationOutcome): EvidenceViolation {
  const { path, pathBase64, rule, severity, expected, actual } = violation;
  return {
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    rule,
    severity,
    expected,
    actual,
    ...log.describe(),
    fate: outcome,
  };
}
