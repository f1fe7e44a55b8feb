/**
 * Files that all workers read together: each claims the next one by a counter in shared memory. Keeps account of which
 * of them were answered for; what becomes of the others, the walk decides.
 */
import { type Path, ROOT } from '../model/bytes.ts';
import { directoryPath } from '../model/entry.ts';
import type { Loss } from './loss.ts';
import type { DigestTask, FileJob } from './protocol.ts';
import type { Reading, WaitingFile } from './work-queue.ts';

export class FilePass {
  /** One file at a time, by one worker. */
  readonly oneByOne: boolean;
  readonly #files: readonly WaitingFile[];
  readonly #jobs: readonly FileJob[];
  readonly #next = new SharedArrayBuffer(4);
  readonly #settled = new Set<number>();
  /** Why nobody answered for some, once a worker was lost. */
  loss: Loss | undefined;

  constructor({ files, oneByOne }: Reading) {
    this.oneByOne = oneByOne;
    this.#files = files;
    this.#jobs = files.map(({ directory, mountRoot, name, rule }) => ({
      directory: directoryPath(directory),
      mountRoot,
      name,
      rule,
    }));
  }

  /** Whether every file was claimed by a worker. */
  get isTaken(): boolean {
    return Atomics.load(new Int32Array(this.#next), 0) >= this.#jobs.length;
  }

  task(id: number): DigestTask {
    return { kind: 'digest', id, jobs: this.#jobs, next: this.#next, oneByOne: this.oneByOne };
  }

  /** Where the files lie: all on one mount. */
  get mount(): Path {
    return this.#files[0]?.mountRoot ?? ROOT;
  }

  /** The file that a worker answers for; undefined when there is none of that number. */
  settle(index: number): WaitingFile | undefined {
    this.#settled.add(index);
    return this.#files[index];
  }

  /** The files that nobody answered for. */
  get unsettled(): readonly WaitingFile[] {
    return this.#files.filter((_, index) => !this.#settled.has(index));
  }
}
