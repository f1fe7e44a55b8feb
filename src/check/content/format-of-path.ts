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
  | 'aliases';

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
];

export function formatOfPath(path: Path): FormatName | undefined {
  return FORMATS.find(([, pattern]) => pattern.test(path))?.[0];
}
