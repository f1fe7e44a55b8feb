import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import type { Policy } from '../../src/model/rule.ts';
import { DeliveryError, type Message } from '../../src/notify/channel.ts';
import { syslogChannel, syslogChannelAt } from '../../src/notify/syslog.ts';
import { loggerCall } from '../../src/notify/syslog-local.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { readerOf } from '../support/compiled-policies.ts';
import { reportAbout } from '../support/hostile-names.ts';
import { box, type Outcome } from '../support/integ.ts';
import { datagramServer, localLog, makeAuthority, streamServer } from '../support/log-hosts.ts';
import { parseSyslog, type SyslogMessage } from '../support/rfc5424.ts';
import { fullReport, sampleReport } from '../support/sample-reports.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { until } from '../support/waiting.ts';

const SD_ID = 'integ@32473';
const hasLogger = existsSync('/usr/bin/logger');

function policyWith(settings: string): Policy {
  const text = `version: 1\nrules:\n  - { name: r, paths: [/etc] }\nnotify:\n  syslog: ${settings}\n`;
  return loadPolicy('p.yaml', readerOf({ 'p.yaml': text })).policy;
}

async function compose(report: Report, policy: Policy, isTest = false): Promise<Message> {
  const [message] = await syslogChannel.compose({
    report,
    policy,
    hostName: 'web1',
    qualifiedName: async () => undefined,
    now: 0,
    ruleAt: () => undefined,
    isTest,
  });
  if (message === undefined) throw new Error('a message is expected');
  return message;
}

function parameters(message: SyslogMessage | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(message?.data.get(SD_ID) ?? []);
}

function linesOf({ body }: Message): readonly SyslogMessage[] {
  const lines = Buffer.from(body).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => parseSyslog(Buffer.from(line, 'utf8')));
}

/** What is the same however a line came here. */
function essence({ facility, severity, appName, msgId, data, text }: SyslogMessage) {
  return { facility, severity, appName, msgId, text, data: Object.fromEntries(data.get(SD_ID) ?? []) };
}

/** A report of so many new files. */
function flood(count: number): Report {
  const files = Array.from({ length: count }, (_, index) => [`/f${index}`, { content: 'x', inode: index + 1 }]);
  return sampleReport({ before: {}, now: Object.fromEntries(files) });
}

const NAMES = [
  'plain',
  'ends"]',
  'b\\s\n<13>1',
  '-p',
  '--tag=x',
  'é\xff'.replace('é', '\xc3\xa9'),
  '\x1b[2J',
  '%s$(id)`id`',
];

test('a report is a summary and one line a finding, the most severe first', async () => {
  const messages = linesOf(await compose(fullReport(), policyWith('{ facility: local3, tag: fim }')));
  expect(messages[0]).toMatchObject({ msgId: 'SUMMARY', severity: 3, facility: 19, appName: 'fim', hostName: 'web1' });
  expect(messages[0]?.text).toMatch(/^INCOMPLETE: mail1: 1 error/);
  expect(parameters(messages[0])).toMatchObject({ status: 'incomplete', unread: '1', dropped: '0', exitCode: '31' });
  expect(parameters(messages[0])['lines']).toBe(String(messages.length - 1));
  const severities = messages.slice(1).map(({ severity }) => severity);
  expect(severities).toEqual([...severities].sort());
  expect(new Set(messages.map(({ msgId }) => msgId))).toEqual(
    new Set(['SUMMARY', 'ADDED', 'REMOVED', 'CHANGED', 'MOVED', 'VIOLATION', 'UNREAD']),
  );
  const changed = messages.find(
    ({ msgId, data }) => msgId === 'CHANGED' && data.get(SD_ID)?.get('path') === '/etc/motd',
  );
  expect(parameters(changed)).toMatchObject({
    change: 'crc32,sha256',
    rule: 'everything',
    flags: 'content-changed-times-kept',
  });
  expect(parameters(changed)['old']).toMatch(/^[0-9a-f]{64}$/);
});

test('what is beyond the limit is dropped, the least severe, and counted in the summary', async () => {
  const report = { ...fullReport(), changes: [...fullReport().changes, ...flood(50).changes] };
  const summary = { ...report.summary, added: report.summary.added + 50 };
  const messages = linesOf(await compose({ ...report, summary }, policyWith('{ max: 4 }')));
  expect(messages).toHaveLength(5);
  expect(parameters(messages[0])).toMatchObject({ lines: '4', dropped: '53' });
  expect(messages[0]?.text).toContain('53 findings not sent: integ report show 20260102-030405-a1b2');
  expect(messages.slice(1).every(({ severity }) => severity <= 3)).toBe(true);
});

