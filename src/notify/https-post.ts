/**
 * One POST request over HTTPS, or HTTP where the policy allowed it. Follows no redirect, uses no proxy, reads nothing
 * of the answer but its head: what a server says is not to be believed, and not to be waited for.
 */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** From the first byte to the answer, beside the time that the body takes on the slowest link that is supported. */
const DEADLINE_MILLISECONDS = 20_000;
const BYTES_PER_MILLISECOND = 1000;

/** Milliseconds that a body may take. */
export function timeFor(body: Uint8Array): number {
  return body.length / BYTES_PER_MILLISECOND;
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  /** When the server asks to be tried again, as its header says. */
  readonly retryAfter: string | undefined;
}

function isAcceptance({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function answerOf({ statusCode = 0, headers }: IncomingMessage): Answer {
  return { status: statusCode, location: headers.location, retryAfter: headers['retry-after'] };
}

/**
 * Sends a body and gives back the head of the answer. `ca` are the certificate authorities in PEM that count instead of
 * those of Node.js, and the signal ends it. Rejects with an error that has a `code` when there is no answer: ETIMEDOUT
 * when it takes too long.
 */
export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  ca: Buffer | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      agent: false,
    };
    const outgoing =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, ...(ca === undefined ? {} : { ca }) })
        : requestHttp(url, options);
    const giveUp = (): void => {
      outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
    };
    const deadline = setTimeout(giveUp, DEADLINE_MILLISECONDS + timeFor(body));
    const forget = (): void => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', giveUp);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    outgoing.on('response', (response) => {
      const settle = (): void => {
        forget();
        resolve(answerOf(response));
        outgoing.destroy();
      };
      // Nobody has taken what was not sent to its end; a refusal may come before.
      if (isAcceptance(response) && !outgoing.writableFinished) outgoing.once('finish', settle);
      else settle();
    });
    // Comes again when the connection is given up after the answer; by then the promise is settled.
    outgoing.on('error', (error) => {
      forget();
      reject(error);
    });
    outgoing.end(body);
  });
}
