/**
 * Paths that no claim of a package database explains, whatever it says: what gives somebody the rights of another, runs
 * by itself, or decides what packages and this program are believed. Packages change them seldom, and then they are to
 * be read.
 */
import { baseName, type Path } from '../../model/bytes.ts';

/** No package holds these: programs, administrators and users make them. */
const NOBODYS: readonly RegExp[] = [
  /^\/etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)[-+.~]?$/,
  /^\/etc\/security\/opasswd/,
  /^\/etc\/ld\.so\.(?:preload|cache)$/,
  /^\/(?:root|home)\/./s,
  /^\/var\/spool\/(?:cron|at)\/(?:crontabs\/)?[^/]+$/s,
  /\/authorized_keys2?$/,
];

const GUARDED: readonly RegExp[] = [
  // Who may become root, and by what checks.
  /^\/etc\/(?:sudo[^/]*|doas[^/]*|pam\.d|pam\.conf|security|polkit-1)(?:\/|$)/s,
  // How one comes in.
  /^\/etc\/(?:ssh\/(?:sshd_config|authorized_keys)[^/]*|hosts\.equiv|shosts\.equiv)(?:\/|$)/s,
  // What is loaded into every program.
  /^\/etc\/ld\.so\./s,
  // What runs by itself, beside the services that packages bring.
  /^\/etc\/(?:cron[^/]*|anacrontab|at\.(?:allow|deny)|rc\.local|systemd\/(?:system|user))(?:\/|$)/s,
  /^\/var\/spool\/(?:cron|at)(?:\/|$)/s,
  // Where packages come from, whose signature counts, what runs with each, and what belongs to integ.
  /^\/etc\/(?:apt|dpkg|integ)(?:\/|$)/s,
  /^\/var\/lib\/(?:apt|dpkg|ucf|integ)(?:\/|$)/s,
  // What is people's own.
  /^\/(?:root|home)(?:\/|$)/s,
];

const OWN_NAMES: ReadonlySet<string> = new Set([
  ...['.ssh', '.rhosts', '.shosts', '.forward', '.netrc', '.pam_environment'],
]);

/** Whether a package that claims the path says what cannot be, unless the baseline knows that it had it before. */
export function isNobodys(path: Path): boolean {
  return NOBODYS.some((pattern) => pattern.test(path));
}

/** What dpkg keeps of single packages is judged elsewhere (database-files.ts), and is never asked here. */
export function isNeverExplained(path: Path): boolean {
  if (isNobodys(path) || GUARDED.some((pattern) => pattern.test(path))) return true;
  return OWN_NAMES.has(baseName(path)) || path.includes('/.ssh/');
}
