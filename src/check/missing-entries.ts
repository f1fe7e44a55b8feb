/**
 * Finds recorded objects that a scan did not deliver, and tells those that are gone from those that nobody looked at:
 * an object that failed, lies below a failed directory or below a mount that appeared is never called removed.
 */
import { isWithin, type Path, parentPath, ROOT } from '../model/bytes.ts';
import type { MountPoint } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import type { BaselineEntries, StoredPathEntry } from './stored.ts';

/** One bit for each recorded object, set when the scan delivered it. */
export class SeenBits {
  readonly #bits: Uint8Array;
  #count = 0;

  constructor(size: number) {
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }

  get count(): number {
    return this.#count;
  }

  add(id: number): void {
    const byte = this.#bits[id >> 3] ?? 0;
    const bit = 1 << (id & 7);
    if ((byte & bit) !== 0) return;
    this.#bits[id >> 3] = byte | bit;
    this.#count += 1;
  }

  has(id: number): boolean {
    return ((this.#bits[id >> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }
}

export interface FailedPath {
  readonly path: Path;
  /** Nothing below the path was examined either. */
  readonly below: boolean;
}

const SLASH = 0x2f;

/** Canonical order: an object before what lies below it, names in byte order. That is byte order with '/' first. */
export function compareCanonical(left: Path, right: Path): number {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    if (a === SLASH) return -1;
    return b === SLASH || a > b ? 1 : -1;
  }
  return left.length - right.length;
}

/** Asks in canonical order whether paths were examined: a merge, so that many failures cost no more than few. */
class FailureCursor {
  readonly #failed: readonly FailedPath[];
  #next = 0;
  #covering: Path | undefined;

  constructor(failed: readonly FailedPath[]) {
    this.#failed = [...failed].sort((left, right) => compareCanonical(left.path, right.path));
  }

  wasExamined(path: Path): boolean {
    let isFailed = false;
    for (; this.#next < this.#failed.length; this.#next += 1) {
      const failure = this.#failed[this.#next];
      if (failure === undefined || compareCanonical(failure.path, path) > 0) break;
      if (failure.path === path) isFailed = true;
      const isCovered = this.#covering !== undefined && isWithin(failure.path, this.#covering);
      if (failure.below && !isCovered) this.#covering = failure.path;
    }
    // A failure stays the next one's answer only for equal paths, which a baseline holds once.
    return !isFailed && (this.#covering === undefined || !isWithin(path, this.#covering));
  }
}

/** Mount points that hide what was recorded below them, each with the number of objects. */
class Shadows {
  readonly #mounts: ReadonlyMap<Path, MountPoint>;
  readonly #counts = new Map<MountPoint, number>();

  constructor(appeared: readonly MountPoint[]) {
    this.#mounts = new Map(appeared.map((mount) => [mount.path, mount]));
  }

  hides(path: Path): boolean {
    const mount = this.#outermost(path);
    if (mount === undefined) return false;
    this.#counts.set(mount, (this.#counts.get(mount) ?? 0) + 1);
    return true;
  }

  /** However many mounts there are, an object costs no more than its depth. */
  #outermost(path: Path): MountPoint | undefined {
    if (this.#mounts.size === 0) return undefined;
    let found = this.#mounts.get(path);
    for (let above = path; above !== ROOT; ) {
      above = parentPath(above);
      found = this.#mounts.get(above) ?? found;
    }
    return found;
  }

  failures(): readonly Failure[] {
    return [...this.#counts].map(([mount, count]) => shadowedFailure(mount, count));
  }
}

/** `count`: how many recorded objects the mount hides. */
export function shadowedFailure({ path, type }: MountPoint, count: number): Failure {
  return {
    path,
    operation: 'compare',
    code: 'SHADOWED',
    message: `${count} recorded ${count === 1 ? 'object is' : 'objects are'} hidden by the ${type} mounted here`,
  };
}

export interface MissingEntries {
  /** Calls with each recorded object that is gone. The record is valid during the call. */
  readonly onRemoved: (entry: StoredPathEntry) => void;
  /** Calls for each recorded object at or below a failure, of which nobody knows whether it is still there. */
  readonly onUnexamined: () => void;
  readonly isInScope: (path: Path) => boolean;
  readonly failed: readonly FailedPath[];
  /** Mounts of the scan that were not there when the baseline was made. */
  readonly appeared: readonly MountPoint[];
}

/** Objects in a step. */
const STEP = 1024;

/**
 * Goes through the baseline once, unless everything was seen, in steps. Returns one SHADOWED failure for each hiding
 * mount.
 */
export function* visitMissing(
  baseline: BaselineEntries,
  seen: SeenBits,
  missing: MissingEntries,
): Generator<void, readonly Failure[], undefined> {
  if (seen.count === baseline.entryCount) return [];
  const cursor = new FailureCursor(missing.failed);
  const shadows = new Shadows(missing.appeared);
  let visited = 0;
  for (const entry of baseline.entries()) {
    visited += 1;
    if (visited % STEP === 0) yield;
    if (seen.has(entry.id)) continue;
    const path = entry.path;
    if (!missing.isInScope(path)) continue;
    if (!cursor.wasExamined(path)) missing.onUnexamined();
    else if (!shadows.hides(path)) missing.onRemoved(entry);
  }
  return shadows.failures();
}
