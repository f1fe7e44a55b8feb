/** Log hosts for tests: a socket such as /dev/log, and servers for datagrams, TCP and TLS. They keep what they get. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { parseFrames } from './rfc5424.ts';
import { scratchDirectory } from './scratch.ts';

const UNIX_RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print('ready', flush=True)
while True:
    print(receiver.recv(65536).hex(), flush=True)
`;

/** A datagram socket of the local kind, which only another language can open. */
export async function localLog(path: string): Promise<readonly Uint8Array[]> {
  const received: Uint8Array[] = [];
  const child: ChildProcess = spawn('python3', ['-c', UNIX_RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const lines = createInterface({ input: stdout });
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line === 'ready') resolve();
      else received.push(Buffer.from(line, 'hex'));
    });
  });
  return received;
}

export async function datagramServer(): Promise<{ readonly port: number; readonly received: readonly Uint8Array[] }> {
  const received: Uint8Array[] = [];
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (message) => received.push(message));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, received };
}

export interface StreamServer {
  readonly port: number;
  /** Of each connection, what came. */
  readonly streams: readonly Buffer[];
  /** The messages of all connections that came whole. */
  messages(): readonly Uint8Array[];
}

interface StreamOptions {
  /** Certificate and key in PEM; undefined for plain TCP. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Resets the first connection after so many messages. */
  readonly resetsAfter?: number;
}

/** What was received whole of a stream that may have been cut off. */
function wholeFrames(stream: Buffer): readonly Uint8Array[] {
  for (let end = stream.length; end > 0; end -= 1) {
    try {
      return parseFrames(stream.subarray(0, end));
    } catch {
      // The last frame is not whole.
    }
  }
  return [];
}

export async function streamServer({ tls, resetsAfter }: StreamOptions = {}): Promise<StreamServer> {
  const streams: Buffer[] = [];
  const accept = (socket: Socket): void => {
    const number = streams.push(Buffer.alloc(0)) - 1;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const stream = Buffer.concat([streams[number] ?? Buffer.alloc(0), data]);
      streams[number] = stream;
      if (number === 0 && resetsAfter !== undefined && wholeFrames(stream).length >= resetsAfter) {
        socket.resetAndDestroy();
      }
    });
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  // A client that does not trust us ends the handshake.
  server.on('tlsClientError', () => undefined);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port, so it has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return { port, streams, messages: () => streams.flatMap(wholeFrames) };
}

export interface Authority {
  readonly ca: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** An authority and a certificate of it for 127.0.0.1, made with openssl. */
export function makeAuthority(): Authority {
  const directory = scratchDirectory();
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=test authority');
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', at('key'), '-out', at('cert'), '-subj', '/CN=log host'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-addext', 'basicConstraints=CA:FALSE'],
  );
  return { ca: at('ca.pem'), cert: readFileSync(at('cert')), key: readFileSync(at('key')) };
}