test('a clean report is told only where it is wanted, and a test says that it is one', async () => {
  const tree = { '/a': { content: 'x' } };
  const clean = sampleReport({ before: tree, now: tree });
  const subject = {
    report: clean,
    hostName: 'web1',
    qualifiedName: async () => undefined,
    now: 0,
    ruleAt: () => undefined,
    isTest: false,
  };
  expect(await syslogChannel.compose({ ...subject, policy: policyWith('{}') })).toEqual([]);
  expect(await syslogChannel.compose({ ...subject, policy: policyWith('{ when: never }') })).toEqual([]);
  const [line] = linesOf(await compose(clean, policyWith('{ when: always }')));
  expect(line).toMatchObject({ msgId: 'SUMMARY', severity: 6 });
  const [only, ...more] = linesOf(await compose(clean, policyWith('{}'), true));
  expect(more).toEqual([]);
  expect(only).toMatchObject({ msgId: 'TEST', severity: 5 });
  expect(only?.text).toMatch(/^TEST /);
});

test.skipIf(!hasLogger)(
  'logger brings facility, tag and structured data to the local socket, whatever the names are (needs logger)',
  async () => {
    const socket = join(scratchDirectory(), 'log');
    const received = await localLog(socket);
    const policy = policyWith('{ facility: local3, tag: fim, rate: 10000 }');
    const message = await compose(reportAbout(NAMES, 'to', '"]\\=é'), policy);
    await syslogChannelAt(socket).deliver(message, policy);
    await until(() => received.length >= linesOf(message).length, 'all lines arrived');
    expect(received.map((octets) => essence(parseSyslog(octets)))).toEqual(linesOf(message).map(essence));
  },
);

test('the journal of systemd gets the tag where it looks for it, and the rest as text', async () => {
  const [, line = ''] = Buffer.from((await compose(flood(1), policyWith('{ tag: fim }'))).body)
    .toString()
    .split('\n');
  const { parameters: call, input } = loggerCall(line, '/dev/log', true);
  expect(call).not.toContain('--rfc5424=notq');
  expect(call.slice(call.indexOf('--tag'))[1]).toBe('fim');
  expect(input).toMatch(/^<84>ADDED \[integ@32473 path="\/f0" .*\] added \/f0\n$/);
});

test.skipIf(!hasLogger)(
  'without a system log nothing is taken, and the whole message waits (needs logger)',
  async () => {
    const policy = policyWith('{}');
    const delivery = syslogChannelAt('/nonexistent/log').deliver(await compose(flood(2), policy), policy);
    const error = await delivery.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ isTemporary: true, rest: undefined });
    expect(String(error)).toContain('/nonexistent/log');
  },
);

test('datagrams hold one line each', async () => {
  const { port, received } = await datagramServer();
  const policy = policyWith(`{ server: 'udp://127.0.0.1:${port}', rate: 10000 }`);
  const message = await compose(reportAbout(NAMES, 'to', 'x'), policy);
  expect(message.destination).toBe(`udp://127.0.0.1:${port}`);
  await syslogChannel.deliver(message, policy);
  await until(() => received.length >= linesOf(message).length, 'all lines arrived');
  expect(received.map(parseSyslog)).toEqual(linesOf(message));
});

test('no more lines go out in a second than the settings allow', async () => {
  const { port } = await datagramServer();
  const policy = policyWith(`{ server: 'udp://127.0.0.1:${port}', rate: 20 }`);
  const message = await compose(flood(9), policy);
  const start = performance.now();
  await syslogChannel.deliver(message, policy);
  // Ten lines, two at once, twenty a second: four pauses of a tenth of a second at least.
  expect(performance.now() - start).toBeGreaterThan(390);
});

test('a datagram that the other host refuses is no delivery', async () => {
  const { port } = await streamServer();
  // Nobody listens for datagrams where one listens for connections.
  const policy = policyWith(`{ server: 'udp://127.0.0.1:${port}' }`);
  await expect(syslogChannel.deliver(await compose(flood(1), policy), policy)).rejects.toThrow(/ECONNREFUSED/);
});

test('a connection counts the octets of each line', async () => {
  const server = await streamServer();
  const policy = policyWith(`{ server: 'tcp://127.0.0.1:${server.port}', rate: 10000 }`);
  const message = await compose(reportAbout(NAMES, 'to', 'é"]'), policy);
  await syslogChannel.deliver(message, policy);
  expect(server.messages().map(parseSyslog)).toEqual(linesOf(message));
});

test('what was taken before a connection broke is not sent again, and nothing is lost', async () => {
  const server = await streamServer({ resetsAfter: 25 });
  const policy = policyWith(`{ server: 'tcp://127.0.0.1:${server.port}', rate: 100 }`);
  const message = await compose(flood(60), policy);
  const error: unknown = await syslogChannel.deliver(message, policy).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeliveryError) || error.rest === undefined)
    throw new Error(`a rest is expected: ${String(error)}`);
  expect(error.isTemporary).toBe(true);
  expect(error.rest.id).toBe(message.id);
  await syslogChannel.deliver(error.rest, policy);
  const numbers = server.messages().map((octets) => Number(parameters(parseSyslog(octets))['n']));
  expect([...new Set(numbers)].sort((left, right) => left - right)).toEqual(linesOf(message).map((_, index) => index));
  // Of the ten that went at once nobody can know.
  expect(numbers.length - new Set(numbers).size).toBeLessThanOrEqual(10);
});

