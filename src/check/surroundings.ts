/** What expectations may ask of the examined system, as an interface: they read nothing themselves. */
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import type { RecordBytes } from '../model/record.ts';
import type { Wanted } from '../model/requirement.ts';

/** Names of the examined system's users and groups. */
export interface AccountNames {
  uidOf(name: string): number | undefined;
  gidOf(name: string): number | undefined;
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
}

/** What an expectation may ask of the examined system. */
export interface Surroundings {
  readonly names: AccountNames;
  /** The directories above an object, without symbolic links, and those above each link on the way. */
  parents(path: Path): readonly Path[];
  examine(path: Path, wanted: Wanted): RecordBytes | Failure;
  /** The content of a regular file, one character a byte, or what kept us from reading all of it. */
  text(path: Path): string | Failure;
  /** Nanoseconds since 1970. */
  readonly now: bigint;
  /** Whether a line of a file may be shown where it is judged: not where another host asks. */
  readonly showsLines: boolean;
}

export function isFailure(examined: RecordBytes | string | Failure): examined is Failure {
  return typeof examined !== 'string' && !(examined instanceof Uint8Array);
}
