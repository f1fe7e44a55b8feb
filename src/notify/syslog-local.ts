/** Lines of syslog to the log of this host, through the logger program. */
import { realpathSync } from 'node:fs';
import { printableText } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { runChild } from '../system/child-program.ts';
import { DeliveryError } from './channel.ts';
import type { Carrier } from './syslog-carrier.ts';
import { LARGEST_LINE, marked, readLine } from './syslog-line.ts';

const LOGGER = '/usr/bin/logger';
/** Milliseconds for one line. */
const PATIENCE = 10_000;

/** The socket of the journal of systemd, which does not read RFC 5424: systemd issue 19251. */
const JOURNAL = '/run/systemd/journal/';

function isJournal(socket: string): boolean {
  try {
    return realpathSync(socket).startsWith(JOURNAL);
  } catch {
    // logger says that it is not there, and why.
    return false;
  }
}

/**
 * What logger is to be called with, and to read, for a line. The journal gets the traditional form, in which it finds
 * the tag; the rest of the line stands in its text.
 */
export function loggerCall(line: string, socket: string, toJournal: boolean): { parameters: string[]; input: string } {
  const read = readLine(line);
  if (read === undefined) throw new DeliveryError('a line of the message is not one that integ wrote', false);
  const { priority, tag, processId, messageId, sdId, parameters, text } = read;
  const common = ['--socket', socket, '--socket-errors=on', '--size', String(LARGEST_LINE * 2)];
  // The one prefix of the input is all that logger reads of it; the facility of the kernel becomes that of users.
  common.push('--prio-prefix', '--tag', tag, `--id=${processId}`);
  if (toJournal) {
    const structured = [sdId, ...parameters].join(' ');
    return { parameters: common, input: `<${priority}>${messageId} [${structured}] ${text}\n` };
  }
  common.push('--rfc5424=notq', '--msgid', messageId, '--sd-id', sdId);
  for (const parameter of parameters) common.push('--sd-param', parameter);
  return { parameters: common, input: `<${priority}>${marked(text)}\n` };
}

/** The logger program (util-linux), one process a line: the structured data of a line are arguments of it. */
export class LocalLog implements Carrier {
  readonly batch = 1;
  taken = 0;
  readonly #socket: string;
  readonly #toJournal: boolean;
  readonly #signal: AbortSignal;

  constructor(socket: string, signal: AbortSignal) {
    this.#socket = socket;
    this.#toJournal = isJournal(socket);
    this.#signal = signal;
  }

  async send(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const { parameters, input } = loggerCall(line, this.#socket, this.#toJournal);
      await this.#run(parameters, input);
      this.taken += 1;
    }
  }

  async #run(parameters: readonly string[], input: string): Promise<void> {
    const step = new AbortController();
    const timer = setTimeout(() => step.abort(), PATIENCE);
    try {
      const signal = AbortSignal.any([this.#signal, step.signal]);
      const { status, stderr } = await runChild(LOGGER, parameters, Buffer.from(input, 'utf8'), signal);
      if (status === 0) return;
      const why = stderr.trim() === '' ? `ended with ${status ?? 'a signal'}` : stderr.trim();
      throw new DeliveryError(`${LOGGER} did not take a line: ${printableText(why)}`, true);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      const hint = error.code === 'ENOENT' ? ': install it (util-linux), or name a log host' : '';
      throw new DeliveryError(`${error.message}${hint}`, true, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    // Each line was taken by a process that has ended.
  }

  abandon(): void {
    // Nothing is open.
  }
}