test('a log host that hangs up is no delivery', async () => {
  const server = await streamServer({ resetsAfter: 1 });
  const policy = policyWith(`{ server: 'tcp://127.0.0.1:${server.port}', rate: 10000 }`);
  await expect(syslogChannel.deliver(await compose(flood(1), policy), policy)).rejects.toThrow(DeliveryError);
});

test('a log host that is not there is a failure that waits', async () => {
  const { port } = await datagramServer();
  const policy = policyWith(`{ server: 'tcp://127.0.0.1:${port}' }`);
  const delivery = syslogChannel.deliver(await compose(flood(1), policy), policy);
  await expect(delivery).rejects.toMatchObject({ isTemporary: true, rest: undefined });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!hasOpenssl)(
  'TLS brings the lines to a log host that our authority vouches for, and to no other (needs openssl)',
  async () => {
    const authority = makeAuthority();
    const server = await streamServer({ tls: authority });
    const at = `server: 'tls://127.0.0.1:${server.port}', rate: 10000`;
    const trusting = policyWith(`{ ${at}, ca: '${authority.ca}' }`);
    const message = await compose(reportAbout(NAMES, 'to', 'x'), trusting);
    await syslogChannel.deliver(message, trusting);
    expect(server.messages().map(parseSyslog)).toEqual(linesOf(message));
    for (const settings of [`{ ${at} }`, `{ ${at}, ca: '${makeAuthority().ca}' }`]) {
      await expect(syslogChannel.deliver(message, policyWith(settings))).rejects.toThrow(
        /cannot be reached: .*(CERT|SELF_SIGNED|ISSUER|VERIFY)/,
      );
    }
    expect(server.messages()).toHaveLength(linesOf(message).length);
  },
);

/** A check of a new file in a box. */
function checked(settings: string, under: readonly string[] = []): Promise<Outcome> {
  const place = box();
  place.policyText(
    `version: 1\nname: test\nrules:\n  - { name: tree, paths: ['${place.tree}'] }\nnotify:\n  syslog: ${settings}\n`,
  );
  place.file('old');
  expect(place.run(['init'], { under: [] }).code).toBe(0);
  place.file('new\n<0>1');
  return place.start(['check'], { under }).ended;
}

test('check tells a log host of what it found', async () => {
  const server = await streamServer();
  const { code, stderr } = await checked(`{ server: 'tcp://127.0.0.1:${server.port}', facility: local0 }`);
  expect(code, stderr).toBe(1);
  const messages = server.messages().map(parseSyslog);
  expect(messages.map(({ msgId }) => msgId).sort()).toEqual(['ADDED', 'SUMMARY']);
  expect(parameters(messages.find(({ msgId }) => msgId === 'ADDED'))['path']).toMatch(/\/new\\n<0>1$/);
});

test('check says when no log host took the lines, and exits with 69', async () => {
  const { port } = await datagramServer();
  const { code, stderr } = await checked(`{ server: 'tcp://127.0.0.1:${port}' }`);
  expect(code).toBe(69);
  expect(stderr).toContain(`tcp://127.0.0.1:${port} cannot be reached: ECONNREFUSED`);
});

/** In a mount namespace: the same /dev, with a log in it. */
const OVERLAY = [
  'mount -t tmpfs none "$0/over" && mkdir "$0/over/upper" "$0/over/work"',
  'mount -t overlay none -o "lowerdir=/dev,upperdir=$0/over/upper,workdir=$0/over/work" /dev',
  'ln -s "$0/log" /dev/log',
].join(' && ');

/** A directory for a system log, or undefined where one may not mount. */
function placeForLog(): string | undefined {
  const directory = scratchDirectory();
  mkdirSync(join(directory, 'over'));
  return spawnSync('unshare', ['-m', 'sh', '-c', OVERLAY, directory]).status === 0 ? directory : undefined;
}

test('check tells the system log of this host (needs logger, and root for a /dev of its own)', async ({ skip }) => {
  const directory = placeForLog();
  skip(!hasLogger || directory === undefined, 'no logger, or no right to mount');
  if (directory === undefined) return;
  const received = await localLog(join(directory, 'log'));
  const { code, stderr } = await checked('{ tag: fim }', [
    'unshare',
    '-m',
    'sh',
    '-c',
    `${OVERLAY} && exec "$@"`,
    directory,
  ]);
  expect(code, stderr).toBe(1);
  await until(() => received.length >= 2, 'two messages arrived');
  const messages = received.map(parseSyslog);
  expect(messages.map(({ msgId }) => msgId).sort()).toEqual(['ADDED', 'SUMMARY']);
  expect(messages.every(({ appName, facility }) => appName === 'fim' && facility === 10)).toBe(true);
});
