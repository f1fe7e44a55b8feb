import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WebhookSettings } from '../../../src/model/notify.ts';
import type { Report } from '../../../src/model/report.ts';
import type { Policy } from '../../../src/model/rule.ts';
import { DeliveryError, type Message } from '../../../src/notify/channel.ts';
import { webhookChannel } from '../../../src/notify/webhook.ts';
import { jsonReport } from '../../../src/report/json.ts';
import { parseStoredReport } from '../../../src/report/parse.ts';
import { policyOf } from '../../support/compiled-policies.ts';
import { fullReport } from '../../support/sample-reports.ts';
import { sharedDirectory } from '../../support/scratch.ts';
import { type Hook, webhookServer } from '../../support/webhook-server.ts';

/** When everything here happens. */
const NOW = Date.UTC(2026, 4, 17, 3, 0, 0);
const channel = webhookChannel(() => NOW);
const KEY = 'a key of the webhook, 32 bytes long';
const directory = sharedDirectory();
const secret = { file: join(directory, 'key') };
beforeAll(() => writeFileSync(secret.file, `${KEY}\n`, { mode: 0o600 }));

function policyWith(webhook: Partial<WebhookSettings> & { readonly url: string }): Policy {
  return { ...policyOf([{ paths: ['/etc'] }]), notify: { webhook: { when: 'changes', ...webhook } } };
}

async function compose(policy: Policy, report: Report): Promise<readonly Message[]> {
  return channel.compose({
    report,
    policy,
    ruleAt: () => undefined,
    hostName: 'mail1',
    qualifiedName: async () => undefined,
    now: 0,
    isTest: report.test === true,
  });
}

async function messageFor(policy: Policy): Promise<Message> {
  const [message] = await compose(policy, fullReport());
  return message ?? expect.fail('nothing was composed');
}

/** Sends the full report; why it was not taken, if so. */
async function send(webhook: Partial<WebhookSettings> & { readonly url: string }): Promise<DeliveryError | undefined> {
  const policy = policyWith(webhook);
  try {
    await channel.deliver(await messageFor(policy), policy);
    return undefined;
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    throw error;
  }
}

describe('what is sent', () => {
  test('is the JSON report as it is stored, to the byte, also when it comes out of the history', async () => {
    const hook = await webhookServer([204]);
    expect(await send({ url: hook.url })).toBeUndefined();
    const stored = [...jsonReport(fullReport())].join('');
    const [request] = hook.received;
    expect(request?.method).toBe('POST');
    expect(request?.body.toString()).toBe(stored);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': `${fullReport().id}-webhook`,
      'integ-event': 'report',
    });
    const [again] = await compose(policyWith({ url: hook.url }), parseStoredReport([stored]));
    expect(Buffer.from(again?.body ?? '').toString()).toBe(stored);
  });

  test('is signed over id, time and body by the key in the file', async () => {
    const hook = await webhookServer([200]);
    await send({ url: hook.url, secret });
    const [{ headers, body } = expect.fail('nothing came')] = hook.received;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`);
    expect(headers['webhook-timestamp']).toBe(String(NOW / 1000));
  });

  test('is signed by the bytes of a key that is written as Standard Webhooks has it', async () => {
    const bytes = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const file = join(directory, 'whsec');
    writeFileSync(file, `whsec_${bytes.toString('base64')}\n`, { mode: 0o600 });
    const hook = await webhookServer([200]);
    await send({ url: hook.url, secret: { file } });
    const [{ headers, body } = expect.fail('nothing came')] = hook.received;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`);
  });

  test('bears no signature without a key, and is not sent with a key that is too short', async () => {
    const hook = await webhookServer([200]);
    await send({ url: hook.url });
    expect(hook.received[0]?.headers).not.toHaveProperty('webhook-signature');
    const file = join(directory, 'short');
    writeFileSync(file, 'hunter2\n', { mode: 0o600 });
    const refused = await send({ url: hook.url, secret: { file } });
    expect(refused?.message).toContain('shorter than 16 bytes');
    expect(refused?.message).not.toContain('hunter2');
    expect(hook.received).toHaveLength(1);
  });
});

describe('when it is sent', () => {
  const clean: Report = { ...fullReport(), status: 'clean', exitCode: 0 };
  test.each([
    ['changes', fullReport(), 1],
    ['changes', clean, 0],
    ['changes', { ...clean, test: true } as Report, 1],
    ['always', clean, 1],
    ['never', fullReport(), 0],
  ] as const)('%s (%#)', async (when, report, count) => {
    expect(await compose(policyWith({ url: 'https://siem.example.org/s3cret', when }), report)).toHaveLength(count);
  });

  test('the destination in words has no path, which may be a secret', async () => {
    const message = await messageFor(policyWith({ url: 'https://siem.example.org/s3cret?token=1' }));
    expect(message.destination).toBe('https://siem.example.org');
    expect(JSON.stringify(message.envelope)).not.toContain('s3cret');
  });
});

