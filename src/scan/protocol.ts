/** The messages between the main thread of a scan and its workers. Plain data, cloned or transferred. */
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import type { PathPattern, Policy } from '../model/rule.ts';
import type { Pace } from '../system/pace.ts';
import type { Identity } from './batch.ts';

/** What every worker of a scan is told first. */
export interface WorkerSettings {
  readonly root: string;
  readonly portable: boolean;
  readonly policy: Policy;
  /** Only objects covered by these patterns are examined (--paths). */
  readonly scope: readonly PathPattern[] | undefined;
  /** Undefined: as fast as it goes, to the end. */
  readonly pace: Pace | undefined;
  /** Counts the batches that the main thread has taken from this worker: the worker waits when it is far ahead. */
  readonly consumed: SharedArrayBuffer;
  /** Counts how often the worker got on, with a name, a read or a wait of its own: one 32-bit integer that wraps. */
  readonly steps: SharedArrayBuffer;
  /** Each is looked at in a task of its own, since nobody knows whether it answers. */
  readonly mountPoints: readonly Path[];
  /** Those of which it is known that they do not answer, and which are not looked at. */
  readonly silent: readonly Path[];
}

/** What all workers of a scan are told alike. */
export type CommonSettings = Omit<WorkerSettings, 'consumed' | 'steps'>;

/** A directory to list, or with `names` a directory in which only these names are looked at. */
export interface DirectoryTask {
  readonly path: Path;
  /** Deepest mount point that contains the directory. */
  readonly mountRoot: Path;
  /** What the directory was when its parent was listed; undefined for a starting point. */
  readonly identity: Identity | undefined;
  readonly names?: readonly Path[];
  /** The one name is a mount point. */
  readonly isMountPoint?: boolean;
}

/** A file to read for its digests. */
export interface FileJob {
  readonly directory: Path;
  readonly mountRoot: Path;
  readonly name: Path;
  readonly rule: number;
}

/** All workers get the same jobs, in order of falling size, and claim them one by one by the shared counter. */
export interface DigestTask {
  readonly kind: 'digest';
  readonly id: number;
  readonly jobs: readonly FileJob[];
  readonly next: SharedArrayBuffer;
  /** Each file to its end before the next one is opened. */
  readonly oneByOne: boolean;
}

export type Task =
  | { readonly kind: 'list'; readonly id: number; readonly directories: readonly DirectoryTask[] }
  | DigestTask;

/** A mount point that a worker met. */
export interface MountSeen {
  readonly path: Path;
  readonly entered: boolean;
}

export interface UnavailableSeen {
  readonly attribute: string;
  readonly path: Path;
  /** Device of the file system, major:minor: once per device is enough. */
  readonly device: string;
}

export interface FailureSeen {
  readonly failure: Failure;
  readonly below: boolean;
}

/** The first thing a worker says: by its settings it has loaded everything it needs. */
export interface WorkerReady {
  readonly ready: true;
}

/** Everything a worker says then: results so far of a task, and at its end `done`. */
export interface WorkerMessage {
  readonly task: number;
  readonly batch: ArrayBuffer;
  readonly length: number;
  readonly failures: readonly FailureSeen[];
  readonly mounts: readonly MountSeen[];
  readonly unavailable: readonly UnavailableSeen[];
  /** Bytes read since the last message. */
  readonly bytes: number;
  readonly done: boolean;
}
