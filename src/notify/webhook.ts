/**
 * The webhook channel: POST of the JSON report, exactly as it is stored, signed as Standard Webhooks has it
 * (standardwebhooks.com): the headers webhook-id, webhook-timestamp and webhook-signature, the last an HMAC-SHA-256
 * over the other two and the body.
 */
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { printableText } from '../model/bytes.ts';
import { errorCode } from '../model/errors.ts';
import type { WebhookSettings } from '../model/notify.ts';
import type { Policy } from '../model/rule.ts';
import { jsonReport } from '../report/json.ts';
import { readAuthorities } from './authorities.ts';
import { type Channel, DeliveryError, isWanted, type Message, type MessageSource } from './channel.ts';
import { LONGEST_DELIVERY, within } from './deadline.ts';
import { type Answer, post, timeFor } from './https-post.ts';
import { readSecret } from './secret.ts';

/** Milliseconds before the second and the third attempt of one run. */
const PAUSES = [500, 2000];
/** A server that asks for a longer pause gets the next run. */
const LONGEST_PAUSE = 10_000;
const SHORTEST_KEY_BYTES = 16;
/** What says that the report is to blame: Bad Request, Content Too Large, Unsupported Media Type, Unprocessable. */
const REFUSALS = [400, 413, 415, 422];
/** Request Timeout, Too Early, Too Many Requests: the others of 400 to 499 say that the request itself is wrong. */
const TEMPORARY_REFUSALS = [408, 425, 429];

/** What the HMAC is keyed with: base64 after `whsec_`, as Standard Webhooks writes keys, or the text itself. */
function keyOf(secret: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const key = encoded === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(encoded, 'base64');
  if (key.length >= SHORTEST_KEY_BYTES) return key;
  throw new DeliveryError(
    `the key of the webhook is shorter than ${SHORTEST_KEY_BYTES} bytes: make one with "openssl rand -hex 32"`,
    true,
  );
}

function signatureOf(key: Buffer, id: string, timestamp: string, body: Uint8Array): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** The headers of one attempt, which is signed with its own time. */
function headersOf({ id, body, envelope }: Message, key: Buffer | undefined, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    'content-type': 'application/json',
    'user-agent': 'integ',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'integ-event': envelope['event'] === 'test' ? 'test' : 'report',
    ...(key === undefined ? {} : { 'webhook-signature': signatureOf(key, id, timestamp, body) }),
  };
}

/** Milliseconds that Retry-After asks for in its two forms, RFC 9110 section 10.2.3; undefined for anything else. */
function pauseOf({ retryAfter }: Answer, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Why an answer is none of acceptance; undefined when it is one. */
function refusalOf({ status, location }: Answer, origin: string): DeliveryError | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    const where = location === undefined ? '' : ` to ${printableText(location)}`;
    return new DeliveryError(`${origin} redirects (${status})${where}: put the right URL into the policy`, false, {
      isRefusal: false,
    });
  }
  const isTemporary = status >= 500 || TEMPORARY_REFUSALS.includes(status);
  return new DeliveryError(`${origin} answered ${status}`, isTemporary, { isRefusal: REFUSALS.includes(status) });
}

/** One attempt: undefined when the server took the message, else why not and when it wants the next attempt. */
async function attempt(
  message: Message,
  settings: WebhookSettings,
  key: Buffer | undefined,
  ca: Buffer | undefined,
  signal: AbortSignal,
  now: () => number,
): Promise<{ readonly error: DeliveryError; readonly pause: number | undefined } | undefined> {
  const url = new URL(settings.url);
  try {
    const answer = await post(url, headersOf(message, key, now()), message.body, ca, signal);
    const error = refusalOf(answer, url.origin);
    return error === undefined ? undefined : { error, pause: pauseOf(answer, now()) };
  } catch (error) {
    const code = printableText(errorCode(error));
    return {
      error: new DeliveryError(`${url.origin} cannot be reached: ${code}`, true, {
        cause: error,
        isOutOfTime: code === 'ETIMEDOUT',
      }),
      pause: undefined,
    };
  }
}

async function deliver(
  message: Message,
  settings: WebhookSettings,
  signal: AbortSignal,
  now: () => number,
): Promise<void> {
  const key = settings.secret === undefined ? undefined : keyOf(readSecret(settings.secret));
  const ca = readAuthorities(settings.ca);
  for (const pause of [...PAUSES, undefined]) {
    const refused = await attempt(message, settings, key, ca, signal, now);
    if (refused === undefined) return;
    const { error, pause: wanted = 0 } = refused;
    if (!error.isTemporary || pause === undefined || wanted > LONGEST_PAUSE) throw error;
    await within(signal, wait(Math.max(pause, wanted))).catch(() => {
      throw error;
    });
  }
}

/** `now`: milliseconds since the epoch. */
export function webhookChannel(now: () => number): Channel {
  return {
    name: 'webhook',

    async compose(source: MessageSource): Promise<readonly Message[]> {
      const { policy, report, isTest } = source;
      const { webhook } = policy.notify;
      if (webhook === undefined || !isWanted(webhook, source)) return [];
      const pieces = [...jsonReport(report)].map((piece) => Buffer.from(piece, 'utf8'));
      return [
        {
          id: `${report.id}-webhook`,
          channel: 'webhook',
          // What follows the host may be a secret of its own.
          destination: printableText(new URL(webhook.url).origin),
          body: Buffer.concat(pieces),
          envelope: { event: isTest ? 'test' : 'report' },
        },
      ];
    },

    async deliver(message: Message, { notify }: Policy, signal = AbortSignal.timeout(LONGEST_DELIVERY)): Promise<void> {
      if (notify.webhook === undefined) throw new DeliveryError('the policy has no webhook any more', false);
      await deliver(message, notify.webhook, signal, now);
    },

    ownPauses: ({ body }: Message): number => timeFor(body),
  };
}
