/** Mail that is too large for its server, and mail that nobody will ever take, over real SMTP. */
import { writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Message } from '../../src/notify/channel.ts';
import { emailChannel } from '../../src/notify/email.ts';
import { change, compose, policyFrom, reportOf } from '../support/composed-mails.ts';
import { type Box, box } from '../support/integ.ts';
import { header, noPython, parseMail } from '../support/parsed-mails.ts';
import { type Manners, type SmtpServer, startSmtp } from '../support/smtp-server.ts';

async function serverWith(manners: Omit<Manners, 'security'>): Promise<SmtpServer> {
  // Without TLS it reads no certificates.
  const server = await startSmtp('', { security: 'none', ...manners });
  onTestFinished(() => server.stop());
  return server;
}

const TOO_LARGE = { code: 552, text: '5.3.4 Message size exceeds fixed limit' };
const takesUpTo = (bytes: number) => (body: Buffer) => (body.length > bytes ? TOO_LARGE : undefined);

function policyFor(server: SmtpServer) {
  return policyFrom(
    `version: 1\nrules: [{ name: System, paths: [/etc] }]\nnotify: { email: { to: [a@example.org, b@example.org], transport: smtp, smtp: { host: 127.0.0.1, port: ${server.port} } } }\n`,
  );
}

async function largeMessage(server: SmtpServer): Promise<Message> {
  const changes = Array.from({ length: 300 }, (_, index) =>
    change({ path: `/etc/d${index}/f`, rule: 'System', severity: 'high', flags: ['truncated'] }),
  );
  const [message = expect.fail('nothing was composed')] = await compose(reportOf({ changes }), policyFor(server));
  return message;
}

describe.skipIf(noPython)(`a mail that is too large${noPython === undefined ? '' : ` (${noPython})`}`, () => {
  test.each(['announced', 'refused after the message'])('goes out smaller, by a limit that is %s', async (how) => {
    const any = await serverWith({});
    const message = await largeMessage(any);
    await emailChannel.deliver(message, policyFor(any));
    const whole = parseMail(any.received[0]?.body ?? Buffer.alloc(0));
    expect(whole.attachments).toHaveLength(1);
    const { smaller = [] } = message;
    expect(smaller).toHaveLength(3);
    const parts: (readonly string[])[] = [];
    for (const { length } of smaller) {
      const server = await serverWith(how === 'announced' ? { size: length } : { message: takesUpTo(length) });
      await emailChannel.deliver(message, policyFor(server));
      const [mail = expect.fail('nothing came'), ...more] = server.received;
      expect(more).toEqual([]);
      expect(mail.body.length).toBeLessThanOrEqual(length);
      const parsed = parseMail(mail.body);
      expect(parsed.defects).toEqual([]);
      for (const name of ['message-id', 'date']) expect(header(parsed, name)).toBe(header(whole, name));
      expect(parsed.subject).toBe(whole.subject);
      expect(parsed.text).toMatch(/since the receiver takes no mail as large/);
      expect(parsed.text).toMatch(/integ report show \S+ --verbose/);
      parts.push(parsed.types);
      if (parts.length < smaller.length) expect(parsed.text).toContain('/etc/d0/f');
      else expect(parsed.text).not.toMatch(/\/etc\/d0\/f|integ accept/);
    }
    expect(parts).toEqual([['multipart/alternative', 'text/plain', 'text/html'], ['text/plain'], ['text/plain']]);
  });

  test('for one of two recipients goes out smaller to that one alone', async () => {
    let refusals = 1;
    const server = await serverWith({
      recipient: (address) => {
        if (!address.startsWith('b@') || refusals === 0) return undefined;
        refusals -= 1;
        return TOO_LARGE;
      },
    });
    await emailChannel.deliver(await largeMessage(server), policyFor(server));
    expect(server.received.map(({ to }) => to)).toEqual([['a@example.org'], ['b@example.org']]);
    const sizes = server.received.map(({ body }) => body.length);
    expect(sizes[1]).toBeLessThan(sizes[0] ?? 0);
  });
});

describe('a mail that is refused for good', () => {
  /** A box with a change, whose mail goes to the server. */
  function boxFor(server: SmtpServer, when: string): Box {
    const it = box();
    it.file('house');
    it.policyText(
      `version: 1\nname: test\nrules: [{ name: tree, paths: ['${it.tree}'], watch: [existence, +sha256] }]\n` +
        `notify: { email: { to: [a@example.org], transport: smtp, smtp: { host: 127.0.0.1, port: ${server.port} }, when: ${when} } }\n`,
    );
    it.init();
    it.append('house', 'changed\n');
    return it;
  }

  const run = (it: Box, ...args: readonly string[]) => it.start(args).ended;

  test.each([
    ['whatever its size', TOO_LARGE],
    ['as spam', { code: 554, text: '5.7.1 looks like spam' }],
  ])('%s ends that run with 69 and no later one, and is listed until it is sent', async (_, no) => {
    let isStrict = true;
    const server = await serverWith({ message: () => (isStrict ? no : undefined) });
    const it = boxFor(server, 'changes');
    const first = await run(it, 'check');
    expect(first.code).toBe(69);
    expect(first.stderr).toMatch(/refused by email to a@example\.org: .*55\d 5\..*not tried again/);
    const id = /report send (\S+) /.exec(first.stderr)?.[1] ?? expect.fail(first.stderr);
    writeFileSync(it.path('house'), 'house\n');
    for (let night = 0; night < 2; night += 1) {
      expect(await run(it, 'check'), 'a clean night').toMatchObject({ code: 0, stderr: '' });
      const { stdout } = await run(it, 'notify', 'queue');
      expect(stdout).toMatch(
        new RegExp(`report ${id} by email to a@example\\.org: REFUSED, not tried again: tried 1 time`),
      );
      expect(stdout).toContain('0 messages wait');
      expect(stdout).toContain(`1 message refused for good: integ report send ${id} tries once more`);
    }
    const { waiting } = JSON.parse((await run(it, 'notify', 'queue', '--format', 'json')).stdout) as {
      readonly waiting: readonly object[];
    };
    expect(waiting).toMatchObject([{ report: id, refused: true, attempts: 1 }]);
    isStrict = false;
    // The next report goes out, and the old one does not until somebody asks for it.
    it.append('house', 'changed again\n');
    expect((await run(it, 'check')).code).toBe(4);
    expect(server.received).toHaveLength(1);
    expect((await run(it, 'report', 'send', id)).code).toBe(0);
    expect(server.received).toHaveLength(2);
    expect((await run(it, 'notify', 'queue')).stdout).toMatch(/^0 messages wait in \S+\n$/);
  });

  test('is none that the server may take later: that one waits and is tried again', async () => {
    const answers = [{ code: 451, text: '4.3.0 later' }];
    const server = await serverWith({ message: () => answers.pop() });
    const it = boxFor(server, 'changes');
    expect((await run(it, 'check')).code).toBe(69);
    writeFileSync(it.path('house'), 'house\n');
    expect((await run(it, 'check')).code).toBe(0);
    expect(server.received).toHaveLength(1);
  });
});
