/**
 * The shape of the settings that say who is told of a report, and how. Mappings that hold secrets name the place where
 * one is read: a secret never stands in a policy, which is part of every baseline.
 */
import * as z from 'zod/mini';
import { NOTIFY_WHEN, type NotifySettings, SYSLOG_FACILITIES } from '../model/notify.ts';
import { SEVERITIES } from '../model/severity.ts';
import { about, address, listOf, oneOf, size, text } from './schema-parts.ts';

const ABSOLUTE = "an absolute path such as '/etc/integ/secret'";
const absoluteFile = z.string(`must be ${ABSOLUTE}`).check(z.regex(/^\/[^\0]*$/, `must be ${ABSOLUTE}`));
const VARIABLE = "the name of an environment variable such as 'INTEG_SMTP_PASSWORD'";
const variable = z.string(`must be ${VARIABLE}`).check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, `must be ${VARIABLE}`));

const SECRET = "{ file: '/etc/integ/secret' } or { environment: NAME }: a secret never stands in the policy";
export const secretSchema = z.strictObject(
  {
    file: z.optional(absoluteFile).check(about('File that holds the secret and that nobody else may read')),
    environment: z.optional(variable).check(about('Variable of the environment that holds the secret')),
  },
  `must be ${SECRET}`,
);

const when = z
  .optional(oneOf(NOTIFY_WHEN))
  .check(
    about('For reports that are not clean, only where no package explains all, for every one, never; default: changes'),
  );
const ca = z.optional(absoluteFile).check(about('File of certificate authorities in PEM; default: those of Node.js'));

const port = z
  .int('must be a port number')
  .check(z.minimum(1, 'must be 1 to 65535'), z.maximum(65535, 'must be 1 to 65535'));

export const smtpSchema = z.strictObject(
  {
    host: text('the name or address of a mail server').check(about('Name or address of the mail server')),
    port: z.optional(port).check(about('Default: 587 with starttls, 465 with tls, 25 with none')),
    security: z
      .optional(oneOf(['starttls', 'tls', 'none']))
      .check(about('How the connection is protected; default: starttls, which must succeed; none to this very host')),
    user: z.optional(text('a user name')).check(about('User name for the mail server')),
    password: z.optional(secretSchema).check(about('Where the password of the user is read')),
    ca,
  },
  'must be a mapping such as { host: mail.example.org }',
);

const QUALIFIED = "a fully qualified name such as 'mail1.example.org'";
const qualified = z
  .string(`must be ${QUALIFIED}`)
  .check(
    z.maxLength(253, `must be ${QUALIFIED}`),
    z.regex(
      /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
      `must be ${QUALIFIED}`,
    ),
  );

const SUBJECT = "text such as 'integ {status}: {host}: {summary} ({date})'";
const subject = z
  .string(`must be ${SUBJECT}`)
  .check(
    z.minLength(1, `must be ${SUBJECT}, not empty`),
    z.maxLength(100, 'must be at most 100 characters'),
    z.regex(
      /^(?:[^\p{C}{}]|\{(?:host|status|summary|date)\})*$/u,
      'must be on one line, with no other placeholders than {host}, {status}, {summary} and {date}',
    ),
  );

const emailSchema = z.strictObject(
  {
    to: listOf(address, 'mail addresses').check(about('Who gets the whole report')),
    from: z.optional(address).check(about('Sender; default: integ at the fully qualified name of the host')),
    hostname: z
      .optional(qualified)
      .check(about('Fully qualified name of this host in mail; default: as hostname -f finds it')),
    transport: z
      .optional(oneOf(['sendmail', 'smtp']))
      .check(about('How mail leaves: the local sendmail program (default) or an SMTP server')),
    sendmail: z.optional(absoluteFile).check(about('The sendmail program; default: /usr/sbin/sendmail')),
    smtp: z.optional(smtpSchema).check(about('The SMTP server, with transport: smtp')),
    when,
    severity: z
      .optional(oneOf(SEVERITIES))
      .check(about('Of the findings that are told, at least; what could not be examined is always told; default: all')),
    subject: z
      .optional(subject)
      .check(about('Of the mail, with {host}, {status}, {summary} and {date}; the status stands in front if left out')),
    attach: z.optional(size).check(about('Largest JSON report that is attached; 0: none; default: 1M')),
  },
  'must be a mapping such as { to: [root] }',
);

const SERVER = "a log host such as 'udp://log.example.org:514', 'tcp://…' or 'tls://…:6514'";

const syslogSchema = z.strictObject(
  {
    facility: z.optional(oneOf(SYSLOG_FACILITIES)).check(about('Syslog facility; default: authpriv')),
    tag: z
      .optional(z.string('must be text').check(z.regex(/^[!-~]{1,48}$/, 'must be 1 to 48 printable ASCII characters')))
      .check(about('Name of the program in the lines; default: integ')),
    server: z
      .optional(
        z
          .string(`must be ${SERVER}`)
          .check(
            z.regex(/^(?:udp|tcp|tls):\/\/(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?$/, `must be ${SERVER}`),
          ),
      )
      .check(about('Remote log host; default: the local logger program')),
    ca,
    rate: z
      .optional(
        z
          .int('must be a whole number')
          .check(z.minimum(1, 'must be at least 1'), z.maximum(10000, 'must be at most 10000')),
      )
      .check(about('Lines a second at most; default: 100')),
    max: z
      .optional(z.int('must be a whole number').check(z.minimum(1, 'must be at least 1')))
      .check(about('Findings of one report at most, the most severe first; default: 1000')),
    when,
  },
  'must be a mapping such as { facility: authpriv }',
);

const webhookSchema = z.strictObject(
  {
    url: z
      .string('must be a URL')
      .check(
        z.regex(/^https?:\/\/[^\s@]+$/, "must be a URL such as 'https://siem.example.org/integ', without a password"),
      )
      .check(about('Where the report is posted')),
    secret: z.optional(secretSchema).check(about('Where the key of the HMAC signature is read')),
    ca,
    when,
  },
  "must be a mapping such as { url: 'https://siem.example.org/integ' }",
);

const metricsSchema = z.strictObject(
  {
    file: z
      .string("must be an absolute path that ends in '.prom'")
      .check(z.regex(/^\/[^\0]*\.prom$/, "must be an absolute path that ends in '.prom'"))
      .check(about('Prometheus text file that each check of everything writes')),
  },
  "must be a mapping such as { file: '/var/lib/node_exporter/integ.prom' }",
);

const notifyShape = {
  email: z.optional(emailSchema).check(about('Mail of reports')),
  syslog: z.optional(syslogSchema).check(about('Findings to the system log')),
  webhook: z.optional(webhookSchema).check(about('JSON reports to a web server')),
  metrics: z.optional(metricsSchema).check(about('Figures for Prometheus')),
} satisfies Record<keyof NotifySettings, z.ZodMiniType>;

export const notifySchema = z.strictObject(notifyShape, 'must be a mapping such as { email: { to: [root] } }');

export type NotifyFile = z.infer<typeof notifySchema>;
