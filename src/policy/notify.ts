/**
 * The settings of `notify`, with their defaults filled in. Each channel is decided by the outermost file that names it.
 * What two keys together make wrong is told with its position.
 */
import { isIPv4 } from 'node:net';
import {
  EMAIL_DEFAULTS,
  type EmailSettings,
  type NotifySettings,
  type SecretSource,
  type SmtpSettings,
  type SyslogSettings,
  type WebhookSettings,
} from '../model/notify.ts';
import type { ContentPath } from './content-nodes.ts';
import type { DocumentTree } from './includes.ts';
import type { NotifyFile } from './notify-schema.ts';
import { outermost } from './outermost.ts';
import type { PolicyProblems } from './problems.ts';
import { bytesOf } from './size.ts';

type Written<Key extends keyof NotifyFile> = NonNullable<NotifyFile[Key]>;
type Complain = (path: ContentPath, message: string) => void;

const SMTP_PORTS = { starttls: 587, tls: 465, none: 25 } as const;
/** RFC 5426 and RFC 5425; for TCP there is no number of its own, and 514 is what servers listen on (RFC 6587). */
const SYSLOG_PORTS = { udp: 514, tcp: 514, tls: 6514 } as const;
const DEFAULT_RATE = 100;
const DEFAULT_MAX_FINDINGS = 1000;

function secretOf(
  written: { readonly file?: string | undefined; readonly environment?: string | undefined },
  path: ContentPath,
  complain: Complain,
): SecretSource {
  const { file, environment } = written;
  if (file !== undefined && environment === undefined) return { file };
  if (environment !== undefined && file === undefined) return { environment };
  complain(path, 'a secret is read from one place: file or environment');
  return { environment: '' };
}

/** Whether a connection to it does not leave the host (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3; RFC 6761, 6.3). */
function isLoopback(host: string): boolean {
  return isIPv4(host) ? host.startsWith('127.') : ['localhost', '::1'].includes(host.toLowerCase());
}

function smtpOf(written: NonNullable<Written<'email'>['smtp']>, complain: Complain): SmtpSettings {
  const { host, user, password, ca } = written;
  // What does not leave the host needs no protection on the way, but for a password.
  const unless = isLoopback(host) && password === undefined ? 'none' : 'starttls';
  const { security = unless, port = SMTP_PORTS[security] } = written;
  const path = ['notify', 'email', 'smtp'];
  if ((user === undefined) !== (password === undefined)) complain(path, 'user and password belong together');
  if (security === 'none' && password !== undefined) {
    complain([...path, 'password'], 'a password is not sent in the clear: use security starttls or tls');
  }
  return {
    host,
    port,
    security,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password: secretOf(password, [...path, 'password'], complain) }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function emailOf(written: Written<'email'>, complain: Complain): EmailSettings {
  const { to, from, hostname, severity, subject, transport = 'sendmail', sendmail, smtp } = written;
  const { when = EMAIL_DEFAULTS.when, attach = EMAIL_DEFAULTS.attach } = written;
  const path = ['notify', 'email'];
  if (transport === 'smtp' && smtp === undefined) complain([...path, 'transport'], 'transport smtp needs the key smtp');
  if (transport === 'sendmail' && smtp !== undefined) complain([...path, 'smtp'], 'smtp needs transport: smtp');
  if (transport === 'smtp' && sendmail !== undefined) {
    complain([...path, 'sendmail'], 'sendmail needs transport: sendmail');
  }
  return {
    to: [...new Set(to)],
    ...(from === undefined ? {} : { from }),
    ...(hostname === undefined ? {} : { hostname }),
    transport:
      transport === 'smtp' && smtp !== undefined
        ? { smtp: smtpOf(smtp, complain) }
        : { sendmail: sendmail ?? EMAIL_DEFAULTS.sendmail },
    when,
    ...(severity === undefined ? {} : { severity }),
    ...(subject === undefined ? {} : { subject }),
    attach: bytesOf(attach),
  };
}

function syslogServer(text: string, ca: string | undefined, complain: Complain): SyslogSettings['server'] {
  if (!URL.canParse(text)) {
    complain(['notify', 'syslog', 'server'], 'this is no host with a port of 1 to 65535');
    return undefined;
  }
  const { protocol: scheme, hostname, port: written } = new URL(text);
  const protocol = scheme === 'tls:' ? 'tls' : scheme === 'tcp:' ? 'tcp' : 'udp';
  const port = written === '' ? SYSLOG_PORTS[protocol] : Number(written);
  if (port < 1 || port > 65535) complain(['notify', 'syslog', 'server'], 'a port is 1 to 65535');
  return { protocol, host: hostname.replace(/^\[|\]$/g, ''), port, ...(ca === undefined ? {} : { ca }) };
}

function syslogOf(written: Written<'syslog'>, complain: Complain): SyslogSettings {
  const { facility = 'authpriv', tag = 'integ', server, ca, rate = DEFAULT_RATE, max, when = 'changes' } = written;
  if (ca !== undefined && !server?.startsWith('tls:')) {
    complain(['notify', 'syslog', 'ca'], 'ca needs a server that begins with tls://');
  }
  const remote = server === undefined ? undefined : syslogServer(server, ca, complain);
  return {
    facility,
    tag,
    ...(remote === undefined ? {} : { server: remote }),
    rate,
    max: max ?? DEFAULT_MAX_FINDINGS,
    when,
  };
}

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]+){3}|\[::1\])$/;

function webhookOf(written: Written<'webhook'>, complain: Complain): WebhookSettings {
  const { url, secret, ca, when = 'changes' } = written;
  const path = ['notify', 'webhook'];
  if (!URL.canParse(url)) complain([...path, 'url'], 'this is not a URL');
  else if (url.startsWith('http:') && !LOOPBACK.test(new URL(url).hostname)) {
    complain([...path, 'url'], 'a report does not leave this host in the clear: use https');
  }
  return {
    url,
    ...(secret === undefined ? {} : { secret: secretOf(secret, [...path, 'secret'], complain) }),
    ...(ca === undefined ? {} : { ca }),
    when,
  };
}

type Read<Key extends keyof NotifySettings & keyof NotifyFile> = (
  written: Written<Key>,
  complain: Complain,
) => NonNullable<NotifySettings[Key]>;

/** By key, from what the policy says under it to what is in force. */
const READ: { readonly [Key in keyof NotifySettings]-?: Read<Key> } = {
  email: emailOf,
  syslog: syslogOf,
  webhook: webhookOf,
  metrics: ({ file }) => ({ file }),
};

// Object.keys loses the key type; the object above is closed, so its keys are exactly these.
const KEYS: readonly (keyof typeof READ)[] = Object.keys(READ) as (keyof typeof READ)[];

/** Each of the settings is checked in the file that it stands in. */
export function notifyOf(tree: DocumentTree, problems: PolicyProblems): NotifySettings {
  const found = KEYS.flatMap((key) => {
    // The table holds for each key the types that belong together, which is lost over all keys.
    const read = READ[key] as (written: unknown, complain: Complain) => unknown;
    const settings = outermost(tree, ({ notify }, { source, positionOf }) => {
      const written = notify?.[key];
      if (written === undefined || written === null) return undefined;
      return read(written, (path, message) => problems.add(source, positionOf(path), message));
    });
    return settings === undefined ? [] : [[key, settings]];
  });
  return Object.fromEntries(found) as NotifySettings;
}
