/** Servers and programs that drip, stall or never end: a delivery is over when its time is up, whatever they do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { guardedChannels } from '../../../src/app/notify/channels.ts';
import type { Policy } from '../../../src/model/rule.ts';
import type { Channel, ChannelName, DeliveryError, Message } from '../../../src/notify/channel.ts';
import { deliverOnce, deliverWaiting } from '../../../src/notify/delivery.ts';
import { emailChannel } from '../../../src/notify/email.ts';
import { Outbox } from '../../../src/notify/outbox.ts';
import { syslogChannel } from '../../../src/notify/syslog.ts';
import { webhookChannel } from '../../../src/notify/webhook.ts';
import { change, policyFrom, reportOf } from '../../support/composed-mails.ts';
import { Site } from '../../support/contexts.ts';
import { scratchDirectory, sharedDirectory } from '../../support/scratch.ts';

/** Milliseconds; far less than any single step would be waited for. */
const LIMIT = 1500;
/** Enough for whatever ends by itself on a busy host. */
const AMPLE = 60_000;

const directory = sharedDirectory();

interface Dripping {
  readonly port: number;
  /** Whether every connection was ended by the other side. */
  readonly isQuiet: () => boolean;
}

/** A server that does with each connection what it is told, until the test ends. */
async function serverOf(behave: (socket: Socket) => void): Promise<Dripping> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return { port, isQuiet: () => sockets.size === 0 };
}

/** What a server does that first says something. */
function saying(text: string, then: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write(text);
    then(socket);
  };
}

/** Says the text again and again, a little at a time. */
function drip(socket: Socket, text: string, milliseconds = 100): void {
  const timer = setInterval(() => socket.write(text), milliseconds);
  socket.on('close', () => clearInterval(timer));
}

/** Says the text without a pause, as long as somebody takes it. */
function flood(socket: Socket, text: string): void {
  const piece = text.repeat(Math.ceil(65_536 / text.length));
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

/** Begins a record of a handshake (RFC 8446 section 5.1) that takes for ever. */
function stallTls(socket: Socket): void {
  socket.write(Buffer.from([0x16, 0x03, 0x03, 0x40, 0x00]));
  drip(socket, '\x02');
}

const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  email: emailChannel,
  syslog: syslogChannel,
  webhook: webhookChannel(Date.now),
};
/** As the program loads them, which must hand on that the time is up. */
const guarded = () => guardedChannels(new Site().context);

function policyWith(notify: string): Policy {
  return policyFrom(`version: 1\nrules: [{ paths: [/etc] }]\nnotify: { ${notify} }\n`);
}

async function firstMessage(name: ChannelName, policy: Policy): Promise<Message> {
  const report = reportOf({ changes: [change({ path: '/etc', rule: '/etc', severity: 'low' })] });
  const subject = {
    report,
    policy,
    ruleAt: () => '/etc',
    hostName: 'mail1',
    qualifiedName: async () => 'mail1.example.org',
    now: 0,
    isTest: false,
  };
  const [message] = await CHANNELS[name].compose(subject);
  return message ?? expect.fail('nothing was composed');
}

async function attempt(name: ChannelName, notify: string, limit = LIMIT): Promise<DeliveryError> {
  const policy = policyWith(notify);
  const error = await deliverOnce(await firstMessage(name, policy), policy, guarded(), limit);
  return error ?? expect.fail('it was delivered');
}

const smtpAt = (port: number, security = 'none'): string =>
  `email: { to: [a@example.org], transport: smtp, smtp: { host: 127.0.0.1, port: ${port}, security: ${security} } }`;

