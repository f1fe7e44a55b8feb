import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NotifySettings } from '../../../src/model/notify.ts';
import type { Policy } from '../../../src/model/rule.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { policyJsonSchema } from '../../../src/policy/schema.ts';
import { compile, readerOf } from '../../support/compiled-policies.ts';
import { errorOf } from '../../support/errors.ts';

const RULES = 'rules: [{ paths: [/etc] }]\n';

function notifyOf(...lines: readonly string[]): NotifySettings {
  return compile(`version: 1\n${RULES}notify:\n${lines.map((line) => `  ${line}\n`).join('')}`).notify;
}

/** The complaint about a policy whose lines from the fourth on are these, indented by two. */
function complaint(...lines: readonly string[]): string {
  const error = errorOf(() => notifyOf(...lines));
  expect(error.code).toBe('policy');
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}

describe('what a policy leaves out', () => {
  test('nobody is told without the key', () => {
    expect(compile(`version: 1\n${RULES}`).notify).toEqual({});
  });

  test('mail needs only recipients', () => {
    expect(notifyOf('email: { to: [root] }')).toEqual({
      email: { to: ['root'], transport: { sendmail: '/usr/sbin/sendmail' }, when: 'changes', attach: 1024 * 1024 },
    });
  });

  test.each([
    ['', 587, 'starttls'],
    ['security: tls', 465, 'tls'],
    ['security: none', 25, 'none'],
  ] as const)('an SMTP server with "%s" has port %i', (security, port, meant) => {
    const { email } = notifyOf(`email: { to: [root], transport: smtp, smtp: { host: mx, ${security} } }`);
    expect(email?.transport).toEqual({ smtp: { host: 'mx', port, security: meant } });
  });

  test.each([
    ['localhost', '', 25, 'none'],
    ["'::1'", '', 25, 'none'],
    ['127.0.0.53', 'port: 2525', 2525, 'none'],
    ['127.0.0.1', 'security: starttls', 587, 'starttls'],
    ['127.0.0.1', 'user: a, password: { file: /etc/integ/secret }', 587, 'starttls'],
    ['127.example.org', '', 587, 'starttls'],
  ] as const)('an SMTP server at %s with "%s" has port %i and security %s', (host, more, port, security) => {
    const { email } = notifyOf(`email: { to: [root], transport: smtp, smtp: { host: ${host}, ${more} } }`);
    expect(email?.transport).toMatchObject({ smtp: { port, security } });
  });

  test('syslog needs nothing', () => {
    expect(notifyOf('syslog: {}').syslog).toEqual({
      facility: 'authpriv',
      tag: 'integ',
      rate: 100,
      max: 1000,
      when: 'changes',
    });
  });

  test.each([
    ['udp://log.example.org', 'udp', 'log.example.org', 514],
    ['tcp://log.example.org:601', 'tcp', 'log.example.org', 601],
    ['tls://log.example.org', 'tls', 'log.example.org', 6514],
    ['tls://[2001:db8::1]:7000', 'tls', '2001:db8::1', 7000],
  ] as const)('the log host %s is %s to %s at port %i', (server, protocol, host, port) => {
    expect(notifyOf(`syslog: { server: '${server}' }`).syslog?.server).toEqual({ protocol, host, port });
  });

  test('a webhook needs a URL', () => {
    expect(notifyOf('webhook: { url: "https://siem.example.org/integ" }').webhook).toEqual({
      url: 'https://siem.example.org/integ',
      when: 'changes',
    });
  });
});

