/**
 * A program that runs beside us while its output is read: ssh, AIDE, Tripwire. It has a process group of its own, so that
 * ending it ends what it started too; what it says on standard error is kept up to a bound, and nobody waits for it longer
 * than they want. What the output means is the caller's affair.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Of what it says on standard error, in bytes; the last is kept. */
const LONGEST_COMPLAINT = 4096;
/** Milliseconds for what it said last to arrive: whoever it has left behind may hold the pipe open for ever. */
const PATIENCE_AFTER_EXIT = 1000;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started. */
  readonly error: Error | undefined;
}

export interface ProgramSettings {
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** For its standard input, which is empty otherwise. */
  readonly input?: string;
}

export class RunningProgram {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<Ending>;
  #abandon: (reason: Error) => void = () => undefined;
  #hasExited = false;
  #complaint = Buffer.alloc(0);

  constructor(program: string, parameters: readonly string[], { environment, directory, input }: ProgramSettings) {
    this.#child = spawn(program, parameters, {
      env: environment,
      ...(directory === undefined ? {} : { cwd: directory }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#abandon = reject;
      this.#child.once('error', (error) => resolve({ code: null, signal: null, error }));
      this.#child.once('exit', (code, signal) => {
        this.#killGroup();
        this.#hasExited = true;
        const end = (): void => resolve({ code, signal, error: undefined });
        const timer = setTimeout(end, PATIENCE_AFTER_EXIT);
        this.#child.once('close', () => {
          clearTimeout(timer);
          end();
        });
      });
    });
    // Who awaits the end is told of a failure; it may be nobody.
    this.#ended.catch(() => undefined);
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = Buffer.concat([this.#complaint, chunk]).subarray(-LONGEST_COMPLAINT);
    });
    // A program that ends before it has read its input says by its exit code why.
    for (const pipe of [this.#child.stdin, this.#child.stdout]) pipe.on('error', () => undefined);
    this.#child.stdin.end(input ?? '');
  }

  /** Chunk by chunk: the program waits while the reader is busy. Throws what it was stopped with. */
  async *output(): AsyncGenerator<Buffer, void, undefined> {
    // The stream has no encoding, so that it gives buffers.
    for await (const chunk of this.#child.stdout) yield chunk as Buffer;
  }

  /** The last that it said on standard error. */
  get complaint(): Buffer {
    return this.#complaint;
  }

  /** How it ended. Rejects with what it was stopped with. */
  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** Ends the reading of its output, and the waiting for its end, with an error; and the program. */
  stop(reason: Error): void {
    this.#child.stdout.destroy(reason);
    this.#abandon(reason);
    this.kill();
  }

  /** Ends the program and all that it started, and lets go of its pipes. Does nothing when it has ended. */
  kill(): void {
    if (!this.#hasExited) this.#killGroup();
    for (const pipe of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) pipe.destroy();
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nothing of the group is left.
    }
  }
}
