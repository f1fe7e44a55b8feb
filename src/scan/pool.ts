/** The worker threads of a scan: starts them, counts what they are busy with, and notices when one dies. */
import { Worker } from 'node:worker_threads';
import type { Task, WorkerMessage, WorkerReady, WorkerSettings } from './protocol.ts';

// Seen from src/scan and from the bundle alike; run from source (tests), the worker is the built one.
const WORKER = new URL('../../dist/scan/worker.js', import.meta.url);

export interface PoolEvents {
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
    const workerData: WorkerSettings = { ...settings, consumed: this.#consumed };
    this.#worker = new Worker(WORKER, { workerData, stdout: false, stderr: false });
    this.#loaded = new Promise((resolve) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('exit', () => resolve());
    });
    this.#worker.on('message', (message: WorkerMessage | WorkerReady) => {
      if (!('ready' in message)) pool.received(this, message);
    });
    this.#worker.on('error', (error: unknown) =>
      pool.died(this, error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on('exit', (code) => pool.died(this, new Error(`a worker thread ended with code ${code}`)));
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
  readonly #events: PoolEvents;
  readonly #workers: Set<PoolWorker>;
  #isClosing = false;

  constructor(size: number, settings: Omit<WorkerSettings, 'consumed'>, events: PoolEvents) {
    this.#events = events;
    this.#workers = new Set(Array.from({ length: size }, () => new PoolWorker(settings, this)));
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
    const [survivor] = this.idleWorkers;
    if (this.#workers.size === 0) this.#events.exhausted(reason);
    else if (survivor !== undefined) this.#events.idle(survivor);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }
}
