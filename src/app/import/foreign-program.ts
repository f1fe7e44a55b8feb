/**
 * Runs a program that an import compares with, and hands on what it prints line by line, up to bounds of time and
 * length.
 */
import { printableText } from '../../model/bytes.ts';
import { errorCode, SystemError, UserError } from '../../model/errors.ts';
import { RunningProgram } from '../../system/running-program.ts';
import type { Context } from '../context.ts';

const LONGEST_COMPLAINT = 1000;
/** Bytes of a line, and of all lines: some millions of objects. */
const LONGEST_LINE = 1 << 22;
const LONGEST_OUTPUT = 2 ** 31;
/** Milliseconds: Tripwire reads the content of a whole system. */
const PATIENCE = 12 * 3600 * 1000;
const NEWLINE = 0x0a;

/** Cuts what comes in pieces into lines, one character a byte. */
class Lines {
  #begun: Buffer[] = [];
  #begunLength = 0;
  #length = 0;

  /** Undefined when there is more than there may be. */
  take(chunk: Buffer): readonly string[] | undefined {
    this.#length += chunk.length;
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(this.#completed(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.#begun.push(chunk.subarray(start));
    this.#begunLength += chunk.length - start;
    return this.#begunLength > LONGEST_LINE || this.#length > LONGEST_OUTPUT ? undefined : lines;
  }

  /** The last line, where no newline ended it. */
  end(): readonly string[] {
    return this.#begunLength === 0 ? [] : [this.#completed(Buffer.alloc(0))];
  }

  #completed(end: Buffer): string {
    const line = Buffer.concat([...this.#begun, end]).toString('latin1');
    this.#begun = [];
    this.#begunLength = 0;
    return line;
  }
}

/** A program of somebody else that this system cannot run is no defect of ours. */
function notRunnable(program: string, error: unknown): UserError {
  const hint = `see why with ${program} --version, or leave out --compare`;
  return new UserError('lacking', `--compare: ${program} cannot be run: ${errorCode(error)}`, { hint, cause: error });
}

function startForeignProgram(program: string, parameters: readonly string[]): RunningProgram {
  try {
    return new RunningProgram(program, parameters, {
      environment: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      directory: '/',
    });
  } catch (error) {
    if (error instanceof SystemError) throw notRunnable(program, error);
    throw error;
  }
}

/**
 * Lines have one character a byte. `what` names the run in messages. Throws a UserError when the program ends with a
 * status that `isDone` does not take, which is any but 0 when not given, or does not come to its end.
 */
export async function runForeignProgram(
  context: Context,
  program: string,
  parameters: readonly string[],
  what: string,
  take: (line: string) => void,
  isDone: (status: number | null) => boolean = (status) => status === 0,
): Promise<void> {
  const running = startForeignProgram(program, parameters);
  const failed = (problem: string): UserError =>
    new UserError('io', `${program} ${what} ${problem}`, { hint: 'run it by hand to see what it does' });
  const forget = context.onSignal(() => running.kill());
  const timer = setTimeout(() => running.stop(failed(`did not end in ${PATIENCE / 3_600_000} hours`)), PATIENCE);
  try {
    const lines = new Lines();
    for await (const chunk of running.output()) {
      const whole = lines.take(chunk);
      if (whole === undefined) throw failed('prints more than can be read');
      for (const line of whole) take(line);
    }
    for (const line of lines.end()) take(line);
    const { code, error } = await running.ended;
    if (error !== undefined) throw notRunnable(program, error);
    if (!isDone(code)) {
      const said = running.complaint.toString('latin1').trim().replaceAll(/\s+/g, ' ').slice(-LONGEST_COMPLAINT);
      const complaint = said === '' ? '' : `: ${printableText(said)}`;
      throw new UserError('io', `${program} ${what} ended with ${code ?? 'a signal'}${complaint}`);
    }
  } finally {
    clearTimeout(timer);
    running.kill();
    forget();
  }
}
