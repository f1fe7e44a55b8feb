/** A web server for tests, which keeps what it got and answers as it is told. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Received {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What becomes of a request: a status, or a function that does something else. */
export type Answer = number | ((response: ServerResponse) => void);

export interface Hook {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** The answers to come; the last one stays. */
  answers: Answer[];
}

/** Starts a server on a free port of this host; with a certificate it speaks TLS. Gone after the test. */
export async function webhookServer(
  answers: readonly Answer[],
  certificate?: { readonly key: string; readonly cert: string },
): Promise<Hook> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push({ method: request.method ?? '', headers: request.headers, body: Buffer.concat(pieces) });
      const answer = hook.answers.length > 1 ? hook.answers.shift() : hook.answers[0];
      if (typeof answer === 'function') answer(response);
      else response.writeHead(answer ?? 200).end();
    });
  };
  const server: Server = certificate === undefined ? createServer(listener) : createSecureServer(certificate, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  const scheme = certificate === undefined ? 'http' : 'https';
  const hook: Hook = { url: `${scheme}://127.0.0.1:${port}/integ`, port, received, answers: [...answers] };
  return hook;
}