describe('a mail server', () => {
  test.each<readonly [string, string, (socket: Socket) => void]>([
    ['greets a byte at a time', 'none', (socket) => drip(socket, '2')],
    ['greets with ever more lines', 'none', (socket) => drip(socket, '220-one more\r\n')],
    ['never ends its answer to EHLO', 'none', saying('220 hello\r\n', (socket) => drip(socket, '250-X\r\n'))],
    ['never ends the handshake of TLS', 'tls', stallTls],
    [
      'never ends the change to TLS',
      'starttls',
      (socket) => {
        socket.write('220 hello\r\n');
        socket.once('data', () => {
          socket.write('250-hello\r\n250 STARTTLS\r\n');
          socket.once('data', () => saying('220 go on\r\n', stallTls)(socket));
        });
      },
    ],
    [
      'takes every command, and the message never',
      'none',
      (socket) => {
        socket.write('220 hello\r\n');
        socket.on('data', (data) => {
          const said = String(data);
          if (/^(EHLO|MAIL|RCPT)/.test(said)) socket.write('250 ok\r\n');
          else if (said.startsWith('DATA')) socket.write('354 go on\r\n');
          else drip(socket, '250-wait\r\n');
        });
      },
    ],
  ])('that %s is given up when the time is up', async (_what, security, behave) => {
    const server = await serverOf(behave);
    const error = await attempt('email', smtpAt(server.port, security));
    expect(error).toMatchObject({ isTemporary: true, isOutOfTime: true });
    expect(error.message).toMatch(/^mail server 127\.0\.0\.1:\d+ .*ended after 1\.5 seconds\)$/);
    await vi.waitUntil(server.isQuiet, { timeout: AMPLE });
  });

  test.each(['2', '220-x\r\n'])('that answers without end (%j) is given up long before', async (text) => {
    const server = await serverOf((socket) => flood(socket, text));
    const error = await attempt('email', smtpAt(server.port), AMPLE);
    expect(error).toMatchObject({ isTemporary: true, isOutOfTime: false });
    expect(error.message).toContain('exceeds maximum allowed size');
    await vi.waitUntil(server.isQuiet, { timeout: AMPLE });
  });
});

