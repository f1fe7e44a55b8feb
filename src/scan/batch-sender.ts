/** Collects what a worker has to say and sends it in full batches, waiting when the main thread is far behind. */
import type { MessagePort } from 'node:worker_threads';
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import { BatchWriter, FULL } from './batch.ts';
import type { FailureSeen, MountSeen, UnavailableSeen, WorkerMessage } from './protocol.ts';

/** How many batches of a worker may be under way: bounds the memory that a fast worker can fill. */
const BATCHES_UNDER_WAY = 8;

export class BatchSender {
  readonly batch = new BatchWriter();
  readonly #port: MessagePort;
  readonly #consumed: Int32Array;
  readonly #unavailableSaid = new Set<string>();
  #sent = 0;
  #task = -1;
  #failures: FailureSeen[] = [];
  #mounts: MountSeen[] = [];
  #unavailable: UnavailableSeen[] = [];
  #bytes = 0;

  constructor(port: MessagePort, consumed: SharedArrayBuffer) {
    this.#port = port;
    this.#consumed = new Int32Array(consumed);
  }

  begin(task: number): void {
    this.#task = task;
  }

  failure(failure: Failure, below: boolean): void {
    this.#failures.push({ failure, below });
  }

  mount(path: Path, entered: boolean): void {
    this.#mounts.push({ path, entered });
  }

  unavailable(attribute: string, device: string, path: Path): void {
    const key = `${attribute} ${device}`;
    if (this.#unavailableSaid.has(key)) return;
    this.#unavailableSaid.add(key);
    this.#unavailable.push({ attribute, device, path });
  }

  countBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Whether a batch was sent, so that the next one starts empty. */
  sendIfFull(): boolean {
    if (this.batch.length < FULL) return false;
    this.#send(false);
    return true;
  }

  end(): void {
    this.#send(true);
  }

  #send(done: boolean): void {
    this.#waitForMainThread();
    const { buffer, length } = this.batch.take();
    const message: WorkerMessage = {
      task: this.#task,
      batch: buffer,
      length,
      failures: this.#failures,
      mounts: this.#mounts,
      unavailable: this.#unavailable,
      bytes: this.#bytes,
      done,
    };
    this.#failures = [];
    this.#mounts = [];
    this.#unavailable = [];
    this.#bytes = 0;
    this.#sent += 1;
    this.#port.postMessage(message, [buffer]);
  }

  #waitForMainThread(): void {
    for (;;) {
      const consumed = Atomics.load(this.#consumed, 0);
      if (this.#sent - consumed < BATCHES_UNDER_WAY) return;
      Atomics.wait(this.#consumed, 0, consumed);
    }
  }
}