test('everything that can be set is kept', () => {
  expect(
    notifyOf(
      'email:',
      '  to: [root, ops@example.org, root]',
      '  from: integ@example.org',
      '  transport: smtp',
      '  when: always',
      '  attach: 64K',
      '  smtp: { host: mx, port: 2525, user: integ, password: { file: /etc/integ/smtp }, ca: /etc/ssl/own.pem }',
      'syslog: { facility: local3, tag: fim, server: "tls://log", ca: /etc/ssl/own.pem, rate: 5, max: 10, when: never }',
      'webhook: { url: "http://127.0.0.1:9/x", secret: { environment: KEY }, ca: /etc/ssl/own.pem, when: always }',
      'metrics: { file: /var/lib/node_exporter/integ.prom }',
    ),
  ).toEqual({
    email: {
      to: ['root', 'ops@example.org'],
      from: 'integ@example.org',
      transport: {
        smtp: {
          host: 'mx',
          port: 2525,
          security: 'starttls',
          user: 'integ',
          password: { file: '/etc/integ/smtp' },
          ca: '/etc/ssl/own.pem',
        },
      },
      when: 'always',
      attach: 65536,
    },
    syslog: {
      facility: 'local3',
      tag: 'fim',
      server: { protocol: 'tls', host: 'log', port: 6514, ca: '/etc/ssl/own.pem' },
      rate: 5,
      max: 10,
      when: 'never',
    },
    webhook: {
      url: 'http://127.0.0.1:9/x',
      secret: { environment: 'KEY' },
      ca: '/etc/ssl/own.pem',
      when: 'always',
    },
    metrics: { file: '/var/lib/node_exporter/integ.prom' },
  });
});

describe('mistakes are told with their place', () => {
  const SMTP = 'email: { to: [root], transport: smtp, smtp:';
  test.each([
    ['email: { to: [] }', "4:16: 'to' must list at least one of mail addresses"],
    ['email: { }', "4:10: the key 'to' is missing: it must be a list of mail addresses"],
    ['email: { to: ["-oQ/tmp"] }', "4:17: 'to' must be a mail address"],
    ['email: { to: ["a\\nBcc: b@example.org"] }', "4:17: 'to' must be a mail address"],
    ['email: { to: [root], severity: bad }', "4:34: 'severity' must be one of info, low, medium, high, critical"],
    [
      "email: { to: [root], subject: '{hosts}' }",
      "4:33: 'subject' must be on one line, with no other placeholders than",
    ],
    ['email: { to: [root], hostname: mail7 }', "4:34: 'hostname' must be a fully qualified name such as"],
    ['email: { to: [root], when: daily }', "4:30: 'when' must be one of changes, unexplained, always, never"],
    ['email: { to: [root], transport: smtp }', '4:35: transport smtp needs the key smtp'],
    ['email: { to: [root], smtp: { host: mx } }', '4:30: smtp needs transport: smtp'],
    [`${SMTP} { host: mx }, sendmail: /bin/true }`, 'sendmail needs transport: sendmail'],
    [`${SMTP} { host: mx, user: integ } }`, 'user and password belong together'],
    [`${SMTP} { host: mx, port: 0 } }`, 'must be 1 to 65535'],
    [`${SMTP} { host: mx, user: u, password: hunter2 } }`, 'a secret never stands in the policy'],
    [`${SMTP} { host: mx, user: u, password: {} } }`, 'a secret is read from one place: file or environment'],
    [
      `${SMTP} { host: mx, user: u, password: { file: /a, environment: B } } }`,
      'a secret is read from one place: file or environment',
    ],
    [
      `${SMTP} { host: mx, security: none, user: u, password: { file: /a } } }`,
      'a password is not sent in the clear: use security starttls or tls',
    ],
    ['syslog: { facility: local9 }', "4:23: 'facility' must be one of"],
    ['syslog: { tag: "two words" }', "4:18: 'tag' must be 1 to 48 printable ASCII characters"],
    ['syslog: { server: log.example.org }', "4:21: 'server' must be a log host such as"],
    ['syslog: { server: "udp://log:70000" }', 'this is no host with a port of 1 to 65535'],
    ['syslog: { server: "udp://log:0" }', 'a port is 1 to 65535'],
    ['syslog: { server: "udp://log", ca: /etc/ca.pem }', 'ca needs a server that begins with tls://'],
    ['syslog: { rate: 0 }', "4:19: 'rate' must be at least 1"],
    ['webhook: { url: "ftp://example.org/" }', "4:19: 'url' must be a URL such as"],
    ['webhook: { url: "https://u:hunter2@example.org/" }', 'without a password'],
    ['webhook: { url: "http://siem.example.org/" }', '4:19: a report does not leave this host in the clear: use https'],
    ['webhook: { url: "https://x/", secret: { file: key } }', 'must be an absolute path'],
    ['metrics: { file: /var/lib/integ.txt }', "4:20: 'file' must be an absolute path that ends in '.prom'"],
    ['metrics: { file: integ.prom }', "must be an absolute path that ends in '.prom'"],
  ])('%s', (line, message) => {
    const told = complaint(line);
    expect(told).toContain(message);
    expect(told).toMatch(/^p\.yaml:4:\d+: /);
    expect(told).not.toContain('hunter2');
  });

  test.each([
    ['emial: { to: [root] }', 'email'],
    ['email: { to: [root], form: a@example.org }', 'from'],
    ['syslog: { facilty: user }', 'facility'],
    ['webhook: { url: "https://x/", secrte: { file: /k } }', 'secret'],
    ['webhook: { url: "https://x/", secret: { flie: /k } }', 'file'],
    ['metrics: { fiel: /x.prom }', 'file'],
  ])('%s: the key that was meant is named', (line, meant) => {
    expect(complaint(line)).toMatch(new RegExp(`did you mean '${meant}'`));
  });
});