describe('a web server', () => {
  const hookAt = (port: number): string => `webhook: { url: 'http://127.0.0.1:${port}/' }`;

  test.each([
    ['answers a byte at a time', 'H'],
    ['says that one should go on, again and again', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('that %s is given up when the time is up', async (_what, text) => {
    const server = await serverOf((socket) => drip(socket, text));
    const error = await attempt('webhook', hookAt(server.port));
    expect(error.isTemporary).toBe(true);
    expect(error.message).toMatch(/cannot be reached/);
    await vi.waitUntil(server.isQuiet, { timeout: AMPLE });
  });

  test('with headers that drip is given up when the time is up', async () => {
    const server = await serverOf(saying('HTTP/1.1 200 OK\r\n', (socket) => drip(socket, 'X-More: x\r\n')));
    expect(await attempt('webhook', hookAt(server.port))).toMatchObject({ isTemporary: true, isOutOfTime: true });
    await vi.waitUntil(server.isQuiet, { timeout: AMPLE });
  });

  test('with headers without end is given up, and a body without end is not read', async () => {
    const heads = await serverOf(saying('HTTP/1.1 200 OK\r\n', (socket) => flood(socket, 'X-More: x\r\n')));
    expect((await attempt('webhook', hookAt(heads.port), AMPLE)).isOutOfTime).toBe(false);
    const bodies = await serverOf((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        flood(socket, '1\r\nx\r\n');
      });
    });
    const policy = policyWith(hookAt(bodies.port));
    expect(await deliverOnce(await firstMessage('webhook', policy), policy, guarded(), AMPLE)).toBeUndefined();
    await vi.waitUntil(bodies.isQuiet, { timeout: AMPLE });
  });
});

test('a log host that never ends the change to TLS is given up when the time is up', async () => {
  const server = await serverOf(stallTls);
  const error = await attempt('syslog', `syslog: { server: 'tls://127.0.0.1:${server.port}' }`);
  expect(error.isTemporary).toBe(true);
  await vi.waitUntil(server.isQuiet, { timeout: AMPLE });
});

describe('the sendmail program', () => {
  const program = (name: string, lines: string): string => {
    const file = join(directory, name);
    writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    return `email: { to: [a@example.org], sendmail: '${file}' }`;
  };
  const isRunning = (pid: number): boolean => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  test('that does not end is ended with all that it started', async () => {
    const note = join(directory, 'pids');
    const error = await attempt('email', program('hanging', `sleep 1000 & echo $! $$ > ${note}; wait`));
    expect(error).toMatchObject({ isTemporary: true, isOutOfTime: true });
    expect(error.message).toMatch(/hanging did not end in time/);
    const pids = readFileSync(note, 'utf8').trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await vi.waitUntil(() => !pids.some(isRunning), { timeout: AMPLE });
  });

  test('that talks without end, or does not read, is ended', async () => {
    expect((await attempt('email', program('talking', 'exec yes'))).isOutOfTime).toBe(true);
    expect((await attempt('email', program('deaf', 'exec sleep 1000'))).isOutOfTime).toBe(true);
  });

  test('that leaves a child with its pipes behind has taken the message, and the child goes on', async () => {
    const note = join(directory, 'child');
    const policy = policyWith(program('forking', `cat > /dev/null; sleep 1000 & echo $! > ${note}`));
    expect(await deliverOnce(await firstMessage('email', policy), policy, guarded(), AMPLE)).toBeUndefined();
    const pid = Number(readFileSync(note, 'utf8'));
    expect(isRunning(pid)).toBe(true);
    process.kill(pid);
  });
});

test('what cannot be ended, as the look-up of a name, holds up nothing either', async () => {
  const never = new Promise<never>(() => undefined);
  const policy = policyWith(smtpAt(1));
  const message = await firstMessage('email', policy);
  const stuck: Channel = { ...emailChannel, deliver: () => never };
  expect(await deliverOnce(message, policy, async () => stuck, LIMIT)).toMatchObject({ isOutOfTime: true });
  expect(await deliverOnce(message, policy, () => never, LIMIT)).toMatchObject({ isOutOfTime: true });
});

test('a delivery has two minutes when nobody says otherwise, and its own pauses on top', async () => {
  const policy = policyWith('syslog: { rate: 1 }');
  const message = await firstMessage('syslog', policy);
  expect(String(message.body).trimEnd().split('\n')).toHaveLength(2);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const hanging = async (_message: Message, _policy: Policy, signal?: AbortSignal): Promise<void> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('ended')));
    });
  let ended = 0;
  const end = (): void => {
    ended += 1;
  };
  const plain: Channel = { name: 'webhook', compose: async () => [], deliver: hanging };
  void deliverOnce({ ...message, channel: 'webhook' }, policy, async () => plain).then(end);
  void deliverOnce(message, policy, async () => ({ ...syslogChannel, deliver: hanging })).then(end);
  await vi.advanceTimersByTimeAsync(119_000);
  expect(ended).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ended).toBe(1);
  await vi.advanceTimersByTimeAsync(2000);
  expect(ended).toBe(2);
});

test('when one message used up its time the others to the same server wait for the next run', async () => {
  const server = await serverOf((socket) => drip(socket, '220-wait\r\n'));
  const outbox = new Outbox(scratchDirectory());
  const policy = policyWith(smtpAt(server.port));
  const message = await firstMessage('email', policy);
  for (const id of ['a', 'b', 'c']) outbox.add({ ...message, id }, { baseline: 'x', report: 'r', at: 1 });
  outbox.add({ ...message, id: 'd', channel: 'webhook' }, { baseline: 'x', report: 'r', at: 2 });
  const outcomes: Record<string, string> = {};
  const taking: Channel = { ...webhookChannel(Date.now), deliver: async () => undefined };
  const results = deliverWaiting(outbox, outbox.contents().messages, {
    policy,
    load: async (name) => (name === 'webhook' ? taking : emailChannel),
    baseline: 'x',
    isUrgent: false,
    now: () => Date.now(),
    isStopping: () => false,
    limit: LIMIT,
  });
  for await (const { message: told, outcome } of results) outcomes[told.id] = outcome.kind;
  expect(outcomes).toEqual({ a: 'failed', b: 'postponed', c: 'postponed', d: 'sent' });
  expect(outbox.contents().messages).toHaveLength(3);
});
