/** Mail over real SMTP, and through a real mailer of Debian into a mailbox. */
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SmtpSettings } from '../../src/model/notify.ts';
import type { Policy } from '../../src/model/rule.ts';
import { DeliveryError, type Message } from '../../src/notify/channel.ts';
import { emailChannel } from '../../src/notify/email.ts';
import { change, compose, officePolicy, reportOf } from '../support/composed-mails.ts';
import { box } from '../support/integ.ts';
import { mailbox, noMailer, withMailer } from '../support/local-mailer.ts';
import { noPython, parseMail } from '../support/parsed-mails.ts';
import { sharedDirectory } from '../support/scratch.ts';
import { type Manners, makeCertificates, noOpenssl, type SmtpServer, startSmtp } from '../support/smtp-server.ts';

const PASSWORD = 'tr0ub4dor&3';
const SYSTEM = change({ path: '/etc/Grüße 世界', rule: 'System', severity: 'critical' });
const missing = noOpenssl ?? noPython;

describe.skipIf(missing)(`an SMTP server${missing === undefined ? '' : ` (${missing})`}`, () => {
  const directory = sharedDirectory();
  let ca = '';

  beforeAll(() => {
    ca = makeCertificates(directory);
    mkdirSync(join(directory, 'other'));
    copyFileSync(makeCertificates(join(directory, 'other')), join(directory, 'stranger.pem'));
    writeFileSync(join(directory, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
    writeFileSync(join(directory, 'wrong'), 'correct horse\n', { mode: 0o600 });
  });

  async function start(manners: Manners): Promise<SmtpServer> {
    const server = await startSmtp(directory, manners);
    onTestFinished(() => server.stop());
    return server;
  }

  /** The policy of an office whose mail goes to the server. */
  function policyFor(port: number, more: Partial<SmtpSettings> = {}): Policy {
    const policy = officePolicy('{ to: [root, b@example.org] }');
    const { email } = policy.notify;
    if (email === undefined) throw new Error('mail is expected');
    const smtp: SmtpSettings = { host: 'localhost', port, security: 'starttls', ca, ...more };
    return { ...policy, notify: { email: { ...email, transport: { smtp } } } };
  }

  const login = (file = 'password') => ({ user: 'integ', password: { file: join(directory, file) } });

  async function messageFor(policy: Policy): Promise<Message> {
    const [message] = await compose(reportOf({ changes: [SYSTEM] }), policy);
    return message ?? expect.fail('nothing was composed');
  }

  async function failure(message: Message, policy: Policy): Promise<DeliveryError> {
    const error = await emailChannel.deliver(message, policy).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof DeliveryError ? error : expect.fail(`it was delivered, or failed otherwise: ${error}`);
  }

  test('gets the mail over STARTTLS, after the password', async () => {
    const server = await start({ security: 'starttls', password: PASSWORD });
    const policy = policyFor(server.port, login());
    const message = await messageFor(policy);
    await emailChannel.deliver(message, policy);
    const [mail, ...more] = server.received;
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      from: 'integ@mail1.example.org',
      to: ['root@mail1.example.org', 'b@example.org'],
      isEncrypted: true,
      user: 'integ',
    });
    expect(Buffer.compare(mail?.body ?? Buffer.alloc(0), Buffer.from(message.body))).toBe(0);
    expect(parseMail(message.body).text).toContain('changed   /etc/Grüße 世界');
  });

  test.each(['tls', 'none'] as const)('gets the mail with security: %s', async (security) => {
    const server = await start({ security });
    const policy = policyFor(server.port, { security });
    await emailChannel.deliver(await messageFor(policy), policy);
    expect(server.received.map(({ isEncrypted }) => isEncrypted)).toEqual([security === 'tls']);
  });

  test('with a wrong password is told so, and the password is in no message', async () => {
    const server = await start({ security: 'starttls', password: PASSWORD });
    const policy = policyFor(server.port, login('wrong'));
    const error = await failure(await messageFor(policy), policy);
    expect(error.message).toBe(
      `mail server localhost:${server.port} does not accept user and password: 535 5.7.8 no (password)`,
    );
    expect(error.isTemporary).toBe(true);
    expect(error.cause).toBeUndefined();
  });

  test('whose certificate nobody vouches for gets nothing', async () => {
    const server = await start({ security: 'starttls', password: PASSWORD });
    const policy = policyFor(server.port, { ca: join(directory, 'stranger.pem') });
    const error = await failure(await messageFor(policy), policy);
    expect(error.message).toMatch(/certificate/);
    expect(error.isTemporary).toBe(true);
    expect(server.received).toEqual([]);
  });

  test('that offers no STARTTLS gets nothing in the clear', async () => {
    const server = await start({ security: 'none' });
    const policy = policyFor(server.port);
    const error = await failure(await messageFor(policy), policy);
    expect(error.message).toMatch(/STARTTLS/i);
    expect(server.received).toEqual([]);
  });

  test('that is down is tried again later', async () => {
    const server = await startSmtp(directory, { security: 'none' });
    await server.stop();
    const policy = policyFor(server.port, { security: 'none' });
    const error = await failure(await messageFor(policy), policy);
    expect(error.message).toContain('ECONNREFUSED');
    expect(error).toMatchObject({ isTemporary: true, rest: undefined });
  });

  test('that is busy at first gets the same message later', async () => {
    const answers = [{ code: 451, text: '4.3.0 come back later' }];
    const server = await start({ security: 'none', message: () => answers.pop() });
    const policy = policyFor(server.port, { security: 'none' });
    const message = await messageFor(policy);
    const error = await failure(message, policy);
    expect(error.message).toContain('451 4.3.0 come back later');
    expect(error.isTemporary).toBe(true);
    await emailChannel.deliver(message, policy);
    expect(server.received).toHaveLength(1);
  });

  test('that does not want the message is not asked again', async () => {
    const server = await start({ security: 'none', message: () => ({ code: 554, text: '5.7.1 looks like spam' }) });
    const policy = policyFor(server.port, { security: 'none' });
    expect((await failure(await messageFor(policy), policy)).isTemporary).toBe(false);
  });

  test.each([
    [550, false],
    [450, true],
  ])(
    'that refuses one recipient with %d has the message for the other, who gets it once',
    async (code, isTemporary) => {
      let isKnown = false;
      const recipient = (address: string) =>
        address.startsWith('b@') && !isKnown ? { code, text: 'no such user\r\n250 here' } : undefined;
      const server = await start({ security: 'none', recipient });
      const policy = policyFor(server.port, { security: 'none' });
      const error = await failure(await messageFor(policy), policy);
      expect(error.message).toMatch(new RegExp(`refused b@example\\.org \\(${code} `));
      expect(error.message).not.toContain('\n');
      expect(error.isTemporary).toBe(isTemporary);
      expect(error.rest).toMatchObject({ destination: 'b@example.org', envelope: { to: ['b@example.org'] } });
      isKnown = true;
      await emailChannel.deliver(error.rest ?? expect.fail('nothing is left'), policy);
      expect(server.received.map(({ to }) => to)).toEqual([['root@mail1.example.org'], ['b@example.org']]);
    },
  );

  test('that refuses every recipient has nothing, and all of it is left', async () => {
    const server = await start({ security: 'none', recipient: () => ({ code: 550, text: 'no' }) });
    const policy = policyFor(server.port, { security: 'none' });
    const error = await failure(await messageFor(policy), policy);
    expect(error).toMatchObject({ isTemporary: false, rest: undefined });
    expect(error.message).toMatch(/refused root@mail1\.example\.org \(550 no\), b@example\.org \(550 no\)$/);
  });
});