describe('who decides', () => {
  const OUTER = `version: 1\ninclude: [base.yaml]\n${RULES}notify: { email: { to: [ops] } }\n`;
  const BASE = `version: 1\n${RULES}notify: { email: { to: [root], when: always }, syslog: { tag: base } }\n`;

  test('each channel is that of the outermost file which names it', () => {
    const { notify } = loadPolicy(
      'p.yaml',
      readerOf({ 'p.yaml': OUTER, '/base.yaml': BASE, 'base.yaml': BASE }),
    ).policy;
    expect(notify.email).toMatchObject({ to: ['ops'], when: 'changes' });
    expect(notify.syslog).toMatchObject({ tag: 'base' });
  });
});

describe('rules that tell more people', () => {
  const recipients = ({ rules }: Policy) => rules.map(({ name, notify }) => [name, notify]);

  test('have their own recipients', () => {
    const policy = compile(
      'version: 1\nrules:\n  - { name: a, paths: [/a], notify: [ann@example.org] }\n  - { name: b, paths: [/b] }\n',
    );
    expect(recipients(policy)).toEqual([
      ['a', ['ann@example.org']],
      ['b', []],
    ]);
  });

  test('of one name must agree on them, since a report knows rules by name', () => {
    const error = errorOf(() =>
      compile(
        'version: 1\nrules:\n  - { name: a, paths: [/a], notify: [ann] }\n  - { name: a, paths: [/b], notify: [bob] }\n',
      ),
    );
    expect(error.message).toMatch(/^p\.yaml:4:\d+: /);
  });
});

/** The keys of a JSON Schema that hold no others, with those above them. */
function leaves(schema: unknown, name: string): readonly string[] {
  const { properties } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  if (properties === undefined || 'environment' in properties) return [name];
  return Object.entries(properties).flatMap(([key, value]) => leaves(value, name === '' ? key : `${name}.${key}`));
}

test('the documentation has every key', () => {
  const page = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');
  const table = /^## Notify\n[\s\S]*?(?=^## )/m.exec(page)?.[0] ?? '';
  const described = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
  const { properties } = policyJsonSchema() as { readonly properties: Readonly<Record<string, unknown>> };
  expect(described.sort()).toEqual([...leaves(properties['notify'], '')].sort());
});
