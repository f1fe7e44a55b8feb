/** Lines of syslog to a log host: datagrams (RFC 5426), a TCP connection (RFC 6587) or TLS (RFC 5425). */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { printableText } from '../model/bytes.ts';
import { errorCode, errorMessage } from '../model/errors.ts';
import type { SyslogSettings } from '../model/notify.ts';
import { readAuthorities } from './authorities.ts';
import { DeliveryError } from './channel.ts';
import { withPatience } from './deadline.ts';
import type { Carrier } from './syslog-carrier.ts';

/** Milliseconds for one step: connecting, or sending what goes at once. */
const PATIENCE = 10_000;
/** Milliseconds in which a log host that refuses says so. */
const GRACE = 500;

const BATCHES_A_SECOND = 10;

type Server = NonNullable<SyslogSettings['server']>;

/** The log host for people. */
export function serverName({ protocol, host, port }: Server): string {
  return `${protocol}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function unreachable(server: Server, error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const code = errorCode(error);
  const why = printableText(code === 'EUNKNOWN' ? errorMessage(error) : code);
  const isOutOfTime = code === 'ETIMEDOUT';
  return new DeliveryError(`${serverName(server)} cannot be reached: ${why}`, true, { cause: error, isOutOfTime });
}

/** What the datagrams and the streams have in common: lines are sure once the next ones could be sent. */
abstract class RemoteLog implements Carrier {
  readonly batch: number;
  taken = 0;
  #written = 0;
  #failure: unknown;
  readonly #server: Server;
  readonly #signal: AbortSignal;

  constructor(server: Server, rate: number, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
    this.batch = Math.max(1, Math.floor(rate / BATCHES_A_SECOND));
  }

  protected abstract write(line: string): Promise<void>;
  /** Ends the connection; resolves when nothing more is to be heard from the log host, or at the end of the grace. */
  protected abstract end(): Promise<void>;
  abstract abandon(): void;

  protected fail(error: unknown): void {
    this.#failure ??= error;
  }

  #requireSound(): void {
    if (this.#failure !== undefined) throw unreachable(this.#server, this.#failure);
    this.taken = this.#written;
  }

  async send(lines: readonly string[]): Promise<void> {
    this.#requireSound();
    try {
      for (const line of lines) await withPatience(this.#signal, PATIENCE, this.write(line));
    } catch (error) {
      this.fail(error);
    }
    if (this.#failure !== undefined) throw unreachable(this.#server, this.#failure);
    this.#written += lines.length;
  }

  async close(): Promise<void> {
    await this.end();
    this.#requireSound();
  }
}

/** Datagrams (RFC 5426). That nobody listens is only known when the other host says so; that they arrive, never. */
class DatagramLog extends RemoteLog {
  readonly #socket: DatagramSocket;

  constructor(server: Server, rate: number, signal: AbortSignal, socket: DatagramSocket) {
    super(server, rate, signal);
    this.#socket = socket;
    socket.on('error', (error) => this.fail(error));
  }

  static async open(server: Server, rate: number, signal: AbortSignal): Promise<DatagramLog> {
    const { address, family } = await withPatience(signal, PATIENCE, lookup(server.host));
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const log = new DatagramLog(server, rate, signal, socket);
    // Connected, so that the system tells when the other host refuses.
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(server.port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    return log;
  }

  protected write(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(line, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  protected async end(): Promise<void> {
    await wait(GRACE);
  }

  abandon(): void {
    this.#socket.close();
  }
}

/** A stream with octet counting (RFC 6587 section 3.4.1, RFC 5425 section 4.3). */
class StreamLog extends RemoteLog {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #isEnding = false;

  constructor(server: Server, rate: number, signal: AbortSignal, socket: Socket) {
    super(server, rate, signal);
    this.#socket = socket;
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    socket.on('error', (error) => this.fail(error));
    socket.on('end', () => {
      if (!this.#isEnding) this.fail(Object.assign(new Error('closed by the log host'), { code: 'ECONNRESET' }));
    });
    // Nothing is expected, but unread data would keep its end from being seen.
    socket.resume();
  }

  static async open(server: Server, rate: number, signal: AbortSignal): Promise<StreamLog> {
    const { host, port } = server;
    const isSecure = server.protocol === 'tls';
    const ca = readAuthorities(server.ca);
    const socket = isSecure
      ? connectTls({
          host,
          port,
          minVersion: 'TLSv1.2',
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(ca === undefined ? {} : { ca }),
        })
      : connectTcp({ host, port });
    try {
      await withPatience(
        signal,
        PATIENCE,
        new Promise<void>((resolve, reject) => {
          socket.once('error', reject);
          socket.once(isSecure ? 'secureConnect' : 'connect', () => {
            socket.off('error', reject);
            resolve();
          });
        }),
      );
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new StreamLog(server, rate, signal, socket);
  }

  protected write(line: string): Promise<void> {
    const octets = Buffer.from(line, 'utf8');
    const frame = Buffer.concat([Buffer.from(`${octets.length} `, 'ascii'), octets]);
    return new Promise((resolve, reject) => {
      this.#socket.write(frame, (error) => (error === undefined || error === null ? resolve() : reject(error)));
    });
  }

  protected async end(): Promise<void> {
    this.#isEnding = true;
    this.#socket.end();
    // A log host that reads to the end closes, too; one that does not keeps us no longer than this.
    await Promise.race([this.#closed, wait(GRACE, undefined, { ref: false })]);
  }

  abandon(): void {
    this.#socket.destroy();
  }
}

/** Throws a DeliveryError when the log host cannot be reached. */
export async function openRemoteLog(server: Server, rate: number, signal: AbortSignal): Promise<Carrier> {
  try {
    return await (server.protocol === 'udp'
      ? DatagramLog.open(server, rate, signal)
      : StreamLog.open(server, rate, signal));
  } catch (error) {
    throw unreachable(server, error);
  }
}
