/** The worker threads of a scan: starts them, counts what they are busy with, and notices when one dies. */
import type { Worker } from 'node:worker_threads';
import { expectNoEnd } from '../system/process-end.ts';
import type { CommonSettings, Task, WorkerMessage, WorkerReady, WorkerSettings } from './protocol.ts';
import { takeThread } from './thread.ts';

/** Milliseconds for the workers to end. */
const PATIENCE = 1000;

export interface PoolEvents {
  /** A worker has loaded what it needs. */
  ready(): void;
  /** A worker is free. */
  idle(worker: PoolWorker): void;
  message(message: WorkerMessage): void;
  /** A worker died with this task unfinished. */
  lost(task: Task, reason: Error): void;
  /** No worker is left alive. */
  exhausted(reason: Error): void;
}

export class PoolWorker {
  readonly #worker: Worker;
  readonly #consumed = new SharedArrayBuffer(4);
  readonly #steps = new SharedArrayBuffer(4);
  /** Resolves when the worker has loaded everything, or has died. */
  readonly #loaded: Promise<void>;
  #task: Task | undefined;

  constructor(settings: CommonSettings, pool: Pool) {
    this.#worker = takeThread();
    this.#loaded = new Promise((resolve) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('exit', () => resolve());
    });
    this.#worker.on('message', (message: WorkerMessage | WorkerReady) => {
      if ('ready' in message) pool.loaded();
      else pool.received(this, message);
    });
    this.#worker.on('error', (error: unknown) =>
      pool.died(this, error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on('exit', (code) => pool.died(this, new Error(`a worker thread ended with code ${code}`)));
    this.#worker.postMessage({ ...settings, consumed: this.#consumed, steps: this.#steps } satisfies WorkerSettings);
  }

  get task(): Task | undefined {
    return this.#task;
  }

  /** How often it got on with something, as a number that wraps around. */
  get steps(): number {
    return Atomics.load(new Int32Array(this.#steps), 0);
  }

  start(task: Task): void {
    this.#task = task;
    this.#worker.postMessage(task);
  }

  finish(): void {
    this.#task = undefined;
  }

  /** Tells the worker that one of its batches has been taken. */
  acknowledge(): void {
    const counter = new Int32Array(this.#consumed);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  }

  /** It sits in a system call that may never return: whatever becomes of it, nobody waits for it. */
  giveUp(): void {
    this.#task = undefined;
    this.#worker.once('exit', expectNoEnd());
    this.#worker.unref();
    void this.#worker.terminate();
  }

  async terminate(): Promise<void> {
    // A thread that is stopped while a native addon loads takes the whole process with it. It is not asked to end by
    // itself, since one that waits for the main thread would wait for ever.
    await this.#loaded;
    await this.#worker.terminate();
  }
}

export class Pool {
  readonly #settings: CommonSettings;
  readonly #events: PoolEvents;
  readonly #workers = new Set<PoolWorker>();
  /** How many workers may still be started. */
  #left: number;
  #hasLoaded = false;
  #isClosing = false;

  /** Starts one worker of the `most` that there may be. */
  constructor(most: number, settings: CommonSettings, events: PoolEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#left = most;
    this.grow();
  }

  get canGrow(): boolean {
    return this.#left > 0 && !this.#isClosing;
  }

  /** Starts one more worker, which can be given a task at once. */
  grow(): void {
    this.#left -= 1;
    this.#workers.add(new PoolWorker(this.#settings, this));
  }

  get idleWorkers(): readonly PoolWorker[] {
    return [...this.#workers].filter((worker) => worker.task === undefined);
  }

  get busyWorkers(): readonly PoolWorker[] {
    return [...this.#workers].filter((worker) => worker.task !== undefined);
  }

  get size(): number {
    return this.#workers.size;
  }

  loaded(): void {
    this.#hasLoaded = true;
    if (!this.#isClosing) this.#events.ready();
  }

  received(worker: PoolWorker, message: WorkerMessage): void {
    if (this.#isClosing || !this.#workers.has(worker)) return;
    this.#events.message(message);
    worker.acknowledge();
    if (!message.done) return;
    worker.finish();
    this.#events.idle(worker);
  }

  died(worker: PoolWorker, reason: Error): void {
    if (this.#isClosing || !this.#workers.delete(worker)) return;
    if (worker.task !== undefined) this.#events.lost(worker.task, reason);
    if (this.#workers.size === 0) this.#replace();
    const [survivor] = this.idleWorkers;
    if (this.#workers.size === 0) this.#events.exhausted(reason);
    else if (survivor !== undefined) this.#events.idle(survivor);
  }

  /** Goes on without a worker that does not come back; another one may be started in its place. */
  giveUp(worker: PoolWorker): void {
    this.#workers.delete(worker);
    worker.giveUp();
    this.#left += 1;
    if (this.#workers.size === 0) this.grow();
  }

  /**
   * Starts one in the place of the last that died, but not where none could even load: then the tree is not to blame.
   */
  #replace(): void {
    if (!this.#hasLoaded || !this.canGrow) return;
    try {
      this.grow();
    } catch {
      // There is no thread to be had, so that none is left.
    }
  }

  /** Ends all workers, and gives up those that have not ended after a while. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const ending = new Set(this.#workers);
    const ended = [...ending].map(async (worker) => {
      await worker.terminate();
      ending.delete(worker);
    });
    await within(PATIENCE, Promise.all(ended));
    for (const worker of ending) worker.giveUp();
  }
}

/** Waits for something, but no longer than this many milliseconds. */
async function within(milliseconds: number, event: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([event, timeout]);
  clearTimeout(timer);
}
