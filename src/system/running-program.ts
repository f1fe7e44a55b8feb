/**
 * A program that runs beside us while its output is read: ssh, AIDE, Tripwire. It has a process group of its own, so
 * that ending it ends what it started too; what it says on standard error is kept up to a bound, and nobody waits for
 * it longer than they want. What the output means is the caller's affair.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { errorCode, SystemError } from '../model/errors.ts';
import { started } from './own-kit.ts';

/** Of what it says on standard error, in bytes. */
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
  readonly input?: string | Uint8Array;
  /** Whether what it leaves running in the background goes on when it has ended, as a mailer does. */
  readonly leavesOthers?: boolean;
}

/** Why a program does not run, or not to its end. */
export function cannotRun(program: string, code: string): SystemError {
  return new SystemError('spawn', code, `${program} cannot be run: ${code}`);
}

/** The last bytes that came out of a pipe. */
function lastOf(pipe: Readable, most: number): () => Buffer {
  let last = Buffer.alloc(0);
  pipe.on('data', (chunk: Buffer) => {
    last = Buffer.concat([last, chunk]).subarray(-most);
  });
  return () => last;
}

export class RunningProgram {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<Ending>;
  readonly #complaint: () => Buffer;
  #abandon: (reason: Error) => void = () => undefined;
  #hasExited = false;

  /** Throws a SystemError where it is known at once that the program cannot be started. */
  constructor(program: string, parameters: readonly string[], settings: ProgramSettings) {
    const { environment, directory, input = '', leavesOthers = false } = settings;
    if (!program.startsWith('/')) throw new Error(`integ: internal error: ${program} is not an absolute path`);
    const command = started(program, parameters);
    try {
      this.#child = spawn(command.file, command.parameters, {
        env: { ...environment, ...command.environment },
        ...(directory === undefined ? {} : { cwd: directory }),
        stdio: ['pipe', 'pipe', 'pipe'],
        shell: false,
        detached: true,
      });
    } catch (error) {
      throw cannotRun(program, errorCode(error));
    }
    const endWithUs = (): void => this.#killGroup();
    process.on('exit', endWithUs);
    this.#ended = new Promise((resolve, reject) => {
      this.#abandon = reject;
      this.#child.once('error', (error) => {
        process.off('exit', endWithUs);
        resolve({ code: null, signal: null, error });
      });
      this.#child.once('exit', (code, signal) => {
        process.off('exit', endWithUs);
        if (!leavesOthers) this.#killGroup();
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
    this.#complaint = lastOf(this.#child.stderr, LONGEST_COMPLAINT);
    // A program that ends before it has read its input says by its exit code why.
    for (const pipe of [this.#child.stdin, this.#child.stdout]) pipe.on('error', () => undefined);
    this.#child.stdin.end(input);
  }

  /** Chunk by chunk: the program waits while the reader is busy. Throws what it was stopped with. */
  async *output(): AsyncGenerator<Buffer, void, undefined> {
    // The stream has no encoding, so that it gives buffers.
    for await (const chunk of this.#child.stdout) yield chunk as Buffer;
  }

  /** Reads its output as it comes and keeps the last of it, instead of `output`. */
  keepOutput(most: number): () => Buffer {
    return lastOf(this.#child.stdout, most);
  }

  /** The last that it said on standard error. */
  get complaint(): Buffer {
    return this.#complaint();
  }

  get hasExited(): boolean {
    return this.#hasExited;
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
    // Nobody waits for it any more, and the kernel may not let it go for long.
    this.#child.unref();
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
