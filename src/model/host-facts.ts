/**
 * What a host shows of what it is for: the ground on which a policy is proposed. Names and texts are bytes of that
 * host.
 */
import type { Path } from './bytes.ts';

export interface HostFacts {
  /** Printable. */
  readonly hostName: string;
  readonly system: { readonly id: string; readonly idLike: readonly string[]; readonly prettyName: string };
  /** Versions by name, one character a byte. */
  readonly packages: ReadonlyMap<string, string>;
  /** Names of services that start by themselves, without suffix. */
  readonly services: readonly string[];
  /** Programs that units written on this host start. */
  readonly servicePrograms: readonly { readonly unit: string; readonly program: Path }[];
  readonly mounts: readonly { readonly path: Path; readonly type: string }[];
  /** Which of the paths that were asked for are there. */
  readonly existing: ReadonlySet<Path>;
  /** Directories in those that were asked for, sorted. */
  readonly directories: ReadonlyMap<Path, readonly Path[]>;
  readonly accounts: readonly Account[];
  /** What could not be read, in sentences; printable. */
  readonly unread: readonly string[];
}

export interface Account {
  readonly name: string;
  readonly home: Path;
  readonly shell: Path;
  readonly hasHome: boolean;
}
