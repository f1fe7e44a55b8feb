/** A mail server that drips its answers, and a mailer that never ends: the check ends, and the message waits. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';
import { works } from '../support/programs.ts';
import { until } from '../support/waiting.ts';

/** The port of a server that answers ever more to the first command; `seen` counts connections. */
async function drippingServer(): Promise<{ readonly port: number; readonly seen: () => number }> {
  let seen = 0;
  const server = createServer((socket) => {
    seen += 1;
    socket.write('220 hello\r\n');
    const timer = setInterval(() => socket.write('250-one more line\r\n'), 100);
    socket.on('error', () => undefined).on('close', () => clearInterval(timer));
    onTestFinished(() => {
      socket.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
  });
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return { port, seen: () => seen };
}

function boxWith(email: string): Box {
  const it = box();
  it.file('house');
  const rules = `[{ name: tree, paths: ['${it.tree}'], notify: [one@example.org, two@example.org] }]`;
  it.policyText(`version: 1\nrules: ${rules}\nnotify: { email: { ${email.replaceAll('$BOX', it.directory)} } }\n`);
  it.init();
  it.append('house', 'changed\n');
  return it;
}

const smtp = (port: number): string =>
  `to: [root@example.org], transport: smtp, smtp: { host: 127.0.0.1, port: ${port}, security: none }`;

/** A clock that goes ten times as fast, so that two minutes are not waited for; without the program they are. */
const FASTER = works('faketime', '--version') ? ['faketime', '-f', '+0 x10'] : [];

test('a check whose mail server drips ends after two minutes, whatever number of mails waits', async () => {
  const server = await drippingServer();
  const it = boxWith(smtp(server.port));
  const outcome = await it.start(['check'], { under: ['timeout', '--signal=KILL', '300', ...FASTER] }).ended;
  expect(outcome).toMatchObject({ code: 69, stderr: expect.stringMatching(/ended after 120 seconds/) });
  expect(outcome.stderr).toMatch(/2 more messages wait in .* for a later run/);
  expect(server.seen()).toBe(1);
  expect(it.run(['notify', 'queue']).stdout).toContain('3 messages wait');
});

test.each(['SIGTERM', 'SIGINT'] as const)('a check that waits for such a server ends at %s', async (signal) => {
  const server = await drippingServer();
  const it = boxWith(smtp(server.port));
  const running = it.start(['check'], { under: ['timeout', '--foreground', '--signal=KILL', '60'] });
  await until(() => server.seen() > 0, 'the server was called');
  running.kill(signal);
  expect((await running.ended).code).not.toBe(137);
  expect(it.run(['notify', 'queue']).stdout).toContain('3 messages wait');
});

test('a mailer that leaves a child with its pipes behind has taken the mail', () => {
  const it = boxWith("to: [root], sendmail: '$BOX/mailer'");
  mkdirSync(it.beside('spool'));
  writeFileSync(it.beside('mailer'), `#!/bin/sh\ncat >> '${it.beside('spool')}/mail'; sleep 90 &\n`, { mode: 0o755 });
  const outcome = it.run(['check'], { under: ['timeout', '--signal=KILL', '60'] });
  expect(outcome).toMatchObject({ code: 4, stderr: expect.stringContaining('sent by email to root') });
});