describe('a server that does not take it', () => {
  test('and answers 500 is asked again in the same run, with the same id', async () => {
    const hook = await webhookServer([500, 200]);
    expect(await send({ url: hook.url, secret })).toBeUndefined();
    const ids = hook.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('three times is left alone for this run', async () => {
    const hook = await webhookServer([503]);
    expect(await send({ url: hook.url })).toMatchObject({
      isTemporary: true,
      message: `${originOf(hook)} answered 503`,
    });
    expect(hook.received).toHaveLength(3);
  });

  test.each([400, 401, 404, 413])('and answers %i is not asked again', async (status) => {
    const hook = await webhookServer([status]);
    expect(await send({ url: hook.url })).toMatchObject({ isTemporary: false });
    expect(hook.received).toHaveLength(1);
  });

  test('and redirects is not followed', async () => {
    const other = await webhookServer([200]);
    const hook = await webhookServer([(response) => response.writeHead(307, { location: other.url }).end()]);
    const error = await send({ url: hook.url });
    expect(error).toMatchObject({ isTemporary: false });
    expect(error?.message).toContain(`redirects (307) to ${other.url}`);
    expect(other.received).toHaveLength(0);
  });

  test('for minutes, as its Retry-After says, is left to a later run', async () => {
    const hook = await webhookServer([(response) => response.writeHead(429, { 'retry-after': '600' }).end()]);
    expect(await send({ url: hook.url })).toMatchObject({ isTemporary: true });
    expect(hook.received).toHaveLength(1);
  });

  test('until a time too far away, as its Retry-After says, is left to a later run', async () => {
    const later = new Date(NOW + 600_000).toUTCString();
    const hook = await webhookServer([(response) => response.writeHead(429, { 'retry-after': later }).end()]);
    expect(await send({ url: hook.url })).toMatchObject({ isTemporary: true });
    expect(hook.received).toHaveLength(1);
  });

  test('until a time that is soon, as its Retry-After says, is asked again', async () => {
    const soon = new Date(NOW + 1000).toUTCString();
    const hook = await webhookServer([(response) => response.writeHead(503, { 'retry-after': soon }).end(), 202]);
    expect(await send({ url: hook.url })).toBeUndefined();
    expect(hook.received).toHaveLength(2);
  });

  test('for a second, as its Retry-After says, is asked again', async () => {
    const hook = await webhookServer([(response) => response.writeHead(429, { 'retry-after': '1' }).end(), 202]);
    expect(await send({ url: hook.url })).toBeUndefined();
    expect(hook.received).toHaveLength(2);
  });

  test('since the connection dies is asked again', async () => {
    const hook = await webhookServer([(response) => response.destroy(), 200]);
    expect(await send({ url: hook.url })).toBeUndefined();
    expect(hook.received).toHaveLength(2);
  });

  test('since it is not there', async () => {
    const error = await send({ url: 'http://127.0.0.1:1/' });
    expect(error).toMatchObject({ isTemporary: true });
    expect(error?.message).toBe('http://127.0.0.1:1 cannot be reached: ECONNREFUSED');
  });

  test('but talks of something else', async () => {
    const hook = await webhookServer([(response) => response.socket?.end('220 mx ESMTP\x1b[2J\r\n')]);
    const error = await send({ url: hook.url });
    expect(error).toMatchObject({ isTemporary: true });
    expect(error?.message).toMatch(/^[\x20-\x7e]+$/);
  });
});

function originOf({ url }: Hook): string {
  return new URL(url).origin;
}

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!HAS_OPENSSL)('over TLS (needs openssl)', () => {
  const files = { key: join(directory, 'tls.key'), cert: join(directory, 'tls.pem') };
  beforeAll(() => {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const made = spawnSync('openssl', [...kind, '-keyout', files.key, '-out', files.cert, ...subject]);
    expect(made.status, String(made.stderr)).toBe(0);
  });
  const certificate = () => ({ key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') });

  test('a certificate of the own authority is trusted', async () => {
    const hook = await webhookServer([200], certificate());
    expect(await send({ url: hook.url, ca: files.cert })).toBeUndefined();
    expect(hook.received).toHaveLength(1);
  });

  test('a certificate that nobody vouches for gets nothing', async () => {
    const hook = await webhookServer([200], certificate());
    const error = await send({ url: hook.url });
    expect(error).toMatchObject({ isTemporary: true });
    expect(error?.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(hook.received).toHaveLength(0);
  });

  test('authorities that cannot be read are named', async () => {
    const error = await send({ url: 'https://127.0.0.1:1/', ca: join(directory, 'none.pem') });
    expect(error?.message).toContain('none.pem cannot be read (ENOENT)');
  });
});
