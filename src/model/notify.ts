/** The settings of a policy that say who is told of a report, and how. Plain data; no secret is ever part of it. */
import type { Severity } from './severity.ts';

/**
 * When a channel is used: for a report that is not clean, for one with a finding that no package explains, for every
 * report, never.
 */
export const NOTIFY_WHEN = ['changes', 'unexplained', 'always', 'never'] as const;
export type NotifyWhen = (typeof NOTIFY_WHEN)[number];

/** Where a secret is read when it is needed: a file that nobody else may read, or a variable of the environment. */
export type SecretSource = { readonly file: string } | { readonly environment: string };

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** `starttls`: refuses to go on without; `tls`: from the first byte; `none`: in the clear. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user?: string;
  readonly password?: SecretSource;
  /** File of certificate authorities in PEM; undefined: those of Node.js. */
  readonly ca?: string;
}

/** Of mail where the policy does not say otherwise. */
export const EMAIL_DEFAULTS = { sendmail: '/usr/sbin/sendmail', when: 'changes', attach: 1024 * 1024 } as const;

export interface EmailSettings {
  readonly to: readonly string[];
  /** Undefined: integ at the name of the host. */
  readonly from?: string;
  /** Fully qualified name of this host in mail; undefined: the one that it is found to have. */
  readonly hostname?: string;
  /** The local sendmail program, by absolute path, or an SMTP server. */
  readonly transport: { readonly sendmail: string } | { readonly smtp: SmtpSettings };
  readonly when: NotifyWhen;
  /** Of the findings that are told, at least; undefined: all. */
  readonly severity?: Severity;
  /** With placeholders such as {host}; undefined: as the first line of the report. */
  readonly subject?: string;
  /** Largest JSON report that is attached, in bytes; 0: none. */
  readonly attach: number;
}

export const SYSLOG_FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
] as const;

export interface SyslogSettings {
  /** One of SYSLOG_FACILITIES. */
  readonly facility: string;
  readonly tag: string;
  /** The remote log host; undefined: the local logger program. */
  readonly server?: {
    readonly protocol: 'udp' | 'tcp' | 'tls';
    readonly host: string;
    readonly port: number;
    readonly ca?: string;
  };
  /** Lines a second at most. */
  readonly rate: number;
  /** Findings a report at most; how many more there were is said. */
  readonly max: number;
  readonly when: NotifyWhen;
}

export interface WebhookSettings {
  /** https, or http to this host. */
  readonly url: string;
  readonly secret?: SecretSource;
  readonly ca?: string;
  readonly when: NotifyWhen;
}

interface MetricsSettings {
  /** Absolute path of a Prometheus text file, ending in .prom. */
  readonly file: string;
}

export interface NotifySettings {
  readonly email?: EmailSettings;
  readonly syslog?: SyslogSettings;
  readonly webhook?: WebhookSettings;
  readonly metrics?: MetricsSettings;
}
