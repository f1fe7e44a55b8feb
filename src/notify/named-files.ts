/**
 * The files that the settings of a channel name and its delivery uses: who can change one of them decides what it does.
 */
import { EMAIL_DEFAULTS, type NotifySettings, type SecretSource } from '../model/notify.ts';
import type { ChannelName } from './channel.ts';

export interface NamedFile {
  readonly file: string;
  /** What it is, in words. */
  readonly kind: string;
}

function authorities(file: string | undefined): readonly NamedFile[] {
  return file === undefined ? [] : [{ file, kind: 'certificate authorities' }];
}

function secret(source: SecretSource | undefined): readonly NamedFile[] {
  return source !== undefined && 'file' in source ? [{ file: source.file, kind: 'secret' }] : [];
}

function filesOfEmail({ email }: NotifySettings): readonly NamedFile[] {
  const transport = email?.transport ?? { sendmail: EMAIL_DEFAULTS.sendmail };
  if ('sendmail' in transport) return [{ file: transport.sendmail, kind: 'mailer' }];
  return [...secret(transport.smtp.password), ...authorities(transport.smtp.ca)];
}

export function namedFiles(settings: NotifySettings, channel: ChannelName): readonly NamedFile[] {
  switch (channel) {
    case 'email':
      return filesOfEmail(settings);
    case 'syslog':
      return authorities(settings.syslog?.server?.ca);
    case 'webhook':
      return [...secret(settings.webhook?.secret), ...authorities(settings.webhook?.ca)];
    default:
      return channel satisfies never;
  }
}
