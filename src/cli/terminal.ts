/**
 * The only writer to standard output and standard error. Reports and data go to the former; notes, progress and errors
 * go to the latter, one line each: `integ: what, where (hint: what to do)`, lower case, no full stop. Whatever a text
 * holds, no character that a terminal obeys leaves here but for the sequences that are made here.
 */
import { writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { errorCode, UserError } from '../model/errors.ts';
import type { Line } from '../report/change-lines.ts';
import { painted } from '../report/paint.ts';
import { harmless, plain } from '../report/plain.ts';
import { gather } from '../system/safe-write.ts';
import { cut } from './fit.ts';

const STDOUT = 1;
const STDERR = 2;
const ERASE_LINE = '\r\x1b[K';
const FALLBACK_WIDTH = 100;

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly progress: boolean;
}

export class Terminal {
  readonly isVerbose: boolean;
  /** Whether standard output may be coloured. */
  readonly hasColor: boolean;
  readonly #options: TerminalOptions;
  #hasProgressLine = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.isVerbose = options.verbose;
    this.hasColor = options.color && process.stdout.isTTY && !hasVariable('NO_COLOR');
  }

  /** Whether standard output is a terminal. */
  get isTerminal(): boolean {
    return process.stdout.isTTY;
  }

  /** Columns of the terminal that standard output goes to; the variable COLUMNS says otherwise, as POSIX has it. */
  get width(): number {
    const wanted = /^[1-9][0-9]{1,3}$/.exec(process.env['COLUMNS'] ?? '')?.[0];
    if (wanted !== undefined) return Number(wanted);
    // A terminal that does not know its size has no columns.
    return (process.stdout.isTTY ? process.stdout.columns : 0) || FALLBACK_WIDTH;
  }

  get showsProgress(): boolean {
    return this.#options.progress && !this.#options.quiet && process.stderr.isTTY;
  }

  /** Writes data. A reader that has gone away, as `head` does, is no error. */
  print(text: string): void {
    this.clearProgress();
    writeAll(STDOUT, harmless(text));
  }

  /** Writes lines in their colours, for a terminal that shows them, in steps. */
  *printingPainted(lines: Iterable<Line>): Generator<void, void, undefined> {
    this.clearProgress();
    for (const piece of gather(paintedLines(lines))) {
      writeAll(STDOUT, piece);
      yield;
    }
  }

  /** Writes bytes as they are, which are for no terminal. */
  printBytes(bytes: Uint8Array): void {
    this.clearProgress();
    writeAll(STDOUT, bytes);
  }

  /** As print, for long streams: false when nobody reads any more, so that the writer can stop. */
  stream(text: string): boolean {
    this.clearProgress();
    return writeAll(STDOUT, harmless(text));
  }

  /** A remark that the user may do without; --quiet silences it. */
  note(text: string): void {
    if (this.#options.quiet) return;
    this.clearProgress();
    writeAll(STDERR, `integ: ${plain(text)}\n`);
  }

  /** Something that is wrong although the command goes on. */
  warn(text: string): void {
    this.clearProgress();
    writeAll(STDERR, `${this.#mark('integ: warning:', 'yellow')} ${plain(text)}\n`);
  }

  /** Why the command ends. */
  error(error: UserError): void {
    this.clearProgress();
    const hint = error.hint === undefined ? '' : ` (hint: ${plain(error.hint)})`;
    // The problems of a policy are a line each, and each line is a whole message; nothing else has several.
    const lines = error.code === 'policy' ? error.message.split('\n') : [error.message];
    const mark = this.#mark('integ:', 'red');
    writeAll(STDERR, `${lines.map((line) => `${mark} ${plain(line)}`).join('\n')}${hint}\n`);
  }

  debug(text: string): void {
    writeAll(STDERR, `${harmless(text)}\n`);
  }

  #mark(text: string, color: 'red' | 'yellow'): string {
    return this.#options.color && process.stderr.isTTY && !hasVariable('NO_COLOR')
      ? styleText(color, text, { validateStream: false })
      : text;
  }

  /** Shows one changing line on standard error, when that is a terminal. */
  progress(text: string): void {
    if (!this.showsProgress) return;
    writeAll(STDERR, `${ERASE_LINE}${cut(plain(text), Math.max(20, (process.stderr.columns ?? 80) - 1))}`);
    this.#hasProgressLine = true;
  }

  clearProgress(): void {
    if (!this.#hasProgressLine) return;
    this.#hasProgressLine = false;
    writeAll(STDERR, ERASE_LINE);
  }
}

/** Writes what commander says, as a terminal writes: a reader that has gone away, as `head` does, is no error. */
export const rawOutput = {
  writeOut: (text: string): void => {
    writeAll(STDOUT, harmless(text));
  },
  writeErr: (text: string): void => {
    writeAll(STDERR, harmless(text));
  },
};

function* paintedLines(lines: Iterable<Line>): Generator<string, void, undefined> {
  for (const line of lines) yield `${painted(line)}\n`;
}

function hasVariable(name: string): boolean {
  return (process.env[name] ?? '') !== '';
}

/** Synchronous, so that nothing is lost when the process ends right after. False when the reader has gone. */
function writeAll(descriptor: number, data: string | Uint8Array): boolean {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      const code = errorCode(error);
      // A pipe whose reader is slow is tried again; one whose reader has gone takes nothing more.
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      if (code === 'EPIPE' || descriptor === STDERR) return false;
      throw new UserError('io', `cannot write to standard output: ${code}`, {
        hint: 'check the disk that it is redirected to',
        cause: error,
      });
    }
  }
  return true;
}
