/**
 * Which format a file has, told by its path alone. It counts from the end, so that /srv/jail/etc/passwd is a passwd(5)
 * file too.
 */
import type { Path } from '../../model/bytes.ts';
import { COPY } from '../../model/copies.ts';

export type FormatName =
  | 'passwd'
  | 'group'
  | 'shadow'
  | 'gshadow'
  | 'sudoers'
  | 'sshd_config'
  | 'ssh_config'
  | 'system-crontab'
  | 'user-crontab'
  | 'authorized_keys'
  | 'systemd'
  | 'hosts'
  | 'aliases'
  | 'hosts-access'
  | 'sendmail.cf'
  | 'sendmail.mc'
  | 'access'
  | 'virtual'
  | 'main.cf'
  | 'master.cf'
  | 'dovecot'
  | 'syslog'
  | 'inetd'
  | 'xinetd';

const ACCOUNTS = '(?:^|/)(?:etc|var/backups|var/lib/extrausers|usr/lib|lib)/';
const UNIT =
  '(?:service|socket|timer|mount|automount|swap|path|target|slice|scope|device|container|volume|kube|pod|netdev|network|link|nspawn|conf)';

/** In the order in which they are tried. */
const FORMATS: readonly (readonly [FormatName, RegExp])[] = [
  ['passwd', new RegExp(`${ACCOUNTS}passwd${COPY}`)],
  ['group', new RegExp(`${ACCOUNTS}group${COPY}`)],
  ['shadow', new RegExp(`${ACCOUNTS}shadow${COPY}`)],
  ['gshadow', new RegExp(`${ACCOUNTS}gshadow${COPY}`)],
  ['sudoers', new RegExp(`/etc/sudoers${COPY}|/sudoers\\.d/[^/]+$`)],
  ['sshd_config', new RegExp(`/sshd_config${COPY}|/sshd_config\\.d/[^/]+$`)],
  ['ssh_config', new RegExp(`/ssh_config${COPY}|/ssh_config\\.d/[^/]+$|/\\.ssh/config$`)],
  ['system-crontab', new RegExp(`/etc/crontab${COPY}|/etc/cron\\.d/[^/]+$`)],
  ['user-crontab', /\/var\/spool\/cron\/(?:crontabs\/|tabs\/)?[^/]+$/],
  ['authorized_keys', /\/authorized_keys2?$|\/authorized_keys(?:\.d)?\/[^/]+$/],
  ['systemd', new RegExp(`/systemd/.*\\.${UNIT}$`)],
  ['hosts', new RegExp(`/etc/hosts${COPY}`)],
  ['aliases', new RegExp(`/etc/(?:mail/|postfix/|exim4/)?aliases${COPY}`)],
  ['hosts-access', new RegExp(`/etc/hosts\\.(?:allow|deny)${COPY}`)],
  ['sendmail.cf', new RegExp(`/(?:sendmail|submit)\\.cf${COPY}`)],
  ['sendmail.mc', new RegExp(`/etc/mail/[^/]+\\.mc${COPY}`)],
  ['access', new RegExp(`/etc/(?:mail|postfix)/(?:\\w+_)?access${COPY}`)],
  ['virtual', new RegExp(`/etc/(?:mail/virtusertable|postfix/virtual)${COPY}`)],
  ['main.cf', new RegExp(`/etc/postfix(?:-[^/]+)?/main\\.cf${COPY}`)],
  ['master.cf', new RegExp(`/etc/postfix(?:-[^/]+)?/master\\.cf${COPY}`)],
  ['dovecot', new RegExp(`/etc/dovecot/(?:[^/]+|conf\\.d/[^/]+)\\.(?:conf|ext)${COPY}`)],
  ['syslog', new RegExp(`/etc/r?syslog\\.conf${COPY}|/etc/rsyslog\\.d/[^/]+$`)],
  ['inetd', new RegExp(`/etc/inetd\\.conf${COPY}`)],
  ['xinetd', new RegExp(`/etc/xinetd\\.conf${COPY}|/etc/xinetd\\.d/[^/]+$`)],
];

export function formatOfPath(path: Path): FormatName | undefined {
  return FORMATS.find(([, pattern]) => pattern.test(path))?.[0];
}