describe.skipIf(noMailer ?? noPython)(
  `the mailer of the system${noMailer === undefined ? '' : ` (${noMailer})`}`,
  () => {
    test('brings the report of a night into the mailbox of root, and a part of it to who asked for that', () => {
      const here = box();
      // The mailer hands the mails over as another user.
      chmodSync(here.directory, 0o755);
      here.file('Grüße\n世界/motd', 'before');
      here.file('mail/relay', 'before');
      here.policyText(
        `version: 1
rules:
  - { name: All, severity: critical, paths: ['${here.tree}'], watch: [existence, +sha256] }
  - { name: Mail, severity: high, paths: ['${here.path('mail')}'], watch: [existence, +sha256], notify: [reader] }
notify: { email: { to: [root] } }
`,
      );
      // All of it where the mailer is, since other mounts would be findings.
      const integ = here.command([]).join(' ');
      const change = 'for each in tree/*/*; do printf after > "$each"; done';
      const night = `cd ${here.directory}; ${integ} init > init.log && ${change} && ${integ} check --format json`;
      const { status, stdout, stderr } = withMailer(here.directory, 2, ['/bin/sh', '-c', night], here.environment());
      expect(stderr).not.toMatch(/not delivered/);
      expect(status).toBe(4);
      const mails = mailbox(here.directory).map(parseMail);
      const whole = mails.find(({ subject }) => subject.includes('critical')) ?? expect.fail('no mail for root');
      const part = mails.find(({ subject }) => !subject.includes('critical')) ?? expect.fail('no mail for reader');
      expect(mails).toHaveLength(2);
      expect(whole.subject).toMatch(/^CHANGED: .*: 2 changed; highest severity critical \(\d{4}-.*\)$/);
      expect(whole.text).toContain('/Grüße\\n世界/motd');
      expect(whole.attachments[0]?.content).toBe(stdout);
      expect(part.subject).toMatch(/^CHANGED: .*: 1 changed; highest severity high \(only rule Mail\) \(\d{4}-.*\)$/);
      expect(JSON.stringify(part)).not.toMatch(/世界|critical|\bAll\b/);
    });
  },
);
