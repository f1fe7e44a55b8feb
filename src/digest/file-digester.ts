/**
 * The engine that reads files and computes all wanted digests of each in one pass, many files at once.
 * It opens and closes nothing, walks nothing and judges nothing: jobs bring descriptors and take digests.
 */
import { readSync } from 'node:fs';
import type { DigestName } from '../model/attributes.ts';
import type { DigestJob, ReadFile } from './digest-job.ts';
import { DigestPlan } from './digest-plan.ts';
import { FileReading } from './file-reading.ts';
import { LaneRounds } from './lane-rounds.ts';

/** Bytes a read asks for where a file is read alone. */
const READ_SIZE = 128 * 1024;

export class FileDigester {
  readonly #onRead: (bytes: number) => void;
  readonly #read: ReadFile;
  readonly #plans = new WeakMap<readonly DigestName[], DigestPlan>();
  /** Null: there are none, or they are not wanted; undefined: no file has asked for an MD5 yet. */
  #lanes: LaneRounds | null | undefined;
  #buffer: Buffer | undefined;

  /**
   * `onRead` hears of the bytes of every read; `read` reads instead of fs.readSync, as one that takes its time does;
   * `lanes: false` computes MD5 like the other digests, one file at a time.
   */
  constructor(
    options: { readonly onRead?: (bytes: number) => void; readonly read?: ReadFile; readonly lanes?: boolean } = {},
  ) {
    this.#onRead = options.onRead ?? (() => {});
    this.#read = options.read ?? ((fd, buffer, offset, length) => readSync(fd, buffer, offset, length, null));
    this.#lanes = options.lanes === false ? null : undefined;
  }

  /**
   * Pulls jobs as there is room for them and returns when all have finished. A file that cannot be read does not
   * disturb the others. What a job or the iterator throws ends the run; files that are then open are not finished.
   */
  run(jobs: Iterator<DigestJob>): void {
    try {
      for (let next = jobs.next(); next.done !== true; next = jobs.next()) this.#start(next.value);
      while (this.#lanes?.idle === false) this.#lanes.advance();
    } finally {
      this.#lanes?.reset();
    }
  }

  #start(job: DigestJob): void {
    const plan = this.#planFor(job.algorithms);
    const opened = job.open();
    if (opened === undefined) return;
    const reading = new FileReading(job, opened, plan, this.#read);
    if (!this.#lanes || plan.laneOffset === undefined) {
      this.#readAlone(reading);
      return;
    }
    this.#lanes.add(reading);
    while (this.#lanes.full) this.#lanes.advance();
  }

  #readAlone(reading: FileReading): void {
    this.#buffer ??= Buffer.allocUnsafeSlow(READ_SIZE);
    while (!reading.ended) this.#onRead(reading.advance(this.#buffer, 0, READ_SIZE));
    reading.finish();
  }

  #planFor(algorithms: readonly DigestName[]): DigestPlan {
    let plan = this.#plans.get(algorithms);
    if (plan === undefined) {
      plan = new DigestPlan(algorithms, algorithms.includes('md5') && this.#hasLanes());
      this.#plans.set(algorithms, plan);
    }
    return plan;
  }

  /** Made when they are needed first: their code is compiled and their memory taken then. */
  #hasLanes(): boolean {
    if (this.#lanes === undefined) this.#lanes = LaneRounds.create(this.#onRead) ?? null;
    return this.#lanes !== null;
  }
}
