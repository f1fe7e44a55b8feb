/**
 * Where time, host, person and randomness come into integ, behind one interface, so that tests can fix them and the
 * same input gives the same result. Nothing else in integ asks for these.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { printableText, ROOT } from '../model/bytes.ts';
import { formatTime } from '../model/values/time.ts';
import { qualifiedName } from './qualified-name.ts';
import { readSmallFile } from './small-file.ts';
import { Users } from './users.ts';

export interface Host {
  /** Nanoseconds since 1970 UTC; the clock behind it has a precision of a millisecond. */
  now(): bigint;
  /** 16 hex digits that no other call gives. */
  randomId(): string;
  hostName(): string;
  /** The fully qualified name, as far as it is found in bounded time; undefined where others know it by none. */
  qualifiedName(): Promise<string | undefined>;
  /**
   * What tells this host from others, 64 hex digits: a digest of its machine id (machine-id(5)), which is not given
   * away by it. The same on all hosts that have none.
   */
  identity(): string;
  /** Id of the running kernel's boot (random(4)), or undefined without /proc. */
  bootId(): string | undefined;
  /** Who runs this, for the record of a change: 'root', 'root (sudo by alice)'. Printable. */
  operator(): string;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
export const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Whole milliseconds of so many nanoseconds; exact for every time that a file system has. */
export function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / NANOSECONDS_PER_MILLISECOND);
}

/** Nanoseconds since 1970 as ISO 8601 in UTC with nanoseconds. */
export function isoTime(nanoseconds: bigint): string {
  const rest = ((nanoseconds % NANOSECONDS_PER_SECOND) + NANOSECONDS_PER_SECOND) % NANOSECONDS_PER_SECOND;
  return formatTime({ seconds: (nanoseconds - rest) / NANOSECONDS_PER_SECOND, nanoseconds: Number(rest) });
}

/** What is known of the person behind the process. */
export interface Identity {
  readonly uid: number;
  /** SUDO_USER, which whoever starts the program can set as they like. */
  readonly sudoUser: string | undefined;
  /** The user id of the log-in, which the kernel keeps across sudo and su (audit, /proc/PID/loginuid). */
  readonly loginUid: number | undefined;
}

/** Who acted, in words: the user, and who is behind it where that is somebody else. */
export function describeOperator(identity: Identity, userName: (uid: number) => string | undefined): string {
  const named = (uid: number): string => userName(uid) ?? `uid ${uid}`;
  const user = named(identity.uid);
  const login = identity.loginUid === undefined ? undefined : named(identity.loginUid);
  const sudo = identity.sudoUser === undefined ? undefined : printableText(identity.sudoUser);
  const behind: string[] = [];
  if (sudo !== undefined && sudo !== user) behind.push(`sudo by ${sudo}`);
  if (login !== undefined && login !== user && login !== sudo) behind.push(`logged in as ${login}`);
  return behind.length === 0 ? user : `${user} (${behind.join(', ')})`;
}

const LONGEST_LINE = 1024;

function readLine(file: string): string | undefined {
  try {
    return readSmallFile(file, LONGEST_LINE).toString('latin1').trim();
  } catch {
    return undefined;
  }
}

/** What the kernel says for a process that comes from no log-in, such as one of cron before its session. */
const NO_LOGIN = 0xffff_ffff;

function currentIdentity(): Identity {
  const login = readLine('/proc/self/loginuid');
  const loginUid = login !== undefined && /^\d+$/.test(login) ? Number(login) : NO_LOGIN;
  const sudoUser = process.env['SUDO_USER'];
  return {
    uid: process.getuid?.() ?? 0,
    sudoUser: sudoUser === '' ? undefined : sudoUser,
    loginUid: loginUid === NO_LOGIN ? undefined : loginUid,
  };
}

const MACHINE_ID_FILES: readonly string[] = ['/etc/machine-id', '/var/lib/dbus/machine-id'];
const MACHINE_ID = /^[0-9a-f]{32}$/;

/** The host that the program runs on. */
export const liveHost: Host = {
  now: () => BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND,
  randomId: () => randomBytes(8).toString('hex'),
  hostName: () => printableText(hostname()),
  qualifiedName: () => qualifiedName(hostname()),
  identity: () => {
    const ids = MACHINE_ID_FILES.map((file) => readLine(file)).filter((id) => id !== undefined && MACHINE_ID.test(id));
    return createHash('sha256')
      .update(`integ-host/1\n${ids[0] ?? ''}`, 'latin1')
      .digest('hex');
  },
  bootId: () => {
    const id = readLine('/proc/sys/kernel/random/boot_id');
    return id !== undefined && /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
  },
  operator: () => {
    const users = new Users(ROOT);
    return describeOperator(currentIdentity(), (uid) => users.userName(uid));
  },
};
