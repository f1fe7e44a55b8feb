/** By which name a host sends its mail, on hosts whose names come from files, from a name server and from nowhere. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Box, box, type Outcome } from '../support/integ.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';
import { type HostNames, noNamedHost, onHost } from '../support/named-host.ts';
import { header, noPython, parseMail } from '../support/parsed-mails.ts';
import { type SmtpServer, startSmtp } from '../support/smtp-server.ts';

const missing = noNamedHost ?? noPython;
const NAME_SERVER = '127.0.0.153';
const NOTHING_KNOWN: HostNames = { name: 'mail7', hosts: '127.0.0.1 localhost mail7\n' };

describe.skipIf(missing)(`the name of a host in its mail${missing === undefined ? '' : ` (${missing})`}`, () => {
  async function smtp(directory: string): Promise<SmtpServer> {
    const server = await startSmtp(directory, { security: 'none' });
    onTestFinished(() => server.stop());
    return server;
  }

  async function nameServer(known: string | undefined, skip: (why: string) => void): Promise<NameServer | undefined> {
    const server = await startNameServer(NAME_SERVER, known);
    if (server === undefined) skip(`cannot listen at port 53 of ${NAME_SERVER}`);
    else onTestFinished(() => server.stop());
    return server;
  }

  /** A check with a finding on such a host, whose mail goes to a server; `email`: further settings. */
  async function mailFrom(names: HostNames, email = '') {
    const here = box();
    const server = await smtp(here.directory);
    here.file('house');
    here.policyText(
      `version: 1\nname: test\nrules: [{ name: tree, paths: ['${here.tree}'] }]\n` +
        `notify: { email: { to: [root], transport: smtp, smtp: { host: 127.0.0.1, port: ${server.port} } ${email} } }\n`,
    );
    here.under = onHost(here.directory, names);
    here.init();
    here.append('house', 'changed\n');
    const outcome: Outcome = await here.start(['check']).ended;
    expect(outcome, outcome.stderr).toMatchObject({ code: 4 });
    const [mail = expect.fail(outcome.stderr)] = server.received;
    return { here, mail, parsed: parseMail(mail.body) };
  }

  test('is the qualified one of /etc/hosts', async () => {
    const { mail, parsed } = await mailFrom({ ...NOTHING_KNOWN, hosts: '192.0.2.7 mail7.example.org mail7\n' });
    expect(mail).toMatchObject({
      greeting: 'mail7.example.org',
      from: 'integ@mail7.example.org',
      to: ['root@mail7.example.org'],
    });
    expect(header(parsed, 'message-id')).toMatch(/@mail7\.example\.org>$/);
    expect(header(parsed, 'x-integ-host')).toBe('mail7');
  });

  test('is the one that a name server knows', async ({ skip }) => {
    const server = await nameServer('mail7.example.net', skip);
    const resolver = { server: NAME_SERVER, domain: 'example.net' };
    const { mail } = await mailFrom({ ...NOTHING_KNOWN, hosts: '127.0.0.1 localhost\n', resolver });
    expect(server?.asked).toBeGreaterThan(0);
    expect(mail).toMatchObject({ greeting: 'mail7.example.net', from: 'integ@mail7.example.net' });
  });

  test('is that of the sender where a name server never answers, and no check fails for it', async ({ skip }) => {
    const server = await nameServer(undefined, skip);
    const resolver = { server: NAME_SERVER, domain: 'example.net' };
    const { mail } = await mailFrom(
      { ...NOTHING_KNOWN, hosts: '127.0.0.1 localhost\n', resolver },
      ', from: watch@example.com',
    );
    expect(server?.asked).toBeGreaterThan(0);
    expect(mail).toMatchObject({ greeting: 'example.com', from: 'watch@example.com', to: ['root@example.com'] });
  });

  test('is what the policy says, whatever else is known', async () => {
    const { mail } = await mailFrom(
      { ...NOTHING_KNOWN, hosts: '192.0.2.7 mail7.example.org mail7\n' },
      ', hostname: mx.example.com, from: watch@example.net',
    );
    expect(mail).toMatchObject({ greeting: 'mx.example.com', to: ['root@mx.example.com'], from: 'watch@example.net' });
  });

  test('is an address where there is none, and notify test says what to do', async () => {
    const { here, mail } = await mailFrom(NOTHING_KNOWN);
    expect(mail).toMatchObject({ greeting: '[127.0.0.1]', from: 'integ@mail7' });
    const tried = await here.start(['notify', 'test']).ended;
    expect(tried.code).toBe(0);
    expect(tried.stderr).toMatch(/no fully qualified name.*notify\.email\.hostname/);
  });
});

describe('a system below another root', () => {
  function rootWith(here: Box, hostname: string | undefined): string {
    const root = here.beside('disk');
    mkdirSync(join(root, 'etc'), { recursive: true });
    if (hostname !== undefined) writeFileSync(join(root, 'etc/hostname'), hostname);
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
    here.policyText('version: 1\nname: test\nrules: [{ name: etc, paths: [/etc/passwd], watch: config }]\n');
    return root;
  }

  test('is named in reports by its own name, with the host that looked', () => {
    const here = box();
    const root = rootWith(here, '# who I am\nmail7.example.org\n');
    const own = here.run(['policy', 'check']).code;
    expect(own).toBe(0);
    expect(here.run(['init', '--root', root]).stdout).toMatch(/host +mail7\.example\.org$/m);
    writeFileSync(join(root, 'etc/passwd'), 'root::0:0::/root:/bin/sh\n');
    const report = here.check(['--root', root]);
    expect(report.host).toBe('mail7.example.org');
    expect(report.by).not.toBe('');
    expect(report.by).not.toBe(report.host);
    expect(report.notes.join('\n')).not.toContain('made on host');
    const text = here.run(['check', '--root', root]).stdout;
    expect(text.split('\n')[0]).toMatch(new RegExp(`^CHANGED: mail7\\.example\\.org \\(by ${report.by}\\): 1 changed`));
    expect(here.run(['report', 'show', '--format', 'html']).stdout).toContain(report.by ?? '');
  });

  test('is named as this host where it has no name, and its name is read as it is', () => {
    const here = box();
    const nameless = rootWith(here, undefined);
    here.run(['init', '--root', nameless]);
    const report = here.check(['--root', nameless]);
    expect(report.by).toBe(report.host);
    expect(here.run(['check', '--root', nameless]).stdout).not.toContain('(by');
    writeFileSync(join(nameless, 'etc/hostname'), 'evil\x1b[2J\x07 other\n');
    expect(here.run(['check', '--root', nameless]).stdout.split('\n')[0]).toContain('NO CHANGES on evil?[2J? (by');
  });
});
