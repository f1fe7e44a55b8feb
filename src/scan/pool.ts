/** The worker threads of a scan: starts them, counts what they are busy with, and notices when one dies. */
import type { Worker } from 'node:worker_threads';
import type { Task, WorkerMessage, WorkerReady, WorkerSettings } from './protocol.ts';
import { takeThread } from './thread.ts';

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
  /** Resolves when the worker has loaded everything, or has died. */
  readonly #loaded: Promise<void>;
  #task: Task | undefined;

  constructor(settings: Omit<WorkerSettings, 'consumed'>, pool: Pool) {
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
    this.#worker.postMessage({ ...settings, consumed: this.#consumed } satisfies WorkerSettings);
  }

  get task(): Task | undefined {
    return this.#task;
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

  async terminate(): Promise<void> {
    // A thread that is stopped while a native addon loads takes the whole process with it. It is not asked to end by
    // itself, since one that waits for the main thread would wait for ever.
    await this.#loaded;
    await this.#worker.terminate();
  }
}

export class Pool {
  readonly #settings: Omit<WorkerSettings, 'consumed'>;
  readonly #events: PoolEvents;
  readonly #workers = new Set<PoolWorker>();
  /** How many workers may still be started. */
  #left: number;
  #hasLoaded = false;
  #isClosing = false;

  /** Starts one worker of the `most` that there may be. */
  constructor(most: number, settings: Omit<WorkerSettings, 'consumed'>, events: PoolEvents) {
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

  get busyCount(): number {
    return [...this.#workers].filter((worker) => worker.task !== undefined).length;
  }

  get size(): number {
    return this.#workers.size;
  }

  loaded(): void {
    this.#hasLoaded = true;
    if (!this.#isClosing) this.#events.ready();
  }

  received(worker: PoolWorker, message: WorkerMessage): void {
    if (this.#isClosing) return;
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

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }
}
